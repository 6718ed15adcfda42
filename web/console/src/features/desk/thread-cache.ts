import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '@/lib/api';
import { asMessage } from '@/lib/conversation';
import type { Message, Messages } from '@/lib/types';

const PAGE = 40;

/** The known stretch of a thread: always without holes, up to its newest message. */
export interface Stretch {
  items: Message[];
  /** Ask for messages before this number; null when the beginning is known. */
  before: number | null;
}

const threadKey = (thread: string) => ['thread', thread];

/** Joins two lists by number; the later one wins, so a changed delivery state shows. */
export function mergeMessages(known: Message[], fresh: Message[]): Message[] {
  if (fresh.length === 0) return known;
  const byNumber = new Map(known.map((message) => [message.number, message]));
  for (const message of fresh) byNumber.set(message.number, message);
  return [...byNumber.values()].sort((one, other) => one.number - other.number);
}

/** Puts a fresh newest page over what is known, or replaces it when a hole would be left. */
export function renewStretch(known: Stretch | undefined, page: Messages): Stretch {
  const fresh = { items: page.items, before: page.next ?? null };
  const last = known?.items.at(-1)?.number;
  const first = page.items[0]?.number;
  if (!known || last === undefined || first === undefined || last < first - 1) return fresh;
  return { items: mergeMessages(known.items, page.items), before: known.before };
}

async function ask(
  thread: string,
  query: { before_message?: string; after?: number; limit: number },
): Promise<Messages> {
  const page = await api.get('/threads/{id}/messages', { path: { id: thread }, query });
  return { items: page.items.map(asMessage), next: page.next };
}

/** One thread's messages, endless upward. */
export function useThread(thread: string) {
  const queries = useQueryClient();
  const [loadingOlder, setLoadingOlder] = useState(false);
  const query = useQuery({
    queryKey: threadKey(thread),
    staleTime: 5_000,
    queryFn: async () =>
      renewStretch(
        queries.getQueryData<Stretch>(threadKey(thread)),
        await ask(thread, { limit: PAGE }),
      ),
  });
  const before = query.data?.before ?? null;
  const loadOlder = async () => {
    if (before === null || loadingOlder) return;
    setLoadingOlder(true);
    try {
      // The oldest one shown leads to those before it without a walk through all that came after.
      const oldest = query.data?.items[0]?.id;
      const page = await ask(thread, { before_message: oldest, limit: PAGE });
      queries.setQueryData<Stretch>(threadKey(thread), (known) => ({
        items: mergeMessages(page.items, known?.items ?? []),
        before: page.next ?? null,
      }));
    } finally {
      setLoadingOlder(false);
    }
  };
  return { ...query, items: query.data?.items ?? [], before, loadOlder, loadingOlder };
}

const running = new Map<string, { again: Set<string> }>();
const NEWER = '';

/**
 * Something happened in a thread: fetch what is newer, or the one known message that is named.
 * One request at a time for each thread; events that come meanwhile are served by the next turn.
 */
export async function refreshThread(queries: QueryClient, thread: string, message = NEWER) {
  const known = queries.getQueryData<Stretch>(threadKey(thread));
  if (!known) return;
  const turn = running.get(thread);
  if (turn) {
    turn.again.add(message);
    return;
  }
  const number = known.items.find((one) => one.id === message)?.number;
  if (message !== NEWER && number === undefined) return;
  const mine = { again: new Set<string>() };
  running.set(thread, mine);
  try {
    const last = known.items.at(-1)?.number ?? 0;
    const page =
      number === undefined
        ? await ask(thread, { after: last, limit: 200 })
        : await ask(thread, { after: number - 1, limit: 1 });
    addMessages(queries, thread, page.items);
  } catch {
    queries.invalidateQueries({ queryKey: threadKey(thread) });
  } finally {
    running.delete(thread);
  }
  for (const next of mine.again) refreshThread(queries, thread, next);
}

/** Adds messages the server has just given. A hole is never made: then the end is asked for anew. */
export function addMessages(queries: QueryClient, thread: string, items: Message[]) {
  let hole = false;
  queries.setQueryData<Stretch>(threadKey(thread), (known) => {
    if (!known) return known;
    const last = known.items.at(-1)?.number ?? 0;
    const first = items[0]?.number ?? last;
    hole = first > last + 1;
    return hole ? known : { ...known, items: mergeMessages(known.items, items) };
  });
  if (hole) queries.invalidateQueries({ queryKey: threadKey(thread) });
}
