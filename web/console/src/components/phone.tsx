import { RobotOutlined, UserOutlined } from '@ant-design/icons';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Content } from '@/lib/types';
import { ContentView } from './content-view';
import './editors.css';

export interface PhoneLine {
  from: 'account' | 'customer';
  content: Content;
}

/** What is still to be written or chosen is not shown, neither as an empty bubble nor as a broken picture. */
export function isBegun(content: Content): boolean {
  switch (content.type) {
    case 'text':
      return content.text.trim() !== '';
    case 'image':
    case 'voice':
    case 'video':
      return content.media !== '';
    case 'file':
      return content.name !== '';
    case 'menu':
      return [content.head, content.tail, ...content.items.map((one) => one.text)].some((one) =>
        one?.trim(),
      );
    case 'mini_program':
      return content.title.trim() !== '';
    default:
      return true;
  }
}

/** A phone as the customer holds it: the account's name, the bubbles, a bottom bar. */
export function Phone(props: {
  title?: string;
  lines: PhoneLine[];
  bottom?: ReactNode;
  hint?: string;
}) {
  const { t } = useTranslation('content');
  const end = useRef<HTMLDivElement>(null);
  const lines = props.lines.filter(({ content }) => isBegun(content));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest line is shown when one comes
  useEffect(() => {
    const box = end.current?.parentElement;
    if (box) box.scrollTop = box.scrollHeight;
  }, [lines.length]);
  return (
    <div className="phone">
      <div className="phone-head">{props.title || t('preview')}</div>
      <div className="phone-chat">
        {lines.length === 0 && <p className="phone-hint">{props.hint ?? t('preview_hint')}</p>}
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a preview is drawn anew each time
          <div key={index} className={`phone-line ${line.from}`}>
            <span className="phone-face">
              {line.from === 'account' ? <RobotOutlined /> : <UserOutlined />}
            </span>
            <div className={`phone-bubble ${line.content.type}`}>
              <ContentView content={line.content} />
            </div>
          </div>
        ))}
        <div ref={end} />
      </div>
      {props.bottom}
    </div>
  );
}
