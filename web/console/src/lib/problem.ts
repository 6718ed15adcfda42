import i18next from 'i18next';
import type { Problem, SetFall } from './types';

/** A refusal of the server, or of the network (`status` 0). */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.code);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

/** Reads the problem document of a failed answer; a proxy's page becomes a plain one. */
export async function problemFrom(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as Partial<Problem>;
    if (typeof body.code === 'string') return { ...body, status: response.status } as Problem;
  } catch {
    // not JSON: something between us and the server answered
  }
  const code = response.status >= 500 ? 'server' : `http.${response.status}`;
  return { status: response.status, code };
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return { status: 0, code: 'client', detail: error instanceof Error ? error.message : undefined };
}

const nameOf = (code: string) => code.replaceAll('.', '_');
const keyOf = (code: string) => `errors:${nameOf(code)}`;

/** The test sets that would fare worse, of a refusal for their sake. */
export function fallsOf(error: unknown): SetFall[] {
  const { code, details } = problemOf(error);
  if (code !== 'knowledge.score_falls') return [];
  return (details as { falls?: SetFall[] } | undefined)?.falls ?? [];
}

/** Whether we have words of our own for it, in the reader's language. */
export function isKnown(error: unknown): boolean {
  return i18next.exists(keyOf(problemOf(error).code));
}

/** What went wrong and what to do, in the reader's language; else the server's own words. */
export function explain(error: unknown): string {
  const problem = problemOf(error);
  return explainCode(problem.code, problem.detail) ?? explainStatus(problem);
}

/** The words for a stable name; `detail` fills the hole of those that have one. */
export function explainCode(code: string, detail = ''): string | undefined {
  const key = keyOf(code);
  return i18next.exists(key) ? i18next.t(key, { detail }) : undefined;
}

function explainStatus(problem: Problem): string {
  if (problem.detail) return problem.detail;
  const byStatus = `errors:status_${problem.status}`;
  return i18next.exists(byStatus) ? i18next.t(byStatus) : i18next.t('errors:client');
}

/**
 * Messages for a form, by the name of the field. The server's own are English, so a field has words
 * of ours (`field.inbox_settings.settings_app_id`), or the words for the whole refusal stand at it.
 */
export function fieldProblems(error: unknown): { name: string[]; errors: string[] }[] {
  const problem = problemOf(error);
  return Object.keys(problem.fields ?? {}).map((name) => {
    const key = `errors:field.${nameOf(problem.code)}.${nameOf(name)}`;
    const words = i18next.exists(key) ? i18next.t(key) : explain(error);
    // `answers[2]`, the second one, stands in the control `answers`
    const n = /^\w+\[(\d+)\]/.exec(name)?.[1];
    const said = n ? i18next.t('content:need_of', { n, words }) : words;
    return { name: name.replace(/\[\d+\].*$/, '').split('.'), errors: [said] };
  });
}
