import { SearchOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Progress, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { contentLine } from '@/components/content-text';
import { ListTable, NoRows, whole } from '@/components/list';
import { Page } from '@/components/page';
import { useReport } from '@/components/problem';
import { api } from '@/lib/api';
import { entryPlace } from '@/lib/entry';
import { useGo } from '@/lib/go';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fullMoment } from '@/lib/time';
import type { TwinEntry, Twins } from '@/lib/types';

const KEY = ['knowledge', 'twins'];

/** How often a running search is looked at, in milliseconds. */
const PERIOD = 1000;

const COLOUR = { contradiction: 'error', duplicate: 'warning', similar: 'default' };

function OneOfTwo({ entry }: { entry: TwinEntry }) {
  const { t } = useTranslation(['guard', 'content']);
  const go = useGo();
  return (
    <>
      <button
        type="button"
        className="plain"
        onClick={() => go(...entryPlace(entry.id, entry.is_shared))}
      >
        <b className="clamp-2">{entry.question}</b>
      </button>
      {entry.is_shared && (
        <div>
          <Tag color="blue">{t('sets.shared')}</Tag>
        </div>
      )}
      {entry.wording !== entry.question && (
        <div className="muted">{t('twins.wording', { wording: entry.wording })}</div>
      )}
      {entry.answers.map((answer, nth) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: answers have no other name than their place
        <div key={nth} className="clamp-2">
          {contentLine(answer, t)}
        </div>
      ))}
    </>
  );
}

/** 重复与矛盾: pairs of entries with nearly the same wording. */
export default function TwinsPage() {
  const { t } = useTranslation(['guard', 'common']);
  const report = useReport();
  const queries = useQueryClient();
  const mayEdit = useCan(PERMISSIONS.knowledgeEdit);
  const list = useQuery({
    queryKey: KEY,
    queryFn: () => api.get('/knowledge/twins'),
    refetchInterval: ({ state }) => (state.data?.running ? PERIOD : false),
  });
  const fresh = () => queries.invalidateQueries({ queryKey: KEY });
  const search = useMutation({
    mutationFn: () => api.post('/knowledge/twins/searches'),
    onError: report.failed,
    onSettled: fresh,
  });
  const dismiss = useMutation({
    mutationFn: ({ one, other }: Twins) =>
      api.post('/knowledge/twins/dismissals', { body: { one: one.id, other: other.id } }),
    onSuccess: () => report.done(t('twins.dismissed')),
    onError: report.failed,
    onSettled: fresh,
  });
  const { running, searched_at: at, wordings } = list.data ?? {};
  const button = mayEdit && (
    <Button
      type="primary"
      icon={<SearchOutlined />}
      loading={search.isPending || Boolean(running)}
      onClick={() => search.mutate()}
    >
      {t('twins.search')}
    </Button>
  );
  return (
    <Page title={t('common:nav.twins')} hint={t('twins.hint')} actions={button}>
      {running ? (
        <div style={{ marginBottom: 12 }}>
          <span className="muted">
            {running.total ? t('twins.searching', { ...running }) : t('twins.waiting')}
          </span>
          <Progress
            size="small"
            percent={running.total ? Math.round((100 * running.done) / running.total) : 0}
          />
        </div>
      ) : (
        at && (
          <p className="muted" data-testid="searched">
            {t('twins.last', { at: fullMoment(at), n: wordings })}
          </p>
        )
      )}
      <ListTable<Twins>
        rowKey={(pair) => `${pair.one.id}-${pair.other.id}`}
        tableLayout="fixed"
        width={920}
        list={whole({ ...list, data: list.data?.items })}
        empty={<NoRows empty={t(at ? 'twins.none' : 'twins.never')} />}
        columns={[
          {
            title: t('twins.what'),
            width: 170,
            render: (_, { kind, confidence }) => (
              <>
                <Tag color={COLOUR[kind]}>{t(`twins.kind.${kind}`)}</Tag>
                <div className="muted">
                  <small>{t('twins.sure', { n: confidence })}</small>
                </div>
              </>
            ),
          },
          { title: t('twins.one'), render: (_, pair) => <OneOfTwo entry={pair.one} /> },
          { title: t('twins.other'), render: (_, pair) => <OneOfTwo entry={pair.other} /> },
          {
            width: 150,
            render: (_, pair) =>
              mayEdit && (
                <Popconfirm
                  title={t('twins.dismiss_title')}
                  description={t('twins.dismiss_text')}
                  okText={t('twins.dismiss')}
                  onConfirm={() => dismiss.mutate(pair)}
                >
                  <Button type="link" size="small">
                    {t('twins.dismiss')}
                  </Button>
                </Popconfirm>
              ),
          },
        ]}
      />
    </Page>
  );
}
