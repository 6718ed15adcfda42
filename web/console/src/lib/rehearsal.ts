import { api } from './api';
import type { Id, Rehearsal, RehearsalInput } from './types';

/**
 * Differences that somebody should look at before publishing: questions that are answered now and would be answered
 * otherwise or not at all. Gains are what one publishes for, a list to choose from may become longer, and the
 * entry's own wordings are its own.
 */
export function sideEffects(found: Rehearsal) {
  return found.differences.filter(
    ({ own, before }) => !own && (before.kind === 'answered' || before.kind === 'rule'),
  );
}

/** Questions that are answered only with the change. */
export function gains(found: Rehearsal) {
  return found.differences.filter((one) => one.effect === 'gain').length;
}

/** Waits for the end of a rehearsal that was begun; `tell` hears how far it is. */
export async function rehearsalEnd(
  begun: Rehearsal,
  tell: (progress: Rehearsal) => void,
  signal?: AbortSignal,
): Promise<Rehearsal> {
  let found = begun;
  while (found.state === 'running') {
    tell(found);
    found = await api.get('/knowledge/rehearsals/{id}', { path: { id: found.id }, signal });
  }
  return found;
}

/** A rehearsal that somebody else began. */
export function rehearsalOf(id: Id, signal?: AbortSignal): Promise<Rehearsal> {
  return api.get('/knowledge/rehearsals/{id}', { path: { id }, signal });
}

/** Tries an act: what would be answered differently? Nothing is written. */
export async function rehearse(
  body: RehearsalInput,
  tell: (progress: Rehearsal) => void,
  signal?: AbortSignal,
): Promise<Rehearsal> {
  return rehearsalEnd(await api.post('/knowledge/rehearsals', { body, signal }), tell, signal);
}
