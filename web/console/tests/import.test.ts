import { expect, it } from 'vitest';
import { endingOf } from '@/features/knowledge/ending';

it('says of an import what it did', () => {
  const ending = (created: number, updated: number, drafted: number) =>
    endingOf({ created, updated, drafted });
  expect(ending(3, 2, 0)).toBe('finished');
  expect(ending(3, 2, 5)).toBe('finished_drafts');
  expect(ending(0, 1, 1)).toBe('finished_drafts');
  // Four eyes were switched on meanwhile: the bot uses some of it already.
  expect(ending(3, 2, 4)).toBe('finished_partly');
  // Nothing came of it, as drafts or otherwise.
  expect(ending(0, 0, 0)).toBe('changed_nothing');
});
