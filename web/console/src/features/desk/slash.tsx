import { Tag } from 'antd';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { contentLine } from '@/components/content-text';
import { useQuickReplies } from '@/lib/quick-replies';
import type { QuickReply } from '@/lib/types';

const MOST = 8;

/** The replies that fit what was typed after "/": by shortcut first, then by title, then by words. */
export function fitting(replies: QuickReply[], typed: string): QuickReply[] {
  const word = typed.trim().toLowerCase();
  const place = (reply: QuickReply) => {
    if (reply.shortcut !== '' && reply.shortcut.startsWith(word)) return 0;
    if (reply.title.toLowerCase().includes(word)) return 1;
    const said = reply.answers.some(
      (content) => content.type === 'text' && content.text.toLowerCase().includes(word),
    );
    return said ? 2 : 3;
  };
  return replies
    .map((reply) => ({ reply, at: place(reply) }))
    .filter((one) => one.at < 3)
    .sort((one, other) => one.at - other.at)
    .slice(0, MOST)
    .map((one) => one.reply);
}

/** Quick replies while the text begins with "/": what to show, and the keys that belong to it. */
export function useSlash(text: string, onPick: (reply: QuickReply) => void) {
  const [dismissed, setDismissed] = useState(false);
  const [at, setAt] = useState(0);
  const typed = text.startsWith('/') && !text.includes('\n') ? text.slice(1) : undefined;
  const open = typed !== undefined && !dismissed;
  const list = useQuickReplies(open);
  const found = open ? fitting(list.data?.items ?? [], typed) : [];
  useEffect(() => {
    setAt(0);
    if (typed === undefined) setDismissed(false);
  }, [typed]);
  const onKey = (event: KeyboardEvent): boolean => {
    if (!open || event.nativeEvent.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = found[at];
    if (event.key === 'Escape') setDismissed(true);
    else if (step && found.length > 0) setAt((at + step + found.length) % found.length);
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen) onPick(chosen);
    else return false;
    event.preventDefault();
    return true;
  };
  return { open: open && list.isSuccess, found, at, onKey };
}

/** The list above the composer. */
export function SlashList(props: {
  found: QuickReply[];
  at: number;
  onPick: (reply: QuickReply) => void;
}) {
  const { t } = useTranslation(['desk', 'content']);
  return (
    <div className="s-list" role="listbox" aria-label={t('slash.title')} data-testid="slash">
      {props.found.length === 0 && <p className="muted">{t('slash.nothing')}</p>}
      {props.found.map((reply, index) => (
        <button
          type="button"
          key={reply.id}
          role="option"
          aria-selected={index === props.at}
          className={index === props.at ? 'plain s-row active' : 'plain s-row'}
          // the field keeps the focus
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => props.onPick(reply)}
        >
          <span className="s-title">
            <b>{reply.title}</b>
            {reply.shortcut && <span className="mono muted">/{reply.shortcut}</span>}
            {!reply.shared && <Tag>{t('slash.mine')}</Tag>}
          </span>
          <span className="muted ellipsis">
            {reply.answers.map((content) => contentLine(content, t)).join(' ')}
          </span>
        </button>
      ))}
      <div className="muted s-keys">{t('slash.keys')}</div>
    </div>
  );
}
