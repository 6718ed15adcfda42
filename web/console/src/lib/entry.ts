import type { Id } from './types';

/** Where an entry is seen: an own one in its editor, one of headquarters among the shared ones. */
export function entryPlace(
  entry: Id,
  isShared: boolean,
): [path: string, search?: Record<string, string>] {
  return isShared ? ['/knowledge/shared', { entry }] : [`/knowledge/entries/${entry}`];
}
