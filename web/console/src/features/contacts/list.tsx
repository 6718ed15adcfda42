import { Input, Table, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LoadMore, Nothing, Page } from '@/components/page';
import { ProblemAlert } from '@/components/problem';
import { useGo } from '@/lib/go';
import { useSettled } from '@/lib/list';
import { fullMoment } from '@/lib/time';
import type { Contact } from '@/lib/types';
import { useContacts } from './api';

export default function ContactList() {
  const { t } = useTranslation(['contacts', 'common']);
  const go = useGo();
  const [search, setSearch] = useState('');
  const list = useContacts(useSettled(search));
  return (
    <Page title={t('common:nav.contacts')} hint={t('hint')}>
      <div className="panel">
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
        <Table<Contact>
          rowKey="id"
          size="middle"
          loading={list.isPending}
          dataSource={list.items}
          pagination={false}
          scroll={{ x: 760 }}
          locale={{ emptyText: <Nothing text={t(search ? 'nothing_found' : 'empty')} /> }}
          onRow={(contact) => ({
            onClick: () => go(`/contacts/${contact.id}`),
            style: { cursor: 'pointer' },
          })}
          columns={[
            {
              title: t('common:name'),
              render: (_, contact) => (
                <button
                  type="button"
                  className="plain"
                  onClick={() => go(`/contacts/${contact.id}`)}
                >
                  <b>{contact.name}</b>
                </button>
              ),
            },
            {
              title: t('tags'),
              render: (_, contact) => contact.tags.map((tag) => <Tag key={tag}>{tag}</Tag>),
            },
            {
              title: t('inboxes'),
              render: (_, contact) =>
                contact.identities.map((identity) => (
                  <Tag key={identity.id} color={identity.followed ? 'green' : 'default'}>
                    {identity.inbox.name}
                  </Tag>
                )),
            },
            { title: t('note'), dataIndex: 'note', ellipsis: true },
            {
              title: t('since'),
              width: 160,
              render: (_, contact) => fullMoment(contact.created_at),
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
