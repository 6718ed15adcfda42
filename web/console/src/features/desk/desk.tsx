import { useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, type InputRef, Skeleton } from 'antd';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Nothing } from '@/components/page';
import { ProblemAlert, useReport } from '@/components/problem';
import { useGo, useSearchValue } from '@/lib/go';
import { useSettled } from '@/lib/list';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { useSession } from '@/lib/session';
import type { Conversation, View } from '@/lib/types';
import { useAct, useConversation, useConversations, useInboxes } from './api';
import { Composer, mayWrite, type TakeAnswers } from './composer';
import { ConversationList } from './conversation-list';
import { outbox } from './outbox';
import { SidePanel } from './side-panel';
import { Thread } from './thread';
import { ThreadHead } from './thread-head';
import './desk.css';

/** Single letters that work while nobody types. */
function useDeskKeys(keys: Record<string, () => void>) {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { target } = event;
      const typing =
        target instanceof HTMLElement &&
        (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable);
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector('.ant-modal-wrap:not([style*="display: none"])')) return;
      const act = current.current[event.key.toLowerCase()];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

const NARROW = '(max-width: 1060px)';

/** Whether the window has no room for the right column; desk.css has the same width. */
function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = matchMedia(NARROW);
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => matchMedia(NARROW).matches,
  );
}

/** Nothing is chosen yet; where no account is connected, that is the first thing to do. */
function Start({ empty }: { empty: boolean }) {
  const { t } = useTranslation('desk');
  const go = useGo();
  const mayConnect = useCan(PERMISSIONS.inboxEdit);
  const inboxes = useInboxes(mayConnect && empty);
  if (!empty || inboxes.data?.items.length !== 0) return <Nothing text={t('choose')} />;
  return (
    <Nothing text={t('start')}>
      <Button type="primary" onClick={() => go('/settings/inboxes/new')}>
        {t('start_act')}
      </Button>
    </Nothing>
  );
}

/** 工作台: the list, the thread and the customer, where agents live all day. */
export default function Desk() {
  const go = useGo();
  const { user } = useSession();
  const queries = useQueryClient();
  const report = useReport();
  const answers = useCan(PERMISSIONS.conversationAnswer);
  const [search, setSearch] = useState('');
  const [flip, setFlip] = useState(0);
  const [closing, setClosing] = useState(false);
  const [side, setSide] = useState(false);
  const input = useRef<InputRef>(null);
  const taking = useRef<TakeAnswers>(null);
  const view = (useSearchValue('view') ?? (answers ? 'mine' : 'all')) as View;
  const selected = useSearchValue('conversation');
  const list = useConversations(view, useSettled(search));
  const known = list.items.find((item) => item.id === selected);
  const one = useConversation(selected);
  const conversation = one.data?.id === selected ? one.data : known;
  const act = useAct(selected ?? '');
  useEffect(() => outbox.open(user.id, queries), [user.id, queries]);
  const taken = conversation?.stage === 'serving' && conversation.agent?.id === user.id;
  useEffect(() => {
    // what was just taken out of the queue is found among one's own
    if (taken && view === 'queue' && selected)
      go('/desk', { view: 'mine', conversation: selected });
  }, [taken, view, selected, go]);
  const open = (item: Conversation) => go('/desk', { view, conversation: item.id });
  const step = (by: number) => {
    const at = list.items.findIndex((item) => item.id === selected);
    const next = list.items[at < 0 ? 0 : at + by];
    if (next) open(next);
  };
  useDeskKeys({
    j: () => step(1),
    k: () => step(-1),
    t: () => {
      if (conversation && answers && ['queued', 'bot'].includes(conversation.stage)) {
        act.mutate({ act: 'take' }, { onError: report.failed });
      }
    },
    r: () => input.current?.focus(),
    e: () => setClosing(conversation?.stage === 'serving' && conversation.agent?.id === user.id),
    b: () => setFlip((count) => count + 1),
  });
  const panel = conversation && (
    <SidePanel
      conversation={conversation}
      onOpen={open}
      onTake={
        answers && mayWrite(conversation, user)
          ? (take, send) => taking.current?.(take, send)
          : undefined
      }
    />
  );
  // the drawer is there where the column has no room: two panels would take each key twice
  const isNarrow = useNarrow();
  return (
    <div className="desk">
      <ConversationList
        view={view}
        onView={(next) => go('/desk', { view: next, conversation: selected })}
        search={search}
        onSearch={setSearch}
        selected={selected}
        onOpen={open}
        list={list}
      />
      <section className="d-thread">
        {conversation ? (
          <>
            <ThreadHead
              conversation={conversation}
              closing={closing}
              onClosing={setClosing}
              onSide={() => setSide(true)}
            />
            <Thread key={conversation.thread} conversation={conversation} flip={flip} />
            {answers && (
              <Composer
                key={`composer ${conversation.thread}`}
                conversation={conversation}
                input={input}
                taking={taking}
              />
            )}
          </>
        ) : selected && one.isError ? (
          <ProblemAlert error={one.error} onRetry={() => one.refetch()} />
        ) : selected ? (
          <Skeleton active style={{ padding: 24 }} />
        ) : (
          <Start empty={list.isSuccess && list.items.length === 0 && !search} />
        )}
      </section>
      {panel && !isNarrow && <aside className="d-side">{panel}</aside>}
      <Drawer
        open={isNarrow && side && conversation !== undefined}
        size={320}
        destroyOnHidden
        styles={{ body: { padding: 0 } }}
        onClose={() => setSide(false)}
      >
        {panel}
      </Drawer>
    </div>
  );
}
