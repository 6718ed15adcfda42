import type { ImportReport } from '@/lib/types';

type Done = Pick<ImportReport, 'created' | 'updated' | 'drafted'>;

/** How an import ended, by what it did: what was asked for may not have come about. The name is that of its sentence. */
export function endingOf({ created, updated, drafted }: Done) {
  if (created + updated === 0) return 'nothing';
  return drafted > 0 && drafted >= created + updated ? 'finished_drafts' : 'finished';
}
