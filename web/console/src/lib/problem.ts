import i18next from 'i18next';
import type { Problem } from './types';

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

/** What went wrong and what to do, in the reader's language; else the server's own words. */
export function explain(error: unknown): string {
  const problem = problemOf(error);
  const key = `errors:${problem.code.replaceAll('.', '_')}`;
  if (i18next.exists(key)) return i18next.t(key, { detail: problem.detail ?? '' });
  if (problem.detail) return problem.detail;
  const byStatus = `errors:status_${problem.status}`;
  return i18next.exists(byStatus) ? i18next.t(byStatus) : i18next.t('errors:client');
}

/** Field messages for a form, by the name of the field. */
export function fieldProblems(error: unknown): { name: string[]; errors: string[] }[] {
  const fields = problemOf(error).fields ?? {};
  return Object.entries(fields).map(([name, message]) => ({
    name: name.split('.'),
    errors: [message],
  }));
}
