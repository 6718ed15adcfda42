import { PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Skeleton, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable, NoRows, whole } from '@/components/list';
import { Page } from '@/components/page';
import { ProblemAlert, useReport } from '@/components/problem';
import { api } from '@/lib/api';
import { entryPlace } from '@/lib/entry';
import { useGo } from '@/lib/go';
import { fullMoment, shortMoment } from '@/lib/time';
import type { QuestionCluster } from '@/lib/types';

const KEY = ['knowledge', 'unresolved'];

/** How many wordings go along to the editor: an address has an end. */
const MOST_ALONG = 10;

const along = (cluster: QuestionCluster) =>
  cluster.wordings
    .map((one) => one.text.replaceAll('|', ' '))
    .filter((text) => !text.includes('*'))
    .slice(0, MOST_ALONG)
    .join('|');

/** Which entries may answer it already, were they asked in these words. */
function Near({ cluster }: { cluster: QuestionCluster }) {
  const { t } = useTranslation('knowledge');
  const go = useGo();
  const near = useQuery({
    queryKey: ['knowledge', 'near', cluster.question],
    queryFn: () =>
      api.post('/bot/test', { body: { content: { type: 'text', text: cluster.question } } }),
  });
  const candidates = near.data?.candidates ?? [];
  return (
    <>
      <h4>{t('unresolved.near')}</h4>
      {near.isPending && <Skeleton active paragraph={{ rows: 2 }} />}
      {near.isError && <ProblemAlert error={near.error} onRetry={() => near.refetch()} />}
      {near.isSuccess && candidates.length === 0 && (
        <p className="muted">{t('unresolved.near_nothing')}</p>
      )}
      {candidates.map((one) => (
        <div key={one.entry} className="u-near">
          <span className="ellipsis">{one.question}</span>
          {one.is_shared ? (
            <Button size="small" onClick={() => go(...entryPlace(one.entry, true))}>
              {t('unresolved.see_shared')}
            </Button>
          ) : (
            <Button
              size="small"
              onClick={() => go(`/knowledge/entries/${one.entry}`, { asked: along(cluster) })}
            >
              {t('unresolved.add')}
            </Button>
          )}
        </div>
      ))}
    </>
  );
}

function Cluster({ cluster }: { cluster: QuestionCluster }) {
  const { t } = useTranslation('knowledge');
  const go = useGo();
  return (
    <div className="u-open">
      <h4>{t('unresolved.wordings')}</h4>
      {cluster.wordings.slice(0, 20).map((one) => (
        <Tag key={one.text}>
          {one.text}
          {one.count > 1 && ` × ${one.count}`}
        </Tag>
      ))}
      {cluster.answered_by.length > 0 && <h4>{t('unresolved.answered_by')}</h4>}
      {cluster.answered_by.map((one) => (
        <div key={one.id} className="u-near">
          <span className="ellipsis">{one.question}</span>
          <Button size="small" onClick={() => go(...entryPlace(one.id, one.is_shared))}>
            {t(one.is_shared ? 'unresolved.see_shared' : 'unresolved.improve')}
          </Button>
        </div>
      ))}
      <Near cluster={cluster} />
    </div>
  );
}

/** 未解决问题: what the bot could not answer, put together by what it asks. */
export default function Unresolved() {
  const { t } = useTranslation(['knowledge', 'common']);
  const go = useGo();
  const report = useReport();
  const queries = useQueryClient();
  const [search, setSearch] = useState('');
  const list = useQuery({ queryKey: KEY, queryFn: () => api.get('/knowledge/unresolved') });
  const dismiss = useMutation({
    mutationFn: (questions: string[]) =>
      api.post('/knowledge/unresolved/dismissals', {
        body: { questions, seen_at: list.data?.seen_at },
      }),
    onSuccess: () => report.done(t('unresolved.dismissed')),
    onError: report.failed,
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  const word = search.trim().toLowerCase();
  const items = list.data?.items ?? [];
  const shown = items.filter((cluster) =>
    cluster.wordings.some((one) => one.text.toLowerCase().includes(word)),
  );
  return (
    <Page title={t('common:nav.unresolved')} hint={t('unresolved.hint')}>
      <ListTable<QuestionCluster>
        rowKey="question"
        tableLayout="fixed"
        width={760}
        list={whole({ ...list, data: shown })}
        search={{ text: search, onText: setSearch, hint: t('unresolved.search') }}
        empty={
          <NoRows
            searched={Boolean(word)}
            notFound={t('unresolved.nothing_found')}
            empty={t('unresolved.empty')}
          />
        }
        expandable={{
          expandRowByClick: true,
          expandedRowRender: (cluster) => <Cluster cluster={cluster} />,
        }}
        columns={[
          {
            title: t('unresolved.question'),
            render: (_, cluster) => (
              <>
                <b className="clamp-2">{cluster.question}</b>
                {cluster.unsolved > 0 && (
                  <Tag color="red">{t('unresolved.unsolved', { n: cluster.unsolved })}</Tag>
                )}
                {cluster.wrong > 0 && (
                  <Tag color="orange">{t('unresolved.wrong', { n: cluster.wrong })}</Tag>
                )}
              </>
            ),
          },
          {
            title: t('unresolved.count'),
            width: 96,
            align: 'right',
            render: (_, cluster) => cluster.count,
          },
          {
            title: t('unresolved.trend'),
            width: 96,
            align: 'right',
            render: (_, { this_week: now, week_before: before }) => (
              <Tooltip title={t('unresolved.trend_hint', { now, before })}>
                <span className="nowrap">
                  {now} {now > before ? '↑' : now < before ? '↓' : ''}
                </span>
              </Tooltip>
            ),
          },
          {
            title: t('unresolved.last'),
            width: 116,
            render: (_, cluster) => (
              <Tooltip title={fullMoment(cluster.last_at)}>
                <span className="nowrap">{shortMoment(cluster.last_at)}</span>
              </Tooltip>
            ),
          },
          {
            width: 216,
            render: (_, cluster) => (
              // the row's own click opens it
              // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps clicks from the row
              // biome-ignore lint/a11y/useKeyWithClickEvents: its buttons have keys of their own
              <span className="nowrap" onClick={(event) => event.stopPropagation()}>
                <Button
                  type="link"
                  size="small"
                  icon={<PlusOutlined />}
                  onClick={() => go('/knowledge/entries/new', { asked: along(cluster) })}
                >
                  {t('unresolved.new')}
                </Button>
                <Popconfirm
                  title={t('unresolved.dismiss_title')}
                  description={t('unresolved.dismiss_text')}
                  okText={t('unresolved.dismiss')}
                  onConfirm={() =>
                    dismiss.mutate(cluster.wordings.slice(0, 500).map((one) => one.text))
                  }
                >
                  <Button type="link" size="small" danger>
                    {t('unresolved.dismiss')}
                  </Button>
                </Popconfirm>
              </span>
            ),
          },
        ]}
      />
      {(list.data?.total ?? 0) > items.length && (
        <p className="muted">
          {t('unresolved.some', { n: items.length, total: list.data?.total })}
        </p>
      )}
    </Page>
  );
}
