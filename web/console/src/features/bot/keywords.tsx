import { PlusOutlined } from '@ant-design/icons';
import { Button, Input, Popconfirm, Switch, Table, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { contentLine } from '@/components/content-text';
import { LoadMore, Nothing, Page } from '@/components/page';
import { ProblemAlert, useReport } from '@/components/problem';
import { useGo } from '@/lib/go';
import { useSettled } from '@/lib/list';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import type { Keyword } from '@/lib/types';
import { inputOf, useDeleteKeyword, useKeywords, useSaveKeyword } from './api';

function EnabledSwitch({ keyword, disabled }: { keyword: Keyword; disabled: boolean }) {
  const save = useSaveKeyword(keyword.id);
  const report = useReport();
  return (
    <Switch
      size="small"
      checked={keyword.enabled}
      disabled={disabled}
      loading={save.isPending}
      onChange={(enabled) =>
        save.mutate({ ...inputOf(keyword), enabled }, { onError: report.failed })
      }
    />
  );
}

export default function Keywords() {
  const { t } = useTranslation(['bot', 'common', 'content']);
  const go = useGo();
  const [search, setSearch] = useState('');
  const mayEdit = useCan(PERMISSIONS.botEdit);
  const list = useKeywords(useSettled(search));
  const remove = useDeleteKeyword();
  const report = useReport();
  const create = () => go('/bot/keywords/new');
  return (
    <Page
      title={t('common:nav.keywords')}
      hint={t('keyword.hint')}
      actions={
        mayEdit && (
          <Button type="primary" icon={<PlusOutlined />} onClick={create}>
            {t('keyword.new')}
          </Button>
        )
      }
    >
      <div className="panel">
        <div className="toolbar">
          <Input.Search
            allowClear
            style={{ width: 320 }}
            placeholder={t('keyword.search')}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
        {list.isError && <ProblemAlert error={list.error} onRetry={() => list.refetch()} />}
        <Table<Keyword>
          rowKey="id"
          size="middle"
          loading={list.isPending}
          dataSource={list.items}
          pagination={false}
          scroll={{ x: 760 }}
          locale={{
            emptyText: (
              <Nothing text={t(search ? 'keyword.nothing_found' : 'keyword.empty')}>
                {mayEdit && !search && (
                  <Button type="primary" onClick={create}>
                    {t('keyword.new')}
                  </Button>
                )}
              </Nothing>
            ),
          }}
          columns={[
            {
              title: t('keyword.words'),
              render: (_, keyword) =>
                keyword.words.map((word) => (
                  <Tag key={word} className={keyword.match === 'regex' ? 'mono' : undefined}>
                    {word}
                  </Tag>
                )),
            },
            {
              title: t('keyword.match'),
              width: 150,
              render: (_, keyword) => t(`match.${keyword.match}`),
            },
            {
              title: t('keyword.answer'),
              ellipsis: true,
              render: (_, keyword) => (
                <span className="muted">
                  {keyword.answers[0] && contentLine(keyword.answers[0], t)}
                </span>
              ),
            },
            {
              title: t('keyword.priority'),
              width: 90,
              align: 'right',
              dataIndex: 'priority',
            },
            {
              title: t('common:enabled'),
              width: 80,
              render: (_, keyword) => <EnabledSwitch keyword={keyword} disabled={!mayEdit} />,
            },
            {
              width: 150,
              render: (_, keyword) => (
                <span className="nowrap">
                  <Button
                    type="link"
                    size="small"
                    onClick={() => go(`/bot/keywords/${keyword.id}`)}
                  >
                    {t(mayEdit ? 'common:edit' : 'view')}
                  </Button>
                  {mayEdit && (
                    <Popconfirm
                      title={t('keyword.delete_title')}
                      description={t('keyword.delete_text')}
                      okText={t('common:delete')}
                      okButtonProps={{ danger: true }}
                      onConfirm={() =>
                        remove.mutate(keyword.id, {
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
    </Page>
  );
}
