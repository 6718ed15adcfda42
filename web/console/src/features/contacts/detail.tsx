import { ArrowLeftOutlined, MessageOutlined, WechatFilled } from '@ant-design/icons';
import { Button, Descriptions, Form, Input, Select, Skeleton, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Nothing, Page } from '@/components/page';
import { ProblemAlert, useReport } from '@/components/problem';
import { useGo, useParam } from '@/lib/go';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fullMoment } from '@/lib/time';
import type { Contact, Conversation, Identity } from '@/lib/types';
import { useContact, useConversationsOf, useEditContact } from './api';

function IdentityCard({ identity }: { identity: Identity }) {
  const { t } = useTranslation(['contacts', 'common']);
  return (
    <Descriptions
      size="small"
      column={1}
      title={
        <span>
          <WechatFilled style={{ color: '#2aae67' }} /> {identity.inbox.name}{' '}
          <Tag color={identity.followed ? 'green' : 'default'}>
            {t(identity.followed ? 'followed' : 'unfollowed')}
          </Tag>
        </span>
      }
      items={[
        {
          key: 'id',
          label: t('source_id'),
          children: <span className="mono">{identity.source_id}</span>,
        },
        { key: 'at', label: t('followed_at'), children: fullMoment(identity.followed_at) },
        { key: 'source', label: t('source'), children: identity.source || t('common:none') },
        {
          key: 'allowance',
          label: t('allowance'),
          children: identity.allowance?.until
            ? t('allowance_until', {
                n: identity.allowance.left ?? '∞',
                at: fullMoment(identity.allowance.until),
              })
            : t('allowance_none'),
        },
      ]}
    />
  );
}

function Editor({ contact }: { contact: Contact }) {
  const { t } = useTranslation(['contacts', 'common']);
  const mayEdit = useCan(PERMISSIONS.contactEdit);
  const edit = useEditContact(contact.id);
  const report = useReport();
  return (
    <Form
      layout="vertical"
      disabled={!mayEdit}
      initialValues={{ name: contact.name, tags: contact.tags, note: contact.note ?? '' }}
      onFinish={(values) =>
        edit.mutate(values, {
          onSuccess: () => report.done(t('common:saved')),
          onError: report.failed,
        })
      }
    >
      <Form.Item
        name="name"
        label={t('common:name')}
        rules={[{ required: true, message: t('common:required') }]}
      >
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="tags" label={t('tags')}>
        <Select mode="tags" open={false} suffixIcon={null} placeholder={t('tags_hint')} />
      </Form.Item>
      <Form.Item name="note" label={t('note')}>
        <Input.TextArea autoSize={{ minRows: 3, maxRows: 8 }} maxLength={2000} />
      </Form.Item>
      {mayEdit && (
        <Button type="primary" htmlType="submit" loading={edit.isPending}>
          {t('common:save')}
        </Button>
      )}
    </Form>
  );
}

export default function ContactDetail() {
  const { t } = useTranslation(['contacts', 'common', 'desk']);
  const go = useGo();
  const contact = useContact(useParam('contact'));
  const mayTalk = useCan(PERMISSIONS.conversationRead);
  const conversations = useConversationsOf(contact.data, mayTalk);
  if (contact.isError) {
    return (
      <Page title={t('common:nav.contacts')}>
        <ProblemAlert error={contact.error} onRetry={() => contact.refetch()} />
      </Page>
    );
  }
  const person = contact.data;
  if (!person) return <Skeleton active avatar style={{ padding: 32 }} />;
  const open = (one: Conversation) =>
    go('/desk', { view: one.stage === 'closed' ? 'closed' : 'all', conversation: one.id });
  return (
    <Page
      title={person.name}
      hint={t('since_at', { at: fullMoment(person.created_at) })}
      actions={
        <Button icon={<ArrowLeftOutlined />} onClick={() => go('/contacts')}>
          {t('common:back')}
        </Button>
      }
    >
      <div className="row-2">
        <div>
          <div className="panel" style={{ padding: 20, marginBottom: 16 }}>
            <Editor key={person.id} contact={person} />
          </div>
          {mayTalk && (
            <div className="panel">
              <Table<Conversation>
                rowKey="id"
                size="middle"
                title={() => <b>{t('conversations')}</b>}
                dataSource={conversations}
                pagination={false}
                locale={{ emptyText: <Nothing text={t('no_conversations')} /> }}
                columns={[
                  { title: t('opened'), render: (_, one) => fullMoment(one.opened_at) },
                  { title: t('inbox'), render: (_, one) => one.inbox.name },
                  {
                    title: t('common:state'),
                    render: (_, one) => <Tag>{t(`desk:stage.${one.stage}`)}</Tag>,
                  },
                  { title: t('agent'), render: (_, one) => one.agent?.name ?? '—' },
                  {
                    render: (_, one) => (
                      <Button
                        type="link"
                        size="small"
                        icon={<MessageOutlined />}
                        onClick={() => open(one)}
                      >
                        {t('open')}
                      </Button>
                    ),
                  },
                ]}
              />
            </div>
          )}
        </div>
        <div className="panel" style={{ padding: 20, display: 'grid', gap: 20 }}>
          {person.identities.map((identity) => (
            <IdentityCard key={identity.id} identity={identity} />
          ))}
        </div>
      </div>
    </Page>
  );
}
