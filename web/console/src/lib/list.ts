import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { type AnswerOf, api, type PathOf, type QueryOf } from './api';

/** The addresses that answer keyset pages. */
type ListPath = {
  [P in PathOf<'get'>]: AnswerOf<P, 'get'> extends { items: unknown[]; next?: string | null }
    ? P
    : never;
}[PathOf<'get'>];
type Item<P extends ListPath> = AnswerOf<P, 'get'> extends { items: (infer T)[] } ? T : never;
interface PageOf<T> {
  items: T[];
  next?: string | null;
}

/** A keyset list: pages join into one array, `fetchNextPage` asks for the rest. */
export function useList<P extends ListPath>(
  key: readonly unknown[],
  path: P,
  query: QueryOf<P>,
  options: { enabled?: boolean } = {},
) {
  const result = useInfiniteQuery({
    queryKey: [...key, query],
    enabled: options.enabled,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const asked = { query: { ...(query as object), after: pageParam, limit: 50 }, signal };
      return (await api.get(path, ...([asked] as never))) as unknown as PageOf<Item<P>>;
    },
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
  });
  const { data } = result;
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  return { ...result, items };
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
