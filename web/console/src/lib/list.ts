import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, type CallOptions } from './api';
import type { Page } from './types';

/** A keyset list: pages join into one array, `fetchNextPage` asks for the rest. */
export function useList<T>(
  key: readonly unknown[],
  path: string,
  query: CallOptions['query'] = {},
  options: { enabled?: boolean; limit?: number } = {},
) {
  const result = useInfiniteQuery({
    queryKey: [...key, query],
    enabled: options.enabled,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<T>>(path, {
        query: { ...query, after: pageParam, limit: options.limit ?? 50 },
        signal,
      }),
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
  });
  return { ...result, items: result.data?.pages.flatMap((page) => page.items) ?? [] };
}

/** A value that settles: searching waits until the typing pauses. */
export function useSettled<T>(value: T, milliseconds = 250): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
