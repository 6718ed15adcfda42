import { ExportOutlined, ImportOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, Popconfirm, Switch, Table, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { contentLine } from '@/components/content-text';
import { LoadMore, Nothing, Page } from '@/components/page';
import { ProblemAlert, useReport } from '@/components/problem';
import { useGo, useSearchValue } from '@/lib/go';
import { useSettled } from '@/lib/list';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fullMoment } from '@/lib/time';
import type { Entry } from '@/lib/types';
import {
  exportAddress,
  inputOf,
  useCategories,
  useDeleteEntry,
  useEntries,
  useSaveEntry,
} from './api';
import { Categories } from './categories';

function EnabledSwitch({ entry, disabled }: { entry: Entry; disabled: boolean }) {
  const save = useSaveEntry(entry.id);
  const report = useReport();
  return (
    <Switch
      size="small"
      checked={entry.enabled}
      disabled={disabled}
      loading={save.isPending}
      onChange={(enabled) =>
        save.mutate({ ...inputOf(entry), enabled }, { onError: report.failed })
      }
    />
  );
}

function ValidityTag({ entry }: { entry: Entry }) {
  const { t } = useTranslation('knowledge');
  const now = Date.now();
  if (entry.valid_until && Date.parse(entry.valid_until) < now) {
    return <Tag color="red">{t('expired')}</Tag>;
  }
  if (entry.valid_from && Date.parse(entry.valid_from) > now) {
    return <Tag color="gold">{t('not_yet')}</Tag>;
  }
  return null;
}

/** The knowledge base: categories beside entries. */
export default function EntryList() {
  const { t } = useTranslation(['knowledge', 'common', 'content']);
  const go = useGo();
  const [search, setSearch] = useState('');
  const category = useSearchValue('category');
  const mayEdit = useCan(PERMISSIONS.knowledgeEdit);
  const categories = useCategories();
  const list = useEntries(category, useSettled(search));
  const remove = useDeleteEntry();
  const report = useReport();
  const nameOf = (id?: string | null) => categories.data?.find((one) => one.id === id)?.name;
  const create = () => go('/knowledge/entries/new', { category });
  return (
    <Page
      title={t('common:nav.knowledge')}
      hint={t('hint')}
      actions={
        <>
          <Button icon={<ExportOutlined />} href={exportAddress}>
            {t('export')}
          </Button>
          {mayEdit && (
            <>
              <Button icon={<ImportOutlined />} onClick={() => go('/knowledge/import')}>
                {t('common:nav.import')}
              </Button>
              <Button type="primary" icon={<PlusOutlined />} onClick={create}>
                {t('new')}
              </Button>
            </>
          )}
        </>
      }
    >
      <div className="kb">
        <Categories
          categories={categories.data ?? []}
          selected={category}
          mayEdit={mayEdit}
          onSelect={(id) => go('/knowledge', { category: id })}
        />
        <div className="panel" style={{ minWidth: 0 }}>
          <div className="toolbar">
            <Input.Search
              allowClear
              style={{ width: 320 }}
              placeholder={t('search')}
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
          </div>
          {list.isError && <ProblemAlert error={list.error} onRetry={() => list.refetch()} />}
          <Table<Entry>
            rowKey="id"
            size="middle"
            loading={list.isPending}
            dataSource={list.items}
            pagination={false}
            tableLayout="fixed"
            scroll={{ x: 820 }}
            locale={{
              emptyText: (
                <Nothing text={t(search ? 'nothing_found' : 'empty')}>
                  {mayEdit && !search && (
                    <>
                      <Button type="primary" onClick={create}>
                        {t('new')}
                      </Button>{' '}
                      <Button onClick={() => go('/knowledge/import')}>
                        {t('common:nav.import')}
                      </Button>
                    </>
                  )}
                </Nothing>
              ),
            }}
            columns={[
              {
                title: t('question'),
                render: (_, entry) => (
                  <div>
                    <button
                      type="button"
                      className="plain"
                      onClick={() => go(`/knowledge/entries/${entry.id}`)}
                    >
                      <b>{entry.question}</b>
                    </button>{' '}
                    <ValidityTag entry={entry} />
                    <div className="muted kb-answer ellipsis">
                      {entry.answers[0] && contentLine(entry.answers[0], t)}
                    </div>
                  </div>
                ),
              },
              {
                title: t('similar_count'),
                width: 84,
                align: 'right',
                render: (_, entry) => (
                  <Tooltip title={entry.similar.slice(0, 12).join(' / ')}>
                    {entry.similar.length}
                  </Tooltip>
                ),
              },
              {
                title: t('category'),
                width: 130,
                ellipsis: true,
                render: (_, entry) => nameOf(entry.category) ?? <span className="muted">—</span>,
              },
              {
                title: t('common:updated_at'),
                width: 160,
                render: (_, entry) => fullMoment(entry.updated_at),
              },
              {
                title: t('common:enabled'),
                width: 70,
                render: (_, entry) => <EnabledSwitch entry={entry} disabled={!mayEdit} />,
              },
              {
                width: 130,
                render: (_, entry) => (
                  <span className="nowrap">
                    <Button
                      type="link"
                      size="small"
                      onClick={() => go(`/knowledge/entries/${entry.id}`)}
                    >
                      {t(mayEdit ? 'common:edit' : 'view')}
                    </Button>
                    {mayEdit && (
                      <Popconfirm
                        title={t('delete_title')}
                        description={t('delete_text')}
                        okText={t('common:delete')}
                        okButtonProps={{ danger: true }}
                        onConfirm={() =>
                          remove.mutate(entry.id, {
                            onSuccess: () => report.done(t('common:deleted')),
                            onError: report.failed,
                          })
                        }
                      >
                        <Button type="link" size="small" danger>
                          {t('common:delete')}
                        </Button>
                      </Popconfirm>
                    )}
                  </span>
                ),
              },
            ]}
          />
          <LoadMore
            more={list.hasNextPage}
            loading={list.isFetchingNextPage}
            onMore={list.fetchNextPage}
          />
        </div>
      </div>
    </Page>
  );
}
