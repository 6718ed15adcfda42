import { useQuery } from '@tanstack/react-query';
import { Alert, Badge, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '@/lib/api';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { useSession } from '@/lib/session';

/** More are told as "50+". */
const MOST = 50;

/** How many entries that I answer for are due for review; asked again now and then, for days pass while I work. */
function useDue(): number {
  const { user } = useSession();
  const mayEdit = useCan(PERMISSIONS.knowledgeEdit);
  const { data } = useQuery({
    queryKey: ['knowledge', 'due', user.id],
    enabled: mayEdit,
    refetchInterval: 10 * 60_000,
    queryFn: () =>
      api.get('/knowledge/entries', { query: { due: true, owner: user.id, limit: MOST } }),
  });
  return (data?.items.length ?? 0) + (data?.next ? 1 : 0);
}

/** Beside the page's name in the rail. */
export function DueBadge() {
  return (
    <Badge
      count={useDue()}
      overflowCount={MOST}
      size="small"
      style={{ marginInlineStart: 8 }}
      data-testid="due-badge"
    />
  );
}

/** Above the list: what is mine to look at, and the way there. */
export function DueNotice({ onShow }: { onShow: (owner: string) => void }) {
  const { t } = useTranslation('knowledge');
  const { user } = useSession();
  const due = useDue();
  if (due === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon
      data-testid="due-notice"
      style={{ marginBottom: 12 }}
      title={t('due_mine', { n: due > MOST ? `${MOST}+` : due })}
      action={
        <Button size="small" onClick={() => onShow(user.id)}>
          {t('due_show')}
        </Button>
      }
    />
  );
}
