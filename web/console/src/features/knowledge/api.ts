import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { asInbox } from '@/lib/inbox';
import { useList } from '@/lib/list';
import type { EntryAct, EntryInput, KnowledgeSettings, StageName } from '@/lib/types';

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

/** Which entries are wanted. */
export interface EntryFilter {
  category?: string;
  draft?: StageName;
  tag?: string;
  owner?: string;
  due?: boolean;
  import?: string;
}

export function useEntries(filter: EntryFilter, query: string) {
  return useList([KEY, 'entries'], '/knowledge/entries', { ...filter, query: query.trim() });
}

/** An entry of the own base, or one that headquarters shares. */
async function named(id: string): Promise<{ id: string; question: string }> {
  try {
    return await api.get('/knowledge/entries/{id}', { path: { id } });
  } catch {
    return await api.get('/knowledge/shared/{id}', { path: { id } });
  }
}

/** The standard questions of entries by their key; one that is gone is left out. */
export function useQuestions(ids: string[]): Record<string, string> {
  const found = useQueries({
    queries: ids.map((id) => ({
      queryKey: [KEY, 'named', id],
      queryFn: () => named(id),
      retry: false,
    })),
  });
  return Object.fromEntries(found.flatMap(({ data }) => (data ? [[data.id, data.question]] : [])));
}

/** What headquarters shares with the own company. */
export function useShared(query: string) {
  return useList([KEY, 'shared'], '/knowledge/shared', { query: query.trim() });
}

/** Makes the own wording of a shared entry, as a draft. */
export function useLocalise() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.post('/knowledge/shared/{id}/localisation', { path: { id } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [KEY] }),
  });
}

/** Says that headquarters' newer version was looked at. */
export function useSeeOrigin(id: string) {
  return useAct((version: number) =>
    api.put('/knowledge/entries/{id}/origin', { path: { id }, body: { seen: version } }),
  );
}

/** Whom entries may be shared with; nobody but headquarters has somebody. */
export function useAudience() {
  return useQuery({
    queryKey: [KEY, 'audience'],
    queryFn: () => api.get('/knowledge/audience'),
  });
}

/** One entry that headquarters shares. */
export function useSharedEntry(id: string | undefined) {
  return useQuery({
    queryKey: [KEY, 'shared-entry', id],
    enabled: Boolean(id),
    queryFn: () => api.get('/knowledge/shared/{id}', { path: { id: id ?? '' } }),
  });
}

/** The tags that entries carry, the most used first. */
export function useTags() {
  return useQuery({
    queryKey: [KEY, 'tags'],
    queryFn: async () => (await api.get('/knowledge/tags')).items,
  });
}

/** Who may answer for entries. */
export function useOwners() {
  return useQuery({
    queryKey: [KEY, 'owners'],
    queryFn: async () => (await api.get('/knowledge/owners')).items,
  });
}

/** The connected accounts. */
export function useInboxes() {
  return useQuery({
    queryKey: ['inboxes'],
    queryFn: async () => (await api.get('/inboxes')).items.map(asInbox),
  });
}

export function useEntry(id: string | undefined) {
  return useQuery({
    queryKey: [KEY, 'entry', id],
    enabled: Boolean(id),
    queryFn: () => api.get('/knowledge/entries/{id}', { path: { id: id ?? '' } }),
  });
}

/** The draft of an entry, when it has one. `revision` keeps the text of another save from being shown. */
export function useDraft(id: string | undefined, revision: number | undefined) {
  return useQuery({
    queryKey: [KEY, 'draft', id, revision],
    enabled: Boolean(id) && Boolean(revision),
    queryFn: () => api.get('/knowledge/entries/{id}/draft', { path: { id: id ?? '' } }),
  });
}

/** After an act on an entry everything that is shown of it is asked for again. */
function useAct<V>(act: (values: V) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () => queries.invalidateQueries({ queryKey: [KEY] }),
  });
}

export function useSaveEntry(id: string | undefined) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ accept_fall, ...body }: EntryInput & { accept_fall?: boolean }) =>
      id
        ? api.put('/knowledge/entries/{id}', { path: { id }, query: { accept_fall }, body })
        : api.post('/knowledge/entries', { query: { accept_fall }, body }),
    onSuccess: (entry) => {
      queries.setQueryData([KEY, 'entry', entry.id], entry);
      queries.invalidateQueries({ queryKey: [KEY] });
    },
  });
}

export function useSetEnabled(id: string) {
  return useAct(({ accept_fall, enabled }: { enabled: boolean; accept_fall: boolean }) =>
    api.put('/knowledge/entries/{id}/enabled', {
      path: { id },
      query: { accept_fall },
      body: { enabled },
    }),
  );
}

