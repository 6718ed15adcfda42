import { PlusOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Radio, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswersEditor, useAnswersRule } from '@/components/answers-editor';
import { contentLine } from '@/components/content-text';
import { FormDialog } from '@/components/form-dialog';
import { ListTable, NoRows, RowActs, whole } from '@/components/list';
import { Page } from '@/components/page';
import { api } from '@/lib/api';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { quickRepliesKey, useQuickReplies } from '@/lib/quick-replies';
import type { Content, QuickReply } from '@/lib/types';

interface Values {
  shared: boolean;
  title: string;
  shortcut?: string;
  answers: Content[];
}

function useSaveReply(reply?: QuickReply) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ shared, ...body }: Values) =>
      reply
        ? api.put('/quick-replies/{id}', {
            path: { id: reply.id },
            body: { ...body, version: reply.version },
          })
        : api.post('/quick-replies', { body: { shared, ...body } }),
    // also when somebody else was quicker: then their words are what one wants to see
    onSettled: () => queries.invalidateQueries({ queryKey: quickRepliesKey }),
  });
}

function ReplyDialog(props: {
  open: boolean;
  reply?: QuickReply;
  /** For whom this person may write new ones. */
  may: { share: boolean; own: boolean };
  onClose: () => void;
}) {
  const { t } = useTranslation(['knowledge', 'common', 'content']);
  const { reply, may } = props;
  const save = useSaveReply(reply);
  const rule = useAnswersRule();
  const initial = reply ?? {
    shared: may.share,
    title: '',
    shortcut: '',
    answers: [{ type: 'text', text: '' } as Content],
  };
  return (
    <FormDialog<Values>
      open={props.open}
      title={t(reply ? 'reply.edit' : 'reply.new')}
      initialValues={initial}
      done={t('common:saved')}
      submit={save.mutateAsync}
      onClose={props.onClose}
    >
      <Form.Item
        name="title"
        label={t('reply.title')}
        extra={t('reply.title_hint')}
        rules={[{ required: true, whitespace: true, message: t('common:required') }]}
      >
        <Input maxLength={60} autoFocus />
      </Form.Item>
      <Form.Item name="shortcut" label={t('reply.shortcut')} extra={t('reply.shortcut_hint')}>
        <Input prefix="/" maxLength={20} />
      </Form.Item>
      <Form.Item name="shared" label={t('reply.whose')} hidden={Boolean(reply)}>
        <Radio.Group
          options={[
            { value: true, label: t('reply.shared'), disabled: !may.share },
            { value: false, label: t('reply.own'), disabled: !may.own },
          ]}
        />
      </Form.Item>
      <Form.Item
        name="answers"
        label={t('content:answers')}
        rules={[rule]}
        validateTrigger="onSubmit"
      >
        <AnswersEditor />
      </Form.Item>
    </FormDialog>
  );
}

/** What agents say often: everybody's and one's own. */
export default function QuickReplies() {
  const { t } = useTranslation(['knowledge', 'common', 'content']);
  const queries = useQueryClient();
  const own = useCan(PERMISSIONS.conversationAnswer);
  const [search, setSearch] = useState('');
  const [editing, setEditing] = useState<{ reply?: QuickReply } | null>(null);
  const replies = useQuickReplies();
  const may = { share: replies.data?.may_share ?? false, own };
  const remove = useMutation({
    mutationFn: (id: string) => api.remove('/quick-replies/{id}', { path: { id } }),
    onSettled: () => queries.invalidateQueries({ queryKey: quickRepliesKey }),
  });
  const word = search.trim().toLowerCase();
  const text = (reply: QuickReply) => reply.answers.map((one) => contentLine(one, t)).join(' ');
  const shown = replies.data?.items.filter((reply) =>
    `${reply.title} ${reply.shortcut} ${text(reply)}`.toLowerCase().includes(word),
  );
  const mayEdit = (reply: QuickReply) => (reply.shared ? may.share : true);
  const create = (may.share || may.own) && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing({})}>
      {t('reply.new')}
    </Button>
  );
  return (
    <Page title={t('common:nav.quick_replies')} hint={t('reply.hint')} actions={create}>
      <ListTable<QuickReply>
        rowKey="id"
        tableLayout="fixed"
        width={760}
        list={whole({ ...replies, data: shown })}
        search={{ text: search, onText: setSearch, hint: t('reply.search') }}
        empty={
          <NoRows
            searched={Boolean(word)}
            notFound={t('reply.nothing_found')}
            empty={t('reply.empty')}
          >
            {create}
          </NoRows>
        }
        columns={[
          {
            title: t('reply.title'),
            width: 240,
            render: (_, reply) => <b className="clamp-2">{reply.title}</b>,
          },
          {
            title: t('reply.shortcut'),
            width: 130,
            ellipsis: true,
            render: (_, reply) => reply.shortcut && <span className="mono">/{reply.shortcut}</span>,
          },
          {
            title: t('content:answers'),
            render: (_, reply) => <span className="muted clamp-2">{text(reply)}</span>,
          },
          {
            title: t('reply.whose'),
            width: 96,
            render: (_, reply) => (
              <Tag color={reply.shared ? 'cyan' : 'default'}>
                {t(reply.shared ? 'reply.shared' : 'reply.own')}
              </Tag>
            ),
          },
          {
            width: 132,
            render: (_, reply) =>
              mayEdit(reply) && (
                <RowActs
                  mayEdit
                  onOpen={() => setEditing({ reply })}
                  deletion={{
                    title: t('reply.delete_title'),
                    text: t('reply.delete_text'),
                    run: () => remove.mutateAsync(reply.id),
                  }}
                />
              ),
          },
        ]}
      />
      <ReplyDialog
        key={editing?.reply?.id ?? 'new'}
        open={editing !== null}
        reply={editing?.reply}
        may={may}
        onClose={() => setEditing(null)}
      />
    </Page>
  );
}
