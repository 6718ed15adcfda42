import { useQuery } from '@tanstack/react-query';
import { Badge } from 'antd';
import { api } from '@/lib/api';

export const READINGS = ['knowledge', 'readings'];

/** What I must read; asked again now and then, for editors ask while I work. */
export const useReadings = () =>
  useQuery({
    queryKey: READINGS,
    queryFn: () => api.get('/knowledge/readings'),
    refetchInterval: 5 * 60_000,
  });

/** How many entries I have not read: beside the page's name in the rail. */
export function UnreadBadge() {
  const unread = useReadings().data?.unread ?? 0;
  return <Badge count={unread} size="small" style={{ marginInlineStart: 8 }} />;
}
