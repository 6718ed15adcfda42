import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { refreshThread } from '@/features/desk/thread-cache';
import { endSession, sessionKey } from '@/features/session/api';
import { LiveConnection } from '@/lib/live';
import type { LiveEvent } from '@/lib/types';

const LiveContext = createContext<LiveConnection | null>(null);

/** Query keys an event makes stale, by the first word of its name. */
const STALE: Record<string, string[][]> = {
  message: [['conversations']],
  conversation: [['conversations'], ['conversation'], ['agents']],
  delivery: [],
  draft: [['conversations']],
  contact: [['contacts'], ['contact'], ['conversations']],
  identity: [['contact'], ['contacts']],
  queue: [['conversations'], ['agents']],
  agent: [['agents']],
  agents: [['agents']],
  knowledge: [['knowledge'], ['candidates']],
  words: [['knowledge'], ['candidates']],
  entry: [['knowledge']],
  category: [['knowledge']],
  keyword: [['keywords']],
  text_menu: [['text-menu']],
  menu: [['text-menu'], ['account-menu']],
  account_menu: [['account-menu']],
  bot: [['bot-settings']],
  bot_settings: [['bot-settings']],
  inbox: [['inboxes']],
  media: [['media']],
  user: [['users'], ['agents']],
  tenant: [['tenants']],
};

/** Collects stale keys and refreshes each once in a while, however many events come. */
function collector(queries: QueryClient, wait: number) {
  const waiting = new Map<string, string[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (key: string[]) => {
    waiting.set(key.join('/'), key);
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      for (const queryKey of waiting.values()) queries.invalidateQueries({ queryKey });
      waiting.clear();
    }, wait);
  };
}

/** How long the answer to a changed password may still be on its way, with the new session in it. */
const RENEWAL = 1500;

/**
 * The session that opened the stream is over. Who changed the own password has a new one by now, and
 * the stream opens again with it; everybody else goes to the door.
 */
async function leaveIfOver(queries: QueryClient) {
  await queries.refetchQueries({ queryKey: sessionKey });
  if (queries.getQueryData(sessionKey) === null) endSession(queries);
}

/** The live stream of the signed-in session, feeding the caches of the pages. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [connection] = useState(() => {
    const stale = collector(queries, 250);
    return new LiveConnection({
      onEvent(event: LiveEvent) {
        if (event.thread && /^(message|delivery)/.test(event.event)) {
          refreshThread(queries, event.thread, event.message);
          stale(['allowance', event.thread]);
          stale(['candidates', event.thread]);
        }
        if (event.thread && event.event.startsWith('conversation')) {
          refreshThread(queries, event.thread);
        }
        const [first = ''] = event.event.split('.');
        for (const key of STALE[first] ?? []) stale(key);
      },
      onReset: () => queries.invalidateQueries(),
      onSignedOut: () => setTimeout(() => leaveIfOver(queries), RENEWAL),
    });
  });
  useEffect(() => {
    connection.start();
    window.addEventListener('online', connection.retryNow);
    return () => {
      window.removeEventListener('online', connection.retryNow);
      connection.stop();
    };
  }, [connection]);
  return <LiveContext value={connection}>{children}</LiveContext>;
}

export function useLive(): LiveConnection {
  const connection = useContext(LiveContext);
  if (!connection) throw new Error('no live connection: used outside LiveProvider');
  return connection;
}
