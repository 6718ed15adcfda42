import { useTranslation } from 'react-i18next';
import type { SetFall } from '@/lib/types';

/** The test sets that would fare worse, each with its figures. */
export function Falls({ falls }: { falls: SetFall[] }) {
  const { t } = useTranslation('guard');
  return falls.map(({ set, member, name, before, after, checked }) => (
    <div key={set} data-testid="fall">
      {t('fall', { name: member ? `${member} · ${name}` : name, before, after, n: checked })}
    </div>
  ));
}
