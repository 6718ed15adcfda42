import {
  ArrowLeftOutlined,
  CaretRightOutlined,
  DeleteOutlined,
  PlusOutlined,
} from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Segmented, Select, Table, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Loaded } from '@/components/loaded';
import { Nothing, Page } from '@/components/page';
import { useReport } from '@/components/problem';
import { useLeaveGuard } from '@/components/use-leave-guard';
import { api } from '@/lib/api';
import { useGo, useParam } from '@/lib/go';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fullMoment } from '@/lib/time';
import type { TestQuestion, TestSet } from '@/lib/types';
import { EntryPicker, History, PasteDialog, Result, type Row } from './test-set-parts';
import { Score, TEST_SETS, Trend } from './test-sets';
import './bot.css';

const EXPECTS = ['entry', 'nobody', 'free'] as const;
const SHOWN = ['all', 'not_right', 'fallen'] as const;

const keyOf = (one: TestQuestion) => `${one.question}|${one.entry ?? ''}`;

const inputOf = ({ question, expects, entry }: Row) => ({
  question,
  expects,
  entry: expects === 'entry' ? entry : undefined,
});

let nextKey = 0;
const rowsOf = (questions: TestQuestion[]): Row[] =>
  questions.map((one) => ({ ...one, key: nextKey++ }));

