import { SafetyCertificateOutlined } from '@ant-design/icons';
import { Alert, Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable, NoRows } from '@/components/list';
import { Page } from '@/components/page';
import { ProblemAlert } from '@/components/problem';
import { useGo } from '@/lib/go';
import { fullMoment } from '@/lib/time';
import type { AuditEntry } from '@/lib/types';
import { useAuditLog, useUsers, useVerification } from './api';

const NOUNS = [
  'setup',
  'session',
  'password',
  'user',
  'tenant',
  'api_key',
  'inbox',
  'inbound',
  'contact',
  'conversation',
  'answer',
  'media',
  'knowledge',
  'category',
  'words',
  'learning',
  'suggestion',
  'unresolved',
  'twins',
  'test_set',
  'reading',
  'quick_reply',
  'keyword',
  'text_menu',
  'account_menu',
  'bot_settings',
];

/** Where what an entry is about can be seen, by the first letters of its id. */
const PLACES: Record<string, (id: string) => [path: string, search?: Record<string, string>]> = {
  con: (id) => [`/contacts/${id}`],
  cnv: (id) => ['/desk', { view: 'all', conversation: id }],
  ent: (id) => [`/knowledge/entries/${id}`],
  kwd: (id) => [`/bot/keywords/${id}`],
  inb: (id) => [`/settings/inboxes/${id}`],
};

function Target({ id }: { id: string }) {
  const { t } = useTranslation('settings');
  const go = useGo();
  const place = PLACES[id.split('_')[0] ?? ''];
  if (!place) {
    const noun = NOUNS.find((one) => one === id);
    return noun ? t(`audit.noun.${noun}`) : <span className="mono muted">{id}</span>;
  }
  return (
    <button type="button" className="plain mono link" onClick={() => go(...place(id))}>
      {id}
    </button>
  );
}

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
      <ListTable<AuditEntry>
        rowKey="number"
        size="small"
        width={760}
        list={list}
        empty={<NoRows empty={t('audit.empty')} />}
        filters={
          <>
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
          </>
        }
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
                {t(`audit.action.${entry.action.replaceAll('.', '_')}`, {
                  defaultValue: entry.action,
                })}
              </>
            ),
          },
          {
            title: t('audit.target'),
            render: (_, entry) => <Target id={entry.target} />,
          },
        ]}
      />
    </Page>
  );
}
