import type { AnswerCandidate, Candidates, Choice, Content } from '@/lib/types';

/** What is to be inserted or sent: answers, and the candidate they come from. */
export interface Take {
  answers: Content[];
  choice?: Choice;
}

/** The key of a place in the list: 1 to 9, then 0. */
export const keyOf = (rank: number) => String(rank % 10);

/** The place in the list that a key stands for. */
export const rankOf = (digit: string) => Number(digit) || 10;

/** A candidate as it is taken from its place in the list. */
export function takeOf(list: Candidates, candidate: AnswerCandidate): Take {
  const { source, id, answers } = candidate;
  const rank = list.items.indexOf(candidate) + 1;
  const asked = list.message ? { asked: list.message } : { query: list.text };
  return { answers, choice: { ...asked, source, id, rank } };
}

/** The words of answers, to be edited before they are sent, and what has no words. */
export function partsOf(answers: Content[]): { text: string; rest: Content[] } {
  const texts = answers.flatMap((content) => (content.type === 'text' ? [content.text] : []));
  return {
    text: texts.join('\n\n'),
    rest: answers.filter((content) => content.type !== 'text'),
  };
}

/** What stands in the composer after an insertion: an untouched insertion gives way, typed words stay. */
export function withInserted(typed: string, inserted: string | undefined, text: string): string {
  const isFree = !typed.trim() || typed.trim() === inserted?.trim();
  return isFree ? text : `${typed.trimEnd()}\n${text}`;
}
