import { useQuery } from '@tanstack/react-query';
import { api } from './api';

export const quickRepliesKey = ['quick-replies'];

/** The prepared answers that this person has: everybody's and their own. */
export function useQuickReplies(enabled = true) {
  return useQuery({
    queryKey: quickRepliesKey,
    enabled,
    queryFn: () => api.get('/quick-replies'),
  });
}
