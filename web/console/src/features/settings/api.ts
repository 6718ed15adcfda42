import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { asInbox } from '@/lib/inbox';
import { useList } from '@/lib/list';
import type {
  GenerationBody,
  InboxSecrets,
  InboxSettings,
  KnowledgeModelBody,
  Permission,
  Role,
} from '@/lib/types';

/** A mutation that makes lists stale. */
function useChange<Input, Output>(keys: string[], change: (input: Input) => Promise<Output>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      for (const key of keys) queries.invalidateQueries({ queryKey: [key] });
    },
  });
}

export function useInboxes() {
  return useQuery({
    queryKey: ['inboxes'],
    queryFn: () => api.get('/inboxes').then((it) => it.items.map(asInbox)),
  });
}

export function useInbox(id: string) {
  return useQuery({
    queryKey: ['inboxes', id],
    queryFn: () => api.get('/inboxes/{id}', { path: { id } }).then(asInbox),
  });
}

export interface InboxInput {
  name: string;
  settings: InboxSettings;
  secrets: InboxSecrets;
}

/** The server takes settings and secrets as the adapter names them. */
function loose({ settings, secrets }: Partial<InboxInput>) {
  return { settings, secrets } as unknown as {
    settings: Record<string, never>;
    secrets: Record<string, string>;
  };
}

/** Makes an inbox, or changes the one that was made a step ago. */
export function useConnectInbox() {
  return useChange(['inboxes'], ({ made, ...input }: InboxInput & { made: string | undefined }) => {
    const body = { name: input.name, ...loose(input) };
    const answer = made
      ? api.patch('/inboxes/{id}', { path: { id: made }, body })
      : api.post('/inboxes', { body: { kind: 'wechat', ...body } });
    return answer.then(asInbox);
  });
}

export function useEditInbox(id: string) {
  return useChange(['inboxes'], (body: Partial<InboxInput> & { disabled?: boolean }) =>
    api.patch('/inboxes/{id}', {
      path: { id },
      body: { name: body.name, disabled: body.disabled, ...loose(body) },
    }),
  );
}

export function useChecks(id: string) {
  return useMutation({
    mutationFn: () => api.post('/inboxes/{id}/checks', { path: { id } }),
  });
}

export function useUsers(query: string) {
  return useList(['users'], '/users', { query: query.trim() });
}

export function useRoles() {
  return useQuery({
    queryKey: ['roles'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => api.get('/roles'),
  });
}

export function useCreateUser() {
  return useChange(
    ['users'],
    (body: { login: string; name: string; role: Role; password: string }) =>
      api.post('/users', { body }),
  );
}

export function useEditUser() {
  return useChange(
    ['users', 'agents'],
    ({ id, ...body }: { id: string; name?: string; role?: Role; disabled?: boolean }) =>
      api.patch('/users/{id}', { path: { id }, body }),
  );
}

export function useSetPassword() {
  return useChange([], ({ id, password }: { id: string; password: string }) =>
    api.put('/users/{id}/password', { path: { id }, body: { password } }),
  );
}

export function useTenants() {
  return useQuery({
    queryKey: ['tenants'],
    queryFn: () => api.get('/tenants').then((it) => it.items),
  });
}

export interface TenantInput {
  name: string;
  code: string;
  time_zone: string;
  administrator: { login: string; name: string; password: string };
}

export function useCreateTenant() {
  return useChange(['tenants'], (body: TenantInput) => api.post('/tenants', { body }));
}

export function useEditTenant() {
  return useChange(
    ['tenants'],
    ({ id, ...body }: { id: string; name?: string; region?: string; closed?: boolean }) =>
      api.patch('/tenants/{id}', { path: { id }, body }),
  );
}

export function useApiKeys() {
  return useQuery({
    queryKey: ['api-keys'],
    queryFn: () => api.get('/api-keys').then((it) => it.items),
  });
}

export function useCreateApiKey() {
  return useChange(
    ['api-keys'],
    (body: { name: string; scopes: Permission[]; expires_in_days?: number }) =>
      api.post('/api-keys', { body }),
  );
}

export function useRevokeApiKey() {
  return useChange(['api-keys'], (id: string) => api.remove('/api-keys/{id}', { path: { id } }));
}

export function useAuditLog(filter: { actor?: string; action?: string }) {
  return useList(['audit-log'], '/audit-log', filter);
}

export function useVerification() {
  return useMutation({
    mutationFn: () => api.get('/audit-log/verification'),
  });
}

export function useInbound(outcome: string | undefined) {
  return useList(['inbound'], '/inbound', { outcome });
}

/** Reads the raw text of one; the server records who looked. */
export function useReveal() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.get('/inbound/{id}', { path: { id } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['audit-log'] }),
  });
}

export function useReplay() {
  return useChange(['inbound'], (id: string) => api.post('/inbound/{id}/replay', { path: { id } }));
}

/** The model of the knowledge base; looked at again while it prepares or fails. */
export function useKnowledgeModel() {
  return useQuery({
    queryKey: ['knowledge-model'],
    queryFn: () => api.get('/knowledge/model'),
    refetchInterval: ({ state }) =>
      state.data?.state === 'preparing' || state.data?.state === 'trouble' ? 3_000 : false,
  });
}

export function useSaveKnowledgeModel() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: KnowledgeModelBody) => api.put('/knowledge/model', { body }),
    onSuccess: (saved) => queries.setQueryData(['knowledge-model'], saved),
  });
}

export function useTryKnowledgeModel() {
  return useMutation({ mutationFn: () => api.post('/knowledge/model/checks') });
}

/** Generated answers of the own tenant; looked at again now and then while they are on, for today's figures. */
export function useGeneration() {
  return useQuery({
    queryKey: ['generation'],
    queryFn: () => api.get('/knowledge/generation'),
    refetchInterval: ({ state }) => (state.data?.enabled ? 10_000 : false),
  });
}

export function useSaveGeneration() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: GenerationBody) => api.put('/knowledge/generation', { body }),
    onSuccess: (saved) => queries.setQueryData(['generation'], saved),
  });
}

export function useTryGeneration() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.post('/knowledge/generation/checks'),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['generation'] }),
  });
}
