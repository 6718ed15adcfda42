import { ArrowDownOutlined, DownOutlined, RightOutlined, RobotOutlined } from '@ant-design/icons';
import { Button, Skeleton, Spin } from 'antd';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Nothing } from '@/components/page';
import { ProblemAlert } from '@/components/problem';
import { useSession } from '@/lib/session';
import { fullMoment } from '@/lib/time';
import type { Conversation, Message } from '@/lib/types';
import { MessageRow, PendingRow } from './message-row';
import { usePending } from './outbox';
import { useReading } from './read';
import { type Block, blocksOf } from './thread-blocks';
import { useThread } from './thread-cache';

const NEAR = 120;

interface Contact {
  id: string;
  name: string;
}

function BotRun(props: {
  block: Extract<Block, { kind: 'bot' }>;
  contact: Contact;
  flip: number;
  asked: Map<number, string>;
}) {
  const { t } = useTranslation('desk');
  const { block } = props;
  const [open, setOpen] = useState(!block.past);
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key B flips every run at once
  useEffect(() => {
    if (first.current) first.current = false;
    else setOpen((was) => !was);
  }, [props.flip]);
  return (
    <div className="t-run">
      <button type="button" className="plain t-run-head" onClick={() => setOpen(!open)}>
        {open ? <DownOutlined /> : <RightOutlined />}
        <RobotOutlined /> {t('bot_run', { n: block.messages.length })}
        <span className="muted">{t(open ? 'fold' : 'unfold')}</span>
      </button>
      {open &&
        block.messages.map((message) => (
          <MessageRow
            key={message.id}
            message={message}
            contact={props.contact}
            asked={props.asked.get(message.number)}
          />
        ))}
    </div>
  );
}

/** The customer's words right before an answer, by the answer's number. */
function askedBefore(messages: Message[]): Map<number, string> {
  const words = messages.flatMap(({ direction, number, content }) =>
    direction === 'in' && content.type === 'text' ? [[number + 1, content.text] as const] : [],
  );
  return new Map(words);
}

function BlockView(props: {
  block: Block;
  contact: Contact;
  flip: number;
  asked: Map<number, string>;
}) {
  const { t } = useTranslation('desk');
  const { block } = props;
  switch (block.kind) {
    case 'divider':
      return <div className="t-divider">{t('divider', { at: fullMoment(block.at) })}</div>;
    case 'moment':
      return <div className="t-moment">{fullMoment(block.at)}</div>;
    case 'bot':
      return <BotRun block={block} contact={props.contact} flip={props.flip} asked={props.asked} />;
    case 'message':
      return (
        <MessageRow
          message={block.message}
          contact={props.contact}
          asked={props.asked.get(block.message.number)}
        />
      );
  }
}

/** Keys that move a thread upwards. */
const UPWARDS = new Set(['ArrowUp', 'PageUp', 'Home']);

/** How long, in milliseconds, a thread moves on after a turn of the wheel; and how long its bar may be held. */
const MOVING = 1000;
const DRAGGING = 10_000;

