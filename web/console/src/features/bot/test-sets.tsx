import { ArrowDownOutlined, ArrowUpOutlined, PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Popconfirm, Progress, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '@/components/form-dialog';
import { ListTable, NoRows, whole } from '@/components/list';
import { Page } from '@/components/page';
import { useReport } from '@/components/problem';
import { api } from '@/lib/api';
import { useGo } from '@/lib/go';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fullMoment, shortMoment } from '@/lib/time';
import type { TestSetHead } from '@/lib/types';

export const TEST_SETS = ['test-sets'];

/** A share as a small bar; nothing is expected of a set that only watches. */
export function Score({ right, checked }: { right: number; checked: number }) {
  if (checked === 0) return <span className="muted">—</span>;
  return (
    <span className="score">
      <Progress
        percent={(100 * right) / checked}
        size="small"
        showInfo={false}
        strokeColor={right === checked ? 'var(--success)' : undefined}
      />
      <span className="nowrap">
        {right} / {checked}
      </span>
    </span>
  );
}

/** How many more came out right than in the run before. */
export function Trend({ runs }: { runs: TestSetHead['runs'] }) {
  const [now, before] = runs;
  if (!now || !before) return <span className="muted">—</span>;
  const more = now.right - before.right;
  if (more === 0 && now.checked === before.checked) return <span className="muted">=</span>;
  return (
    <span className={more < 0 ? 'nowrap falling' : 'nowrap'}>
      {more < 0 ? <ArrowDownOutlined /> : <ArrowUpOutlined />} {Math.abs(more)}
    </span>
  );
}

/** 测试集: questions with what is expected of the bot. */
export default function TestSets() {
  const { t } = useTranslation(['guard', 'common']);
  const go = useGo();
  const report = useReport();
  const queries = useQueryClient();
  const mayEdit = useCan(PERMISSIONS.knowledgeEdit);
  const [making, setMaking] = useState(false);
  const list = useQuery({
    queryKey: TEST_SETS,
    queryFn: async () => (await api.get('/knowledge/test-sets')).items,
  });
  const fresh = () => queries.invalidateQueries({ queryKey: TEST_SETS });
  const run = useMutation({
    mutationFn: (id: string) => api.post('/knowledge/test-sets/{id}/runs', { path: { id } }),
    onSuccess: ({ runs: [now] }) =>
      report.done(t('sets.ran', { right: now?.right ?? 0, checked: now?.checked ?? 0 })),
    onError: report.failed,
    onSettled: fresh,
  });
  const remove = useMutation({
    mutationFn: (id: string) => api.remove('/knowledge/test-sets/{id}', { path: { id } }),
    onError: report.failed,
    onSettled: fresh,
  });
  const create = mayEdit && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
      {t('sets.new')}
    </Button>
  );
  const open = (set: { id: string }) => go(`/bot/test-sets/${set.id}`);
  return (
    <Page title={t('common:nav.test_sets')} hint={t('sets.hint')} actions={create}>
      <ListTable<TestSetHead>
        rowKey="id"
        tableLayout="fixed"
        width={800}
        list={whole(list)}
        onOpen={open}
        empty={<NoRows empty={t('sets.empty')}>{create}</NoRows>}
        columns={[
          { title: t('sets.name'), render: (_, set) => <b className="clamp-2">{set.name}</b> },
          { title: t('sets.questions'), width: 110, align: 'right', dataIndex: 'questions' },
          {
            title: t('sets.score'),
            width: 190,
            render: (_, { runs: [now] }) =>
              now ? <Score {...now} /> : <span className="muted">{t('sets.never')}</span>,
          },
          {
            title: t('sets.change'),
            width: 130,
            render: (_, set) => <Trend runs={set.runs} />,
          },
          {
            title: t('sets.last'),
            width: 120,
            render: (_, { runs: [now] }) =>
              now && (
                <Tooltip title={fullMoment(now.at)}>
                  <span className="nowrap">{shortMoment(now.at)}</span>
                </Tooltip>
              ),
          },
          {
            width: 150,
            render: (_, set) =>
              mayEdit && (
                // the row's own click opens it
                // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps clicks from the row
                // biome-ignore lint/a11y/useKeyWithClickEvents: its buttons have keys of their own
                <span className="nowrap row-acts" onClick={(event) => event.stopPropagation()}>
                  <Button
                    type="link"
                    size="small"
                    loading={run.isPending && run.variables === set.id}
                    onClick={() => run.mutate(set.id)}
                  >
                    {t('sets.run')}
                  </Button>
                  <Popconfirm
                    title={t('sets.delete_title')}
                    description={t('sets.delete_text')}
                    okText={t('common:delete')}
                    okButtonProps={{ danger: true }}
                    onConfirm={() => remove.mutate(set.id)}
                  >
                    <Button type="link" size="small" danger>
                      {t('common:delete')}
                    </Button>
                  </Popconfirm>
                </span>
              ),
          },
        ]}
      />
      <FormDialog<{ name: string }>
        open={making}
        title={t('sets.new')}
        submit={async ({ name }) =>
          open(await api.post('/knowledge/test-sets', { body: { name, questions: [] } }))
        }
        onClose={() => setMaking(false)}
        onDone={fresh}
      >
        <Form.Item
          name="name"
          label={t('sets.name')}
          rules={[{ required: true, whitespace: true, message: t('common:required') }]}
        >
          <Input autoFocus maxLength={50} placeholder={t('sets.name_hint')} />
        </Form.Item>
      </FormDialog>
    </Page>
  );
}
