import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { api } from '@/lib/api';
import { asMessage } from '@/lib/conversation';
import { problemOf } from '@/lib/problem';
import type { Choice, Content, Problem } from '@/lib/types';
import { addMessages } from './thread-cache';

/** A message on its way to the server. Its key stays the same over all tries. */
export interface Pending {
  key: string;
  thread: string;
  conversation: string;
  content: Content;
  /** The candidate that it was made of. */
  choice?: Choice;
  at: string;
  state: 'sending' | 'waiting' | 'failed';
  problem?: Problem;
}

const RETRY_AFTER = 3000;

/** Whether the same call may help later: no network, an overloaded or restarting server. */
function passing(problem: Problem): boolean {
  return problem.status === 0 || problem.status === 429 || problem.status >= 500;
}

/**
 * What was sent but is not yet acknowledged. It outlives a reload; each thread's messages go one
 * after another, and a repeated try carries the same idempotency key, so nothing arrives twice.
 */
class Outbox {
  #items: Pending[] = [];
  #listeners = new Set<() => void>();
  #busy = new Set<string>();
  #storage = '';
  #queries?: QueryClient;

  /** Picks up what this person left unsent in this browser. */
  open(user: string, queries: QueryClient) {
    this.#queries = queries;
    const storage = `chudian.outbox.${user}`;
    if (this.#storage === storage) return;
    this.#storage = storage;
    try {
      this.#items = JSON.parse(localStorage.getItem(storage) ?? '[]');
    } catch {
      this.#items = [];
    }
    this.#changed();
    this.flush();
  }

  send(thread: string, conversation: string, content: Content, choice?: Choice) {
    const key = crypto.randomUUID();
    const at = new Date().toISOString();
    const item: Pending = { key, thread, conversation, content, choice, at, state: 'sending' };
    this.#items = [...this.#items, item];
    this.#changed();
    this.#run(thread);
  }

  retry(key: string) {
    this.#patch(key, { state: 'sending', problem: undefined });
    const item = this.#items.find((one) => one.key === key);
    if (item) this.#run(item.thread);
  }

  drop(key: string) {
    this.#items = this.#items.filter((item) => item.key !== key);
    this.#changed();
  }

  /** Tries everything that waits for a better network. */
  flush = () => {
    for (const thread of new Set(this.#items.map((item) => item.thread))) this.#run(thread);
  };

  subscribe = (act: () => void) => {
    this.#listeners.add(act);
    return () => this.#listeners.delete(act);
  };

  snapshot = () => this.#items;

  async #run(thread: string) {
    if (this.#busy.has(thread)) return;
    this.#busy.add(thread);
    try {
      for (;;) {
        const next = this.#items.find((item) => item.thread === thread && item.state !== 'failed');
        if (!next) return;
        const goOn = await this.#try(next);
        if (!goOn) return;
      }
    } finally {
      this.#busy.delete(thread);
    }
  }

  async #try(item: Pending): Promise<boolean> {
    this.#patch(item.key, { state: 'sending' });
    try {
      const message = await api.post('/conversations/{id}/messages', {
        path: { id: item.conversation },
        body: { content: item.content, choice: item.choice },
        headers: { 'Idempotency-Key': item.key },
      });
      if (this.#queries) addMessages(this.#queries, item.thread, [asMessage(message)]);
      this.drop(item.key);
      this.#queries?.invalidateQueries({ queryKey: ['conversations'] });
      this.#queries?.invalidateQueries({ queryKey: ['allowance', item.thread] });
      return true;
    } catch (error) {
      const problem = problemOf(error);
      if (passing(problem)) {
        this.#patch(item.key, { state: 'waiting', problem });
        setTimeout(() => this.#run(item.thread), RETRY_AFTER);
        return false;
      }
      this.#patch(item.key, { state: 'failed', problem });
      return true;
    }
  }

  #patch(key: string, change: Partial<Pending>) {
    this.#items = this.#items.map((item) => (item.key === key ? { ...item, ...change } : item));
    this.#changed();
  }

  #changed() {
    if (this.#storage) localStorage.setItem(this.#storage, JSON.stringify(this.#items));
    for (const listener of this.#listeners) listener();
  }
}

export const outbox = new Outbox();
window.addEventListener('online', outbox.flush);

export function usePending(thread: string): Pending[] {
  return useSyncExternalStore(outbox.subscribe, outbox.snapshot).filter(
    (item) => item.thread === thread,
  );
}
