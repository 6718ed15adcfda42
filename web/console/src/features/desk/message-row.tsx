import {
  CheckOutlined,
  ClockCircleOutlined,
  ExclamationCircleFilled,
  LoadingOutlined,
  QuestionCircleFilled,
  RobotOutlined,
} from '@ant-design/icons';
import { Button, Popover, Tag, Tooltip } from 'antd';
import type { TFunction } from 'i18next';
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { eventText, systemText } from '@/components/content-text';
import { ContentView } from '@/components/content-view';
import { isGenerated, Reasons } from '@/components/reasons';
import { explain, ProblemError } from '@/lib/problem';
import { fullMoment } from '@/lib/time';
import type { Content, Delivery, Message } from '@/lib/types';
import { PersonAvatar } from './conversation-list';
import { isFromBase, Judgement } from './judgement';
import { outbox, type Pending } from './outbox';

/** Pictures and films need no coloured bubble around them. */
function bare(content: Content): boolean {
  return content.type === 'image' || content.type === 'video';
}

function deliveryReason(delivery: Delivery, t: TFunction): string {
  const { reason } = delivery;
  if (!reason) return t(`desk:delivery.${delivery.state}_advice`, { defaultValue: '' });
  const key = `desk:delivery_reason.${reason.code.replaceAll('.', '_')}`;
  return t(key, { defaultValue: '' }) || reason.message;
}

/** Where an outgoing message stands, and what to do when it did not arrive. */
function DeliveryMark({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation('desk');
  const title = t(`delivery.${delivery.state}`);
  const parts =
    delivery.parts && delivery.parts > 1 ? t('delivery.parts', { n: delivery.parts }) : '';
  switch (delivery.state) {
    case 'in_reply':
    case 'sent':
      return (
        <Tooltip title={`${title}${parts}`}>
          <CheckOutlined className="m-sent" />
        </Tooltip>
      );
    case 'planned':
    case 'sending':
      return (
        <Tooltip title={title}>
          <ClockCircleOutlined className="muted" />
        </Tooltip>
      );
    case 'unknown':
      return (
        <span className="m-warning">
          <QuestionCircleFilled /> {title} · {deliveryReason(delivery, t)}
        </span>
      );
    default:
      return (
        <span className="m-failed">
          <ExclamationCircleFilled /> {title} · {deliveryReason(delivery, t)}
        </span>
      );
  }
}

function Note({ children, title }: { children: ReactNode; title?: string }) {
  return (
    <div className="m-note" title={title}>
      <span>{children}</span>
    </div>
  );
}

interface Contact {
  id: string;
  name: string;
}

/** One message of the thread. */
export const MessageRow = memo(function MessageRow(props: {
  message: Message;
  contact: Contact;
  /** The customer's words that it answers. */
  asked?: string;
}) {
  const { t } = useTranslation(['desk', 'content']);
  const { message, contact } = props;
  const { content, author } = message;
  if (content.type === 'event') {
    return (
      <Note title={fullMoment(message.at)}>
        {contact.name} {eventText(content, t)}
      </Note>
    );
  }
  if (content.type === 'system') {
    return <Note title={fullMoment(message.at)}>{systemText(content, t)}</Note>;
  }
  const name =
    author.kind === 'customer' ? contact.name : author.name || t(`author.${author.kind}`);
  return (
    <div className={`m-row ${message.direction}`} data-testid={`message-${message.direction}`}>
      {author.kind === 'bot' ? (
        <span className="m-bot">
          <RobotOutlined />
        </span>
      ) : (
        <PersonAvatar
          id={author.kind === 'customer' ? contact.id : (author.id ?? author.kind)}
          name={name}
          size={34}
        />
      )}
      <div className="m-body">
        <div className="m-meta">
          <span>{name}</span>
          {isGenerated(message.reasons) && (
            <Tooltip title={t('generated_hint')}>
              <Tag className="m-generated">{t('generated')}</Tag>
            </Tooltip>
          )}
          <time title={fullMoment(message.at)}>{fullMoment(message.at).slice(11)}</time>
          {message.reasons && message.reasons.length > 0 && (
            <Popover
              trigger="click"
              placement={message.direction === 'out' ? 'leftTop' : 'rightTop'}
              title={t('why_title')}
              content={<Reasons reasons={message.reasons} />}
            >
              <button type="button" className="plain m-why">
                {t('why')}
              </button>
            </Popover>
          )}
          {props.asked && isFromBase(message) && (
            <Judgement message={message} thread={message.thread} asked={props.asked} />
          )}
        </div>
        <div className={`m-bubble ${author.kind}${bare(content) ? ' bare' : ''}`}>
          <ContentView content={content} />
        </div>
        {message.delivery && (
          <div className="m-foot">
            <DeliveryMark delivery={message.delivery} />
          </div>
        )}
      </div>
    </div>
  );
});

/** A message the server has not acknowledged yet. */
export function PendingRow({ item, me }: { item: Pending; me: { id: string; name: string } }) {
  const { t } = useTranslation(['desk', 'common']);
  return (
    <div className="m-row out pending">
      <PersonAvatar id={me.id} name={me.name} size={34} />
      <div className="m-body">
        <div className="m-meta">
          <span>{me.name}</span>
        </div>
        <div className={`m-bubble agent${bare(item.content) ? ' bare' : ''}`}>
          <ContentView content={item.content} />
        </div>
        <div className="m-foot">
          {item.state === 'sending' && (
            <span className="muted">
              <LoadingOutlined /> {t('delivery.sending')}
            </span>
          )}
          {item.state === 'waiting' && (
            <span className="m-warning">
              <ClockCircleOutlined /> {t('pending_waiting')}
            </span>
          )}
          {item.state === 'failed' && (
            <span className="m-failed">
              <ExclamationCircleFilled />{' '}
              {item.problem ? explain(new ProblemError(item.problem)) : t('delivery.failed')}
              <Button size="small" type="link" onClick={() => outbox.retry(item.key)}>
                {t('common:retry')}
              </Button>
              <Button size="small" type="link" danger onClick={() => outbox.drop(item.key)}>
                {t('discard')}
              </Button>
            </span>
          )}
        </div>
      </div>
    </div>
  );
}
