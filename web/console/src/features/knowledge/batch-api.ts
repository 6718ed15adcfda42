import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api';
import type { DraftBatch, DraftBatchAct, DraftSelection } from '@/lib/types';

const KEY = ['knowledge', 'batches'];

/** How often an act on many drafts is asked how far it is, in milliseconds. */
const PERIOD = 700;

/** What an act on these drafts would do; looked at once, so that what is shown is what is done. */
export function usePreview(act: DraftBatchAct, selection: DraftSelection, enabled: boolean) {
  return useQuery({
    queryKey: ['batch-preview', act, selection],
    enabled,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: () =>
      api.post('/knowledge/draft-batches/preview', {
        body: { act, selection, rehearse: act === 'publish' },
      }),
  });
}

/** Begins an act on the drafts of a preview. */
export function useBegin() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({
      accept_fall,
      ...body
    }: {
      act: DraftBatchAct;
      selection: DraftSelection;
      seen: string;
      note?: string;
      accept_fall: boolean;
    }) => api.post('/knowledge/draft-batches', { query: { accept_fall }, body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

/** How far an act is; asked until it has ended. */
export function useBatch(id: string) {
  return useQuery({
    queryKey: [...KEY, id],
    queryFn: () => api.get('/knowledge/draft-batches/{id}', { path: { id } }),
    refetchInterval: ({ state }) => (state.data?.ended_at ? false : PERIOD),
  });
}

/** The act that goes on now, if one does. */
export function useRunning(enabled: boolean): DraftBatch | undefined {
  const found = useQuery({
    queryKey: KEY,
    enabled,
    queryFn: async () => (await api.get('/knowledge/draft-batches')).items,
    refetchInterval: ({ state }) => (state.data?.some((one) => !one.ended_at) ? PERIOD : false),
  });
  return found.data?.find((one) => !one.ended_at);
}

/** Stops an act: what is done stays done. */
export function useStop(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.post('/knowledge/draft-batches/{id}/cancellation', { path: { id } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['knowledge'] }),
  });
}