export function useDeleteEntry() {
  return useAct(({ id, accept_fall }: { id: string; accept_fall: boolean }) =>
    api.remove('/knowledge/entries/{id}', { path: { id }, query: { accept_fall } }),
  );
}

/** Hands a draft in for review. */
export function useSubmit(id: string) {
  return useAct((body: { revision: number; note?: string }) =>
    api.post('/knowledge/entries/{id}/draft/submission', { path: { id }, body }),
  );
}

/** Sends a draft back to its writers. */
export function useReturn(id: string) {
  return useAct((body: { revision: number; reason: string }) =>
    api.post('/knowledge/entries/{id}/draft/return', { path: { id }, body }),
  );
}

/** Publishes a draft, now or at a moment. */
export function usePublish(id: string) {
  return useAct(
    ({
      accept_fall,
      ...body
    }: {
      revision: number;
      version: number;
      at?: string;
      note?: string;
      accept_fall: boolean;
    }) =>
      api.post('/knowledge/entries/{id}/publication', {
        path: { id },
        query: { accept_fall },
        body,
      }),
  );
}

/** Calls a scheduled publication off. */
export function useUnschedule(id: string) {
  return useAct((revision: number) =>
    api.post('/knowledge/entries/{id}/publication/cancellation', {
      path: { id },
      body: { revision },
    }),
  );
}

export function useDiscard(id: string) {
  return useAct(() => api.remove('/knowledge/entries/{id}/draft', { path: { id } }));
}

/** The versions that were published, newest first. */
export function useVersions(id: string, enabled: boolean) {
  return useQuery({
    queryKey: [KEY, 'versions', id],
    enabled,
    queryFn: () => api.get('/knowledge/entries/{id}/versions', { path: { id } }),
  });
}

/** What is different between two texts: numbers of versions, `published` or `draft`. */
export function useComparison(id: string, from: string, to: string, enabled = true) {
  return useQuery({
    queryKey: [KEY, 'comparison', id, from, to],
    enabled,
    queryFn: () =>
      api.get('/knowledge/entries/{id}/comparison', { path: { id }, query: { from, to } }),
  });
}

/** Brings an earlier version back. */
export function useRestore(id: string) {
  return useAct(
    ({ accept_fall, ...body }: { version: number; over: number; accept_fall: boolean }) =>
      api.post('/knowledge/entries/{id}/restoration', {
        path: { id },
        query: { accept_fall },
        body,
      }),
  );
}

/** What is proposed to be done with an entry. */
export interface EntryProposalValues {
  act: EntryAct;
  restores?: number;
  version: number;
  note?: string;
}

/** Proposes what a colleague is to confirm. */
export function usePropose(id: string) {
  return useAct((body: EntryProposalValues) =>
    api.post('/knowledge/entries/{id}/proposal', { path: { id }, body }),
  );
}

/** Confirms what a colleague proposed: it is done. Of an entry that goes with it only the list is asked for again. */
export function useConfirmProposal(id: string, act: EntryAct) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ accept_fall, proposal }: { proposal: string; accept_fall: boolean }) =>
      api.post('/knowledge/entries/{id}/proposal/confirmation', {
        path: { id },
        query: { accept_fall },
        body: { proposal },
      }),
    onSuccess: () =>
      queries.invalidateQueries({ queryKey: act === 'delete' ? [KEY, 'entries'] : [KEY] }),
  });
}

export function useRefuseProposal(id: string) {
  return useAct((body: { proposal: string; reason: string }) =>
    api.post('/knowledge/entries/{id}/proposal/refusal', { path: { id }, body }),
  );
}

/** Takes a proposal back, or puts one away that was refused. */
export function useWithdrawProposal(id: string) {
  return useAct(() => api.remove('/knowledge/entries/{id}/proposal', { path: { id } }));
}

/** How the editors work together. */
export function useKnowledgeSettings() {
  return useQuery({
    queryKey: [KEY, 'settings'],
    queryFn: () => api.get('/knowledge/settings'),
  });
}

export function useSaveSettings() {
  return useAct((body: KnowledgeSettings) => api.put('/knowledge/settings', { body }));
}

export function useImport() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({
      file,
      ...query
    }: {
      file: File;
      dry_run: boolean;
      publish: boolean;
      rehearse?: boolean;
      accept_fall?: boolean;
    }) => {
      const body = new FormData();
      body.append('file', file);
      return api.post('/knowledge/imports', { query, body });
    },
    onSuccess: (_, { dry_run }) => {
      if (!dry_run) queries.invalidateQueries({ queryKey: [KEY] });
    },
  });
}
