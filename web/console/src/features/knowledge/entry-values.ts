// What the editor's form holds: made of an entry or its draft, and made into what is sent.

import { type AnswerValues, answerValues } from '@/components/answer-fields';
import type { ChannelAnswers, Entry, EntryDraft, EntryInput, Sharing } from '@/lib/types';
import { type ParticularValues, particularInput, particularValues } from './particulars';

/** What the form holds. */
export interface Values extends AnswerValues, ParticularValues {
  question: string;
  similar: string[];
  category?: string;
  channel_answers: ChannelAnswers[];
  sharing?: Sharing | null;
}

/** What an editor sees: the draft, or what is published. */
export function valuesOf(entry?: Entry, draft?: EntryDraft, category?: string): Values {
  const text = draft ?? entry;
  return {
    question: text?.question ?? '',
    similar: text?.similar ?? [],
    category: text?.category ?? category,
    channel_answers: text?.channel_answers ?? [],
    sharing: text?.sharing ?? null,
    ...particularValues(text),
    ...answerValues(text && { ...text, enabled: entry?.enabled ?? true }),
  };
}

/** Puts questions of customers into a form: the first is the question of a new entry, the others are similar. */
export function withAsked(values: Values, isNew: boolean, asked: string[]): Values {
  const [first, ...rest] = asked;
  const similar = (more: string[]) => [...new Set([...values.similar, ...more])];
  if (first === undefined) return values;
  if (isNew) return { ...values, question: first, similar: similar(rest) };
  return { ...values, similar: similar(asked) };
}

/** What is sent. The switch is no part of a text: it stays as it is. */
export function inputOf(values: Values, entry?: Entry): EntryInput {
  const { validity, ...rest } = values;
  return {
    ...rest,
    ...particularInput(values),
    sharing: values.sharing ?? null,
    enabled: entry?.enabled ?? true,
    category: rest.category ?? null,
    similar: rest.similar.map((one) => one.trim()).filter(Boolean),
    valid_from: validity[0],
    valid_until: validity[1],
  };
}

/** Which text a form began from: the published version and the draft's number. */
export const stampOf = (entry?: Entry, draft?: { revision: number } | null) =>
  `${entry?.version ?? 0}.${draft?.revision ?? 0}`;
