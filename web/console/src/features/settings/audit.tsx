import { SafetyCertificateOutlined } from '@ant-design/icons';
import { Alert, Button, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LoadMore, Nothing, Page } from '@/components/page';
import { ProblemAlert } from '@/components/problem';
import { fullMoment } from '@/lib/time';
import type { AuditEntry } from '@/lib/types';
import { useAuditLog, useUsers, useVerification } from './api';

const NOUNS = [
  'session',
  'password',
  'user',
  'tenant',
  'api_key',
  'inbox',
  'contact',
  'conversation',
  'media',
  'knowledge',
  'category',
  'keyword',
  'text_menu',
  'account_menu',
  'bot_settings',
];

function hasDetail(entry: AuditEntry): boolean {
  return Boolean(entry.detail) && JSON.stringify(entry.detail) !== '{}';
}

/** Who did what; a chain of hashes shows that nothing was changed afterwards. */
export default function Audit() {
  const { t } = useTranslation(['settings', 'common']);
  const [actor, setActor] = useState<string>();
  const [noun, setNoun] = useState<string>();
  const users = useUsers('');
  const list = useAuditLog({ actor, action: noun && `${noun}.` });
  const verify = useVerification();
  return (
    <Page
      title={t('common:nav.audit')}
      hint={t('audit.hint')}
      actions={
        <Button
          icon={<SafetyCertificateOutlined />}
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          {t('audit.verify')}
        </Button>
      }
    >
      {verify.isError && <ProblemAlert error={verify.error} />}
      {verify.data && (
        <Alert
          showIcon
          closable
          style={{ marginBottom: 16 }}
          type={verify.data.ok ? 'success' : 'error'}
          title={
            verify.data.ok
              ? t('audit.intact', { n: verify.data.checked })
              : t('audit.broken', { n: verify.data.broken_at ?? 0 })
          }
          description={verify.data.ok ? undefined : t('audit.broken_text')}
        />
      )}
      <div className="panel">
        <div className="toolbar">
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            style={{ width: 200 }}
            placeholder={t('audit.who')}
            value={actor}
            onChange={setActor}
            options={[
              ...users.items.map((user) => ({ value: user.id, label: user.name })),
              { value: 'system', label: t('audit.system') },
            ]}
          />
          <Select
            allowClear
            showSearch
            style={{ width: 200 }}
            placeholder={t('audit.what')}
            value={noun}
            onChange={setNoun}
            options={NOUNS.map((value) => ({ value, label: t(`audit.noun.${value}`) }))}
          />
        </div>
        {list.isError && <ProblemAlert error={list.error} onRetry={() => list.refetch()} />}
        <Table<AuditEntry>
          rowKey="number"
          size="small"
          loading={list.isPending}
          dataSource={list.items}
          pagination={false}
          scroll={{ x: 760 }}
          locale={{ emptyText: <Nothing text={t('audit.empty')} /> }}
          expandable={{
            rowExpandable: hasDetail,
            expandedRowRender: (entry) => (
              <pre className="mono" style={{ margin: 0, whiteSpace: 'pre-wrap' }}>
                {JSON.stringify(entry.detail, null, 2)}
              </pre>
            ),
          }}
          columns={[
            { title: '#', dataIndex: 'number', width: 80 },
            { title: t('audit.at'), width: 170, render: (_, entry) => fullMoment(entry.at) },
            {
              title: t('audit.who'),
              width: 160,
              render: (_, entry) => entry.actor.name || t('audit.system'),
            },
            {
              title: t('audit.what'),
              render: (_, entry) => (
                <>
                  {t(`audit.action.${entry.action.replaceAll('.', '_')}`, { defaultValue: '' })}{' '}
                  <span className="mono muted">{entry.action}</span>
                </>
              ),
            },
            {
              title: t('audit.target'),
              render: (_, entry) => <span className="mono muted">{entry.target}</span>,
            },
          ]}
        />
        <LoadMore
          more={list.hasNextPage}
          loading={list.isFetchingNextPage}
          onMore={list.fetchNextPage}
        />
      </div>
    </Page>
  );
}
