import { ArrowLeftOutlined } from '@ant-design/icons';
import { Button, Drawer, Skeleton, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shownAnswers } from '@/components/answer-fields';
import { contentLine } from '@/components/content-text';
import { ListTable, NoRows } from '@/components/list';
import { Page } from '@/components/page';
import { Phone } from '@/components/phone';
import { ProblemAlert, useReport } from '@/components/problem';
import { ValidityTag } from '@/components/validity';
import { useGo, useSearchValue } from '@/lib/go';
import { useSettled } from '@/lib/list';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fullMoment, shortMoment } from '@/lib/time';
import type { SharedEntry } from '@/lib/types';
import { useLocalise, useShared, useSharedEntry } from './api';
import { MustReadPanel } from './must-read';
import { EntryUsePanel } from './use';

/** Whether the own company says it in its own words. */
function LocalTag({ entry }: { entry: SharedEntry }) {
  const { t } = useTranslation('knowledge');
  if (!entry.local) return <span className="muted">—</span>;
  return (
    <>
      <Tag color="blue">{t('shared.local')}</Tag>
      {entry.local.is_behind && <Tag color="gold">{t('shared.behind')}</Tag>}
    </>
  );
}

/** The way to the own wording: there, or about to be. */
function LocalAct({ entry, primary }: { entry: SharedEntry; primary?: boolean }) {
  const { t } = useTranslation('knowledge');
  const go = useGo();
  const report = useReport();
  const mayEdit = useCan(PERMISSIONS.knowledgeEdit);
  const localise = useLocalise();
  const { local } = entry;
  const kind = primary ? 'primary' : 'link';
  if (local) {
    return (
      <Button
        type={kind}
        size={primary ? 'middle' : 'small'}
        onClick={() => go(`/knowledge/entries/${local.entry}`)}
      >
        {t('shared.open')}
      </Button>
    );
  }
  if (!mayEdit) return null;
  return (
    <Button
      type={kind}
      size={primary ? 'middle' : 'small'}
      loading={localise.isPending}
      onClick={() =>
        localise.mutate(entry.id, {
          onSuccess: (made) => go(`/knowledge/entries/${made.id}`),
          onError: report.failed,
        })
      }
      data-testid="localise"
    >
      {t('shared.localise')}
    </Button>
  );
}

/** What headquarters shares with the own company, to be read; an own wording replaces it here. */
export default function SharedList() {
  const { t } = useTranslation(['knowledge', 'common', 'content']);
  const go = useGo();
  const [search, setSearch] = useState('');
  const id = useSearchValue('entry');
  const query = useSharedEntry(id);
  const shown = id ? query.data : undefined;
  const mayEdit = useCan(PERMISSIONS.knowledgeEdit);
  const list = useShared(useSettled(search));
  return (
    <Page
      title={t('shared.title')}
      hint={t('shared.hint')}
      actions={
        <Button icon={<ArrowLeftOutlined />} onClick={() => go('/knowledge')}>
          {t('common:back')}
        </Button>
      }
    >
      <ListTable<SharedEntry>
        rowKey="id"
        tableLayout="fixed"
        width={760}
        list={list}
        search={{ text: search, onText: setSearch, hint: t('search') }}
        empty={
          <NoRows
            searched={Boolean(search)}
            notFound={t('nothing_found')}
            empty={t('shared.empty')}
          />
        }
        columns={[
          {
            title: t('question'),
            render: (_, entry) => (
              <div>
                <button
                  type="button"
                  className="plain"
                  onClick={() => go('/knowledge/shared', { entry: entry.id })}
                >
                  <b className="clamp-2">{entry.question}</b>
                </button>{' '}
                <ValidityTag from={entry.valid_from} until={entry.valid_until} />
                <div className="muted kb-answer ellipsis">
                  {entry.answers[0] && contentLine(entry.answers[0], t)}
                </div>
              </div>
            ),
          },
          {
            title: t('shared.state'),
            width: 200,
            render: (_, entry) => <LocalTag entry={entry} />,
          },
          {
            title: t('common:updated_at'),
            width: 116,
            render: (_, entry) => (
              <Tooltip title={fullMoment(entry.updated_at)}>
                <span className="nowrap">{shortMoment(entry.updated_at)}</span>
              </Tooltip>
            ),
          },
          { width: 160, render: (_, entry) => <LocalAct entry={entry} /> },
        ]}
      />
      <Drawer
        open={id !== undefined}
        size={520}
        title={t('shared.read_only')}
        extra={shown && <LocalAct entry={shown} primary />}
        onClose={() => go('/knowledge/shared')}
        destroyOnHidden
      >
        {query.isError && <ProblemAlert error={query.error} onRetry={() => query.refetch()} />}
        {id && query.isPending && <Skeleton active />}
        {shown && (
          <>
            <h3>{shown.question}</h3>
            {shown.similar.length > 0 && (
              <p className="muted">
                {t('similar')}：{shown.similar.join(' / ')}
              </p>
            )}
            <Phone
              lines={[
                { from: 'customer', content: { type: 'text', text: shown.question } },
                ...shownAnswers(shown).map((content) => ({
                  from: 'account' as const,
                  content,
                })),
              ]}
            />
            {mayEdit && <MustReadPanel entry={shown.id} />}
            {mayEdit && <EntryUsePanel entry={shown.id} />}
          </>
        )}
      </Drawer>
    </Page>
  );
}
