import { EyeOutlined, ReloadOutlined } from '@ant-design/icons';
import { Alert, Button, Descriptions, Drawer, Select, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable, NoRows } from '@/components/list';
import { Page } from '@/components/page';
import { ProblemAlert, useReport } from '@/components/problem';
import { useGo, useSearchValue } from '@/lib/go';
import { fullMoment } from '@/lib/time';
import type { Inbound } from '@/lib/types';
import { useInbound, useInboxes, useReplay, useReveal } from './api';
import './settings.css';

const OUTCOMES = ['stored', 'unsupported', 'report'] as const;
const COLOUR: Record<string, string> = { stored: 'green', unsupported: 'gold' };

function Outcome({ outcome }: { outcome: string }) {
  const { t } = useTranslation('settings');
  return (
    <Tooltip title={t(`inbound.outcome_hint.${outcome}`, { defaultValue: '' })}>
      <Tag color={COLOUR[outcome] ?? 'default'}>
        {t(`inbound.outcomes.${outcome}`, { defaultValue: outcome })}
      </Tag>
    </Tooltip>
  );
}

/** One push: what is known about it and, on demand, its text. */
function Detail({ one, inbox }: { one: Inbound; inbox: string }) {
  const { t } = useTranslation('settings');
  const report = useReport();
  const reveal = useReveal();
  const replay = useReplay();
  const shown = replay.data ?? one;
  return (
    <>
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: 'outcome', label: t('inbound.outcome'), children: <Outcome {...shown} /> },
          { key: 'inbox', label: t('inbound.inbox'), children: inbox },
          { key: 'sent', label: t('inbound.sent'), children: fullMoment(one.sent_at) },
          { key: 'received', label: t('inbound.received'), children: fullMoment(one.received_at) },
          ...(shown.replayed_at
            ? [
                {
                  key: 'replayed',
                  label: t('inbound.replayed'),
                  children: fullMoment(shown.replayed_at),
                },
              ]
            : []),
          {
            key: 'id',
            label: t('inbound.id'),
            children: <span className="mono muted">{one.id}</span>,
          },
        ]}
      />
      {reveal.data ? (
        <>
          <h4>{t('inbound.raw')}</h4>
          <pre className="raw mono" data-testid="raw">
            {reveal.data.raw}
          </pre>
          <p className="muted">{t('inbound.recorded')}</p>
        </>
      ) : (
        <Alert
          type="info"
          showIcon
          style={{ marginTop: 16 }}
          title={t('inbound.audited')}
          action={
            <Button
              icon={<EyeOutlined />}
              loading={reveal.isPending}
              onClick={() => reveal.mutate(one.id)}
            >
              {t('inbound.reveal')}
            </Button>
          }
        />
      )}
      {reveal.isError && <ProblemAlert error={reveal.error} />}
      {shown.outcome === 'unsupported' && shown.message && (
        <div style={{ marginTop: 20 }}>
          <p className="muted">{t('inbound.replay_hint')}</p>
          <Button
            icon={<ReloadOutlined />}
            loading={replay.isPending}
            onClick={() =>
              replay.mutate(one.id, {
                onSuccess: ({ outcome }) =>
                  report.done(t(outcome === 'stored' ? 'inbound.replay_ok' : 'inbound.replay_not')),
                onError: report.failed,
              })
            }
          >
            {t('inbound.replay')}
          </Button>
        </div>
      )}
    </>
  );
}

/** The journal at the door: every push of the platform, as it came. */
export default function InboundPage() {
  const { t } = useTranslation(['settings', 'common']);
  const go = useGo();
  const outcome = useSearchValue('outcome');
  const [open, setOpen] = useState<Inbound>();
  const inboxes = useInboxes();
  const list = useInbound(outcome);
  const nameOf = (id: string) => inboxes.data?.find((one) => one.id === id)?.name ?? id;
  return (
    <Page title={t('common:nav.inbound')} hint={t('inbound.hint')}>
      <ListTable<Inbound>
        rowKey="id"
        width={720}
        list={list}
        onOpen={setOpen}
        filters={
          <Select
            allowClear
            style={{ width: 200 }}
            placeholder={t('inbound.any')}
            value={outcome}
            onChange={(value) => go('/settings/inbound', { outcome: value })}
            options={OUTCOMES.map((value) => ({ value, label: t(`inbound.outcomes.${value}`) }))}
          />
        }
        empty={
          <NoRows
            searched={Boolean(outcome)}
            notFound={t('inbound.nothing_found')}
            empty={t('inbound.empty')}
          />
        }
        columns={[
          {
            title: t('inbound.received'),
            width: 170,
            render: (_, one) => fullMoment(one.received_at),
          },
          { title: t('inbound.inbox'), ellipsis: true, render: (_, one) => nameOf(one.inbox) },
          {
            title: t('inbound.outcome'),
            width: 150,
            render: (_, one) => <Outcome outcome={one.outcome} />,
          },
          {
            title: t('inbound.id'),
            width: 190,
            render: (_, one) => <span className="mono muted">{one.id}</span>,
          },
          {
            width: 90,
            render: (_, one) => (
              <Button type="link" size="small" onClick={() => setOpen(one)}>
                {t('inbound.look')}
              </Button>
            ),
          },
        ]}
      />
      <Drawer
        open={open !== undefined}
        size={560}
        title={t('inbound.title')}
        onClose={() => setOpen(undefined)}
      >
        {open && <Detail key={open.id} one={open} inbox={nameOf(open.inbox)} />}
      </Drawer>
    </Page>
  );
}
