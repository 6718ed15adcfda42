import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { address, api } from '@/lib/api';
import { useList } from '@/lib/list';
import type { Entry, EntryInput } from '@/lib/types';

const KEY = 'knowledge';

/** The whole category tree, flat. */
export function useCategories() {
  return useQuery({
    queryKey: [KEY, 'categories'],
    queryFn: async () => (await api.get('/knowledge/categories')).items,
  });
}

export function useSaveCategory() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id?: string; name: string; parent?: string | null }) =>
      id
        ? api.patch('/knowledge/categories/{id}', { path: { id }, body })
        : api.post('/knowledge/categories', { body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [KEY] }),
  });
}

export function useDeleteCategory() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.remove('/knowledge/categories/{id}', { path: { id } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [KEY] }),
  });
}

export function useEntries(category: string | undefined, query: string) {
  return useList([KEY, 'entries'], '/knowledge/entries', { category, query: query.trim() });
}

export function useEntry(id: string | undefined) {
  return useQuery({
    queryKey: [KEY, 'entry', id],
    enabled: Boolean(id),
    queryFn: () => api.get('/knowledge/entries/{id}', { path: { id: id ?? '' } }),
  });
}

export function useSaveEntry(id: string | undefined) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: EntryInput) =>
      id
        ? api.put('/knowledge/entries/{id}', { path: { id }, body })
        : api.post('/knowledge/entries', { body }),
    onSuccess: (entry) => {
      queries.setQueryData([KEY, 'entry', entry.id], entry);
      queries.invalidateQueries({ queryKey: [KEY, 'entries'] });
    },
  });
}

export function useDeleteEntry() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.remove('/knowledge/entries/{id}', { path: { id } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [KEY, 'entries'] }),
  });
}

export function useImport() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ file, dryRun }: { file: File; dryRun: boolean }) => {
      const body = new FormData();
      body.append('file', file);
      return api.post('/knowledge/imports', { query: { dry_run: dryRun }, body });
    },
    onSuccess: (_, { dryRun }) => {
      if (!dryRun) queries.invalidateQueries({ queryKey: [KEY] });
    },
  });
}

export const exportAddress = address('/knowledge/export');

/** Turns the stored entry into what may be written back. */
export function inputOf(entry: Entry): EntryInput {
  const { category, question, similar, answers, answer_mode, enabled } = entry;
  const { valid_from = null, valid_until = null } = entry;
  return { category, question, similar, answers, answer_mode, valid_from, valid_until, enabled };
}
