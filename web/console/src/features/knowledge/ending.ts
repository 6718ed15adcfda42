import type { ImportReport } from '@/lib/types';

type Done = Pick<ImportReport, 'created' | 'updated' | 'drafted'>;

/** How an import ended, by what it did: what was asked for may not have come about. The name is that of its sentence. */
export function endingOf({ created, updated, drafted }: Done) {
  if (created + updated === 0) return 'changed_nothing';
  if (drafted === 0) return 'finished';
  return drafted >= created + updated ? 'finished_drafts' : 'finished_partly';
}
