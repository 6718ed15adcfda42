import { Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable, NoRows, Tags } from '@/components/list';
import { Page } from '@/components/page';
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
      <ListTable<Contact>
        rowKey="id"
        tableLayout="fixed"
        width={760}
        list={list}
        search={{ text: search, onText: setSearch, hint: t('search') }}
        empty={
          <NoRows searched={Boolean(search)} notFound={t('nothing_found')} empty={t('empty')} />
        }
        onOpen={(contact) => go(`/contacts/${contact.id}`)}
        columns={[
          {
            title: t('common:name'),
            render: (_, contact) => (
              <button type="button" className="plain" onClick={() => go(`/contacts/${contact.id}`)}>
                <b className="clamp-2">{contact.name}</b>
              </button>
            ),
          },
          {
            title: t('tags'),
            render: (_, contact) => <Tags words={contact.tags} most={4} />,
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
    </Page>
  );
}