/** Keeps the reader's place: at the end when at the end, at the same message when older ones load. */
function useScroll(newest: number, oldest: number, pending: number) {
  const box = useRef<HTMLDivElement>(null);
  const inside = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const seen = useRef({ oldest, height: 0, top: 0 });
  // Until when a way upwards is taken for the reader's own. What shrinks takes the place along, too, and may have grown
  // again before the page hears of it: that looks the same.
  const byHand = useRef(0);
  const [behind, setBehind] = useState(false);
  const toEnd = () => {
    const element = box.current;
    if (element) element.scrollTop = element.scrollHeight;
    atEnd.current = true;
    setBehind(false);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: it runs when the messages change
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    if (oldest < seen.current.oldest && seen.current.height > 0) {
      element.scrollTop += element.scrollHeight - seen.current.height;
    } else if (atEnd.current) element.scrollTop = element.scrollHeight;
    else setBehind(true);
    seen.current = { oldest, height: element.scrollHeight, top: element.scrollTop };
  }, [newest, oldest, pending]);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const follow = () => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
      seen.current.height = element.scrollHeight;
      seen.current.top = element.scrollTop;
    };
    // Pictures grow after they are drawn, and the composer grows with what is typed. When a message takes the
    // place of the one that was on its way, its picture shrinks and grows within one frame: no watcher of sizes
    // hears of that, so each picture that has come is listened for, too.
    const watcher = new ResizeObserver(follow);
    if (inside.current) watcher.observe(inside.current);
    watcher.observe(element);
    element.addEventListener('load', follow, true);
    const moved = (event: Event) => {
      if (event instanceof KeyboardEvent && !UPWARDS.has(event.key)) return;
      const isPressed = event.type === 'pointerdown';
      // Its bar belongs to the box; what is pressed inside it moves nothing.
      if (isPressed && event.target !== element) return;
      const held = isPressed ? DRAGGING : MOVING;
      byHand.current = performance.now() + held;
    };
    const hands = ['wheel', 'touchmove', 'pointerdown'];
    for (const name of hands) element.addEventListener(name, moved, { passive: true });
    window.addEventListener('keydown', moved);
    return () => {
      watcher.disconnect();
      element.removeEventListener('load', follow, true);
      for (const name of hands) element.removeEventListener(name, moved);
      window.removeEventListener('keydown', moved);
    };
  }, []);
  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    const { scrollTop } = element;
    if (element.scrollHeight - scrollTop - element.clientHeight < NEAR) {
      atEnd.current = true;
      setBehind(false);
    } else if (scrollTop < seen.current.top && performance.now() < byHand.current) {
      atEnd.current = false;
    }
    seen.current.top = scrollTop;
  };
  return { box, inside, behind, toEnd, onScroll };
}

/** The middle column: everything ever said on this thread. */
export function Thread({ conversation, flip }: { conversation: Conversation; flip: number }) {
  const { t } = useTranslation('desk');
  const { user } = useSession();
  const thread = useThread(conversation.thread);
  const pending = usePending(conversation.thread);
  const { items } = thread;
  const asked = useMemo(() => askedBefore(items), [items]);
  const newest = items.at(-1)?.number ?? 0;
  const scroll = useScroll(newest, items[0]?.number ?? 0, pending.length);
  const blocks = useMemo(() => blocksOf(items, conversation.id), [items, conversation.id]);
  useReading(conversation, items.at(-1));
  const onScroll = () => {
    scroll.onScroll();
    if ((scroll.box.current?.scrollTop ?? 999) < NEAR) thread.loadOlder().catch(() => {});
  };
  return (
    <div className="t-frame">
      <div className="t-scroll" ref={scroll.box} onScroll={onScroll} data-testid="thread">
        <div ref={scroll.inside} className="t-inside">
          {thread.isPending && <Skeleton active avatar paragraph={{ rows: 4 }} />}
          {thread.isError && <ProblemAlert error={thread.error} onRetry={() => thread.refetch()} />}
          {thread.isSuccess && items.length === 0 && <Nothing text={t('no_messages')} />}
          {thread.before !== null && (
            <div className="t-moment">
              {thread.loadingOlder ? (
                <Spin size="small" />
              ) : (
                <Button size="small" type="link" onClick={() => thread.loadOlder()}>
                  {t('older')}
                </Button>
              )}
            </div>
          )}
          {blocks.map((block) => (
            <BlockView
              key={block.id}
              block={block}
              contact={conversation.contact}
              flip={flip}
              asked={asked}
            />
          ))}
          {pending.map((item) => (
            <PendingRow key={item.key} item={item} me={user} />
          ))}
        </div>
      </div>
      {scroll.behind && (
        <Button
          className="t-down"
          shape="round"
          type="primary"
          icon={<ArrowDownOutlined />}
          onClick={scroll.toEnd}
        >
          {t('new_below')}
        </Button>
      )}
    </div>
  );
}