function Editor({ set }: { set: TestSet }) {
  const { t } = useTranslation(['guard', 'common']);
  const go = useGo();
  const report = useReport();
  const queries = useQueryClient();
  const mayEdit = useCan(PERMISSIONS.knowledgeEdit);
  const [name, setName] = useState(set.name);
  const [version, setVersion] = useState(set.version);
  const [rows, setRows] = useState<Row[]>(() => rowsOf(set.questions));
  const [changed, setChanged] = useState(false);
  const [pasting, setPasting] = useState(false);
  const [shown, setShown] = useState<(typeof SHOWN)[number]>('all');
  useLeaveGuard(changed);
  const keep = (stored: TestSet) => {
    queries.setQueryData([...TEST_SETS, set.id], stored);
    queries.invalidateQueries({ queryKey: TEST_SETS, exact: true });
  };
  const save = useMutation({
    mutationFn: () =>
      api.put('/knowledge/test-sets/{id}', {
        path: { id: set.id },
        body: { name, version, questions: rows.map(inputOf) },
      }),
    onSuccess: (stored) => {
      keep(stored);
      setVersion(stored.version);
      setRows(rowsOf(stored.questions));
      setChanged(false);
      report.done(t('common:saved'));
    },
    onError: report.failed,
  });
  const run = useMutation({
    mutationFn: () => api.post('/knowledge/test-sets/{id}/runs', { path: { id: set.id } }),
    onSuccess: (stored) => {
      keep(stored);
      const [now] = stored.runs;
      report.done(t('sets.ran', { right: now?.right ?? 0, checked: now?.checked ?? 0 }));
    },
    onError: report.failed,
  });
  const results = new Map(set.results.map((one) => [keyOf(one), one]));
  const change = (key: number, part: Partial<Row>) => {
    setRows((all) => all.map((row) => (row.key === key ? { ...row, ...part } : row)));
    setChanged(true);
  };
  const isShown = (row: Row) => {
    const result = results.get(keyOf(row));
    if (shown === 'all') return true;
    if (!result || result.verdict === 'right' || result.verdict === 'watched') return false;
    return shown === 'not_right' || result.verdict_before === 'right';
  };
  const [now] = set.runs;
  const visible = rows.filter(isShown);
  return (
    <Page
      title={
        mayEdit ? (
          <Input
            variant="filled"
            className="set-name"
            aria-label={t('sets.name')}
            maxLength={50}
            value={name}
            onChange={(event) => {
              setName(event.target.value);
              setChanged(true);
            }}
          />
        ) : (
          set.name
        )
      }
      hint={t('sets.max')}
      actions={
        <>
          <Button icon={<ArrowLeftOutlined />} onClick={() => go('/bot/test-sets')}>
            {t('common:back')}
          </Button>
          {mayEdit && (
            <Tooltip title={changed ? t('sets.unsaved') : undefined}>
              <Button
                icon={<CaretRightOutlined />}
                loading={run.isPending}
                disabled={set.questions.length === 0}
                onClick={() => run.mutate()}
                data-testid="run-set"
              >
                {t('sets.run')}
              </Button>
            </Tooltip>
          )}
          {mayEdit && (
            <Button
              type="primary"
              disabled={!changed}
              loading={save.isPending}
              onClick={() => save.mutate()}
              data-testid="save-set"
            >
              {t('common:save')}
            </Button>
          )}
        </>
      }
    >
      <div className="panel" style={{ minWidth: 0 }}>
        <div className="toolbar">
          {mayEdit && (
            <>
              <Button
                icon={<PlusOutlined />}
                onClick={() => {
                  setRows((all) => [...rowsOf([{ question: '', expects: 'entry' }]), ...all]);
                  setShown('all');
                  setChanged(true);
                }}
              >
                {t('sets.add')}
              </Button>
              <Button onClick={() => setPasting(true)}>{t('sets.paste')}</Button>
            </>
          )}
          <Segmented
            value={shown}
            onChange={setShown}
            options={SHOWN.map((value) => ({ value, label: t(`sets.${value}`) }))}
          />
          {now && (
            <span className="set-score" data-testid="score">
              <Score {...now} />
              <Trend runs={set.runs} />
              <span className="muted nowrap">{fullMoment(now.at)}</span>
            </span>
          )}
          <History runs={set.runs} />
        </div>
        <Table<Row>
          size="small"
          rowKey="key"
          tableLayout="fixed"
          scroll={{ x: 890 }}
          dataSource={visible}
          pagination={visible.length > 50 && { pageSize: 50, showSizeChanger: false }}
          locale={{
            emptyText: (
              <Nothing text={t(rows.length > 0 ? 'sets.nothing_found' : 'sets.empty_set')} />
            ),
          }}
          columns={[
            {
              title: t('question'),
              render: (_, row) => (
                <Input.TextArea
                  autoSize={{ minRows: 1, maxRows: 4 }}
                  aria-label={t('question')}
                  disabled={!mayEdit}
                  maxLength={200}
                  value={row.question}
                  onChange={(event) => change(row.key, { question: event.target.value })}
                />
              ),
            },
            {
              title: t('sets.expects'),
              width: 370,
              render: (_, row) => (
                <div className="expects">
                  <Select
                    aria-label={t('sets.expects')}
                    disabled={!mayEdit}
                    value={row.expects}
                    style={{ width: 176, flex: 'none' }}
                    onChange={(expects) => change(row.key, { expects })}
                    options={EXPECTS.map((value) => ({ value, label: t(`sets.expect.${value}`) }))}
                  />
                  {row.expects === 'entry' && (
                    <EntryPicker
                      row={row}
                      disabled={!mayEdit}
                      onChoose={(entry, entry_question) =>
                        change(row.key, { entry, entry_question })
                      }
                    />
                  )}
                </div>
              ),
            },
            {
              title: t('sets.result'),
              width: 280,
              render: (_, row) => <Result result={results.get(keyOf(row))} />,
            },
            {
              width: 48,
              render: (_, row) =>
                mayEdit && (
                  <Button
                    type="text"
                    size="small"
                    danger
                    aria-label={t('common:delete')}
                    icon={<DeleteOutlined />}
                    onClick={() => {
                      setRows((all) => all.filter((one) => one.key !== row.key));
                      setChanged(true);
                    }}
                  />
                ),
            },
          ]}
        />
      </div>
      <PasteDialog
        open={pasting}
        onClose={() => setPasting(false)}
        onRead={(questions) => {
          if (questions.length === 0) return;
          setRows((all) => [...all, ...rowsOf(questions)]);
          setChanged(true);
          report.done(t('sets.pasted', { n: questions.length }));
        }}
      />
    </Page>
  );
}

/** One set: its questions, what is expected, and what came out last. */
export default function TestSetPage() {
  const { t } = useTranslation('common');
  const id = useParam('set');
  const set = useQuery({
    queryKey: [...TEST_SETS, id],
    queryFn: () => api.get('/knowledge/test-sets/{id}', { path: { id } }),
  });
  return (
    <Loaded title={t('nav.test_sets')} query={set}>
      {(stored) => <Editor key={stored.id} set={stored} />}
    </Loaded>
  );
}
