import { WechatFilled } from '@ant-design/icons';
import { Descriptions, Input, Select, Skeleton, Tabs, Tag } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert, useReport } from '@/components/problem';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fullMoment } from '@/lib/time';
import type { Contact, Conversation } from '@/lib/types';
import { Answers } from './answers';
import { useContact, useConversations, useEditContact } from './api';
import { PersonAvatar } from './conversation-list';
import type { Take } from './take';

function Customer({ contact }: { contact: Contact }) {
  const { t } = useTranslation(['desk', 'common']);
  const mayEdit = useCan(PERMISSIONS.contactEdit);
  const edit = useEditContact(contact.id);
  const report = useReport();
  const [note, setNote] = useState(contact.note ?? '');
  useEffect(() => setNote(contact.note ?? ''), [contact.note]);
  const save = (change: { tags?: string[]; note?: string }) =>
    edit.mutate(change, {
      onError: report.failed,
      onSuccess: () => report.done(t('common:saved')),
    });
  return (
    <div className="p-body">
      <div className="p-who">
        <PersonAvatar id={contact.id} name={contact.name} size={48} />
        <b className="p-name clamp-2" title={contact.name}>
          {contact.name}
        </b>
      </div>
      <h4>{t('tags')}</h4>
      <Select
        mode="tags"
        style={{ width: '100%' }}
        disabled={!mayEdit}
        value={contact.tags}
        placeholder={t('tags_hint')}
        tokenSeparators={[' ', ',', '，']}
        open={false}
        suffixIcon={null}
        onChange={(tags) => save({ tags })}
      />
      <h4>{t('note')}</h4>
      <Input.TextArea
        autoSize={{ minRows: 2, maxRows: 6 }}
        disabled={!mayEdit}
        value={note}
        maxLength={2000}
        placeholder={t('note_hint')}
        onChange={(event) => setNote(event.target.value)}
        onBlur={() => note !== (contact.note ?? '') && save({ note })}
      />
      <h4>{t('identities')}</h4>
      {contact.identities.map((identity) => (
        <div key={identity.id} className="p-identity">
          <div>
            <WechatFilled style={{ color: '#2aae67' }} /> {identity.inbox.name}{' '}
            <Tag color={identity.followed ? 'green' : 'default'}>
              {t(identity.followed ? 'followed' : 'unfollowed')}
            </Tag>
          </div>
          <Descriptions
            size="small"
            column={1}
            items={[
              {
                key: 'id',
                label: t('source_id'),
                children: <span className="mono">{identity.source_id}</span>,
              },
              ...(identity.followed_at
                ? [
                    {
                      key: 'at',
                      label: t('followed_at'),
                      children: fullMoment(identity.followed_at),
                    },
                  ]
                : []),
              ...(identity.source
                ? [{ key: 'source', label: t('source'), children: identity.source }]
                : []),
            ]}
          />
        </div>
      ))}
      <h4>{t('since')}</h4>
      <div>{fullMoment(contact.created_at)}</div>
    </div>
  );
}

/** Earlier and other conversations with the same person. */
function History(props: { conversation: Conversation; onOpen: (one: Conversation) => void }) {
  const { t } = useTranslation('desk');
  const { contact, id } = props.conversation;
  const all = useConversations('all', contact.name);
  const closed = useConversations('closed', contact.name);
  const mine = new Map(
    [...all.items, ...closed.items]
      .filter((one) => one.contact.id === contact.id)
      .map((one) => [one.id, one]),
  );
  const list = [...mine.values()].sort((one, other) =>
    other.opened_at.localeCompare(one.opened_at),
  );
  return (
    <div className="p-body">
      {list.map((one) => (
        <button
          type="button"
          key={one.id}
          className={one.id === id ? 'plain p-past active' : 'plain p-past'}
          onClick={() => props.onOpen(one)}
        >
          <b>{fullMoment(one.opened_at)}</b>
          <span className="muted">
            {one.inbox.name} · {t(`stage.${one.stage}`)}
            {one.agent ? ` · ${one.agent.name}` : ''}
          </span>
        </button>
      ))}
    </div>
  );
}

/** The right column: what to answer, who this is and what was before. */
export function SidePanel(props: {
  conversation: Conversation;
  onOpen: (one: Conversation) => void;
  /** Absent while this agent may not write here. */
  onTake?: (take: Take, send: boolean) => void;
}) {
  const { t } = useTranslation('desk');
  const mayRead = useCan(PERMISSIONS.contactRead);
  const hasBase = useCan(PERMISSIONS.knowledgeRead);
  const { thread } = props.conversation;
  const contact = useContact(mayRead ? props.conversation.contact.id : undefined);
  const customer = contact.data ? (
    <Customer key={contact.data.id} contact={contact.data} />
  ) : contact.isError ? (
    <ProblemAlert error={contact.error} onRetry={() => contact.refetch()} />
  ) : (
    <Skeleton active avatar style={{ padding: 16 }} />
  );
  const history = <History conversation={props.conversation} onOpen={props.onOpen} />;
  return (
    <Tabs
      className="d-tabs"
      size="small"
      items={[
        ...(hasBase
          ? [
              {
                key: 'answers',
                label: t('tab.answers'),
                children: <Answers key={thread} thread={thread} onTake={props.onTake} />,
              },
            ]
          : []),
        ...(mayRead ? [{ key: 'customer', label: t('tab.customer'), children: customer }] : []),
        { key: 'history', label: t('tab.history'), children: history },
      ]}
    />
  );
}
