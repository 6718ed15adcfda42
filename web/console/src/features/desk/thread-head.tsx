import {
  CheckOutlined,
  IdcardOutlined,
  RollbackOutlined,
  SwapOutlined,
  UserAddOutlined,
} from '@ant-design/icons';
import { Badge, Button, Form, Input, Modal, Popconfirm, Select, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReport } from '@/components/problem';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { useSession } from '@/lib/session';
import type { Conversation, Stage } from '@/lib/types';
import { type Act, useAct, useAgents } from './api';

const STAGE_COLOUR: Record<Stage, string> = {
  bot: 'cyan',
  queued: 'orange',
  serving: 'green',
  closed: 'default',
};

function TransferDialog(props: {
  open: boolean;
  onClose: () => void;
  onTransfer: (agent: string, note?: string) => void;
}) {
  const { t } = useTranslation(['desk', 'common']);
  const { user } = useSession();
  const agents = useAgents(props.open);
  const [form] = Form.useForm<{ agent: string; note?: string }>();
  const others = (agents.data ?? []).filter((agent) => agent.user.id !== user.id);
  return (
    <Modal
      open={props.open}
      title={t('transfer_title')}
      okText={t('act.transfer')}
      destroyOnHidden
      onCancel={props.onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        onFinish={({ agent, note }) => {
          props.onTransfer(agent, note);
          props.onClose();
        }}
      >
        <Form.Item
          name="agent"
          label={t('transfer_to')}
          rules={[{ required: true, message: t('common:required') }]}
        >
          <Select
            showSearch={{ optionFilterProp: 'title' }}
            notFoundContent={t('no_agents')}
            options={others.map((agent) => ({
              value: agent.user.id,
              title: agent.user.name,
              disabled: agent.state === 'offline',
              label: (
                <span>
                  <Badge
                    status={
                      agent.state === 'ready'
                        ? 'success'
                        : agent.state === 'away'
                          ? 'warning'
                          : 'default'
                    }
                  />{' '}
                  {agent.user.name}{' '}
                  <small className="muted">
                    {t(`common:agent.${agent.state}`)} · {agent.serving}/{agent.capacity}
                  </small>
                </span>
              ),
            }))}
          />
        </Form.Item>
        <Form.Item name="note" label={t('transfer_note')}>
          <Input.TextArea rows={3} maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** Who it is, where the conversation stands, and what can be done with it. */
export function ThreadHead(props: {
  conversation: Conversation;
  closing: boolean;
  onClosing: (open: boolean) => void;
  onSide: () => void;
}) {
  const { t } = useTranslation(['desk', 'common']);
  const { conversation } = props;
  const { user } = useSession();
  const answers = useCan(PERMISSIONS.conversationAnswer);
  const supervises = useCan(PERMISSIONS.conversationSupervise);
  const [transfer, setTransfer] = useState(false);
  const act = useAct(conversation.id);
  const report = useReport();
  const run = (what: Act) => act.mutate(what, { onError: report.failed });
  const { stage, agent } = conversation;
  const mine = stage === 'serving' && agent?.id === user.id;
  const mayTake =
    answers &&
    (stage === 'queued' || stage === 'bot' || (stage === 'serving' && !mine && supervises));
  const mayLead = (mine && answers) || (stage === 'serving' && supervises);
  return (
    <div className="t-head">
      <div className="t-head-who">
        <b className="ellipsis">{conversation.contact.name}</b>
        <Tag color={STAGE_COLOUR[stage]}>
          {t(`stage.${stage}`)}
          {agent && stage === 'serving' && !mine ? ` · ${agent.name}` : ''}
        </Tag>
        <span className="t-head-inbox muted ellipsis">{conversation.inbox.name}</span>
      </div>
      {mayTake && (
        <Button
          type={stage === 'serving' ? 'default' : 'primary'}
          icon={<UserAddOutlined />}
          loading={act.isPending}
          onClick={() => run({ act: 'take' })}
          data-testid="take"
        >
          {t(stage === 'serving' ? 'act.take_over' : 'act.take')}
        </Button>
      )}
      {mayLead && (
        <>
          <Button icon={<SwapOutlined />} onClick={() => setTransfer(true)}>
            {t('act.transfer')}
          </Button>
          <Tooltip title={t('release_hint')}>
            <Button icon={<RollbackOutlined />} onClick={() => run({ act: 'release' })}>
              {t('act.release')}
            </Button>
          </Tooltip>
        </>
      )}
      {(mayLead || (answers && stage === 'queued')) && (
        <Popconfirm
          open={props.closing}
          onOpenChange={props.onClosing}
          title={t('close_title')}
          description={t('close_text')}
          okText={t('act.close')}
          okButtonProps={{ autoFocus: true }}
          onConfirm={() => run({ act: 'close' })}
        >
          <Button icon={<CheckOutlined />} data-testid="close">
            {t('act.close')}
          </Button>
        </Popconfirm>
      )}
      <Tooltip title={t('tab.customer')}>
        <Button
          className="t-side"
          aria-label={t('tab.customer')}
          icon={<IdcardOutlined />}
          onClick={props.onSide}
        />
      </Tooltip>
      <TransferDialog
        open={transfer}
        onClose={() => setTransfer(false)}
        onTransfer={(to, note) => run({ act: 'transfer', agent: to, ...(note ? { note } : {}) })}
      />
    </div>
  );
}
