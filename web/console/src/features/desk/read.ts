import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import type { Conversation, Message } from '@/lib/types';
import { markRead } from './api';

function subscribe(listener: () => void) {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

/**
 * Notes how far the open thread was read, as soon as it is seen. What the customer wrote is noted before the
 * lists are asked again because of it, so they mostly have nothing to show; where they do, they are asked once
 * more: nobody else tells them that it was read.
 */
export function useReading({ thread, unread }: Conversation, last: Message | undefined) {
  const queries = useQueryClient();
  const visible = useSyncExternalStore(subscribe, () => !document.hidden);
  const number = last?.number ?? 0;
  const isNews = unread > 0 || last?.direction === 'in';
  useEffect(() => {
    if (!visible || number === 0 || !isNews) return;
    markRead(thread, number)
      .then(() => {
        if (unread === 0) return;
        for (const key of ['conversations', 'conversation']) {
          queries.invalidateQueries({ queryKey: [key] });
        }
      })
      .catch(() => {});
  }, [queries, thread, number, unread, isNews, visible]);
}
