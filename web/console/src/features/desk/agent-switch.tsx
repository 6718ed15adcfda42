import { DownOutlined } from '@ant-design/icons';
import { Badge, Button, Dropdown, type MenuProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { useReport } from '@/components/problem';
import { useSession } from '@/lib/session';
import type { AgentState } from '@/lib/types';
import { useAgents, useSetAgentState } from './api';

const COLOUR: Record<AgentState, 'success' | 'warning' | 'default'> = {
  ready: 'success',
  away: 'warning',
  offline: 'default',
};

/** 就绪 / 示忙: whether this agent may be given customers, and how many. */
export function AgentSwitch() {
  const { t } = useTranslation();
  const { user } = useSession();
  const agents = useAgents();
  const change = useSetAgentState();
  const report = useReport();
  const mine = agents.data?.find((agent) => agent.user.id === user.id);
  const state = mine?.state ?? 'offline';
  const items: MenuProps['items'] = [
    ...(['ready', 'away', 'offline'] as const).map((key) => ({
      key,
      label: (
        <span>
          <Badge status={COLOUR[key]} /> {t(`agent.${key}`)}{' '}
          {key !== 'offline' && <small className="muted">{t(`agent.${key}_hint`)}</small>}
        </span>
      ),
    })),
    { type: 'divider' },
    {
      key: 'capacity',
      label: t('agent.capacity'),
      children: [3, 5, 8, 10, 15, 20].map((n) => ({ key: String(n), label: String(n) })),
    },
  ];
  const choose: MenuProps['onClick'] = ({ key }) => {
    const capacity = Number(key);
    const body = capacity ? { state, capacity } : { state: key as AgentState };
    change.mutate(body, { onError: report.failed });
  };
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items,
        onClick: choose,
        selectable: true,
        selectedKeys: [state, String(mine?.capacity)],
      }}
    >
      <Button loading={change.isPending} data-testid="agent-state">
        <Badge status={COLOUR[state]} /> {t(`agent.${state}`)}
        {mine && state !== 'offline' && (
          <span className="muted">
            {mine.serving}/{mine.capacity}
          </span>
        )}
        <DownOutlined style={{ fontSize: 10 }} />
      </Button>
    </Dropdown>
  );
}
