import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { all } from '@/lib/all';
import { api } from '@/lib/api';
import { useList } from '@/lib/list';
import type {
  ApiKey,
  AuditEntry,
  AuditVerification,
  CheckStep,
  Inbox,
  InboxSecrets,
  InboxSettings,
  Role,
  Tenant,
  User,
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
  return useQuery({ queryKey: ['inboxes'], queryFn: () => all<Inbox>('/inboxes') });
}

export function useInbox(id: string) {
  return useQuery({
    queryKey: ['inboxes', id],
    queryFn: () => api.get<Inbox>(`/inboxes/${id}`),
  });
}

export interface InboxInput {
  name: string;
  settings: InboxSettings;
  secrets: InboxSecrets;
}

export function useCreateInbox() {
  return useChange(['inboxes'], (body: InboxInput) =>
    api.post<Inbox>('/inboxes', { body: { kind: 'wechat', ...body } }),
  );
}

export function useEditInbox(id: string) {
  return useChange(['inboxes'], (body: Partial<InboxInput> & { disabled?: boolean }) =>
    api.patch<Inbox>(`/inboxes/${id}`, { body }),
  );
}

export function useChecks(id: string) {
  return useMutation({
    mutationFn: () => api.post<{ steps: CheckStep[] }>(`/inboxes/${id}/checks`),
  });
}

export function useUsers(query: string) {
  return useList<User>(['users'], '/users', { query: query.trim() });
}

export function useRoles() {
  return useQuery({
    queryKey: ['roles'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => all<{ role: Role; permissions: string[] }>('/roles'),
  });
}

export function useCreateUser() {
  return useChange(
    ['users'],
    (body: { login: string; name: string; role: Role; password: string }) =>
      api.post<User>('/users', { body }),
  );
}

export function useEditUser() {
  return useChange(
    ['users', 'agents'],
    ({ id, ...body }: { id: string; name?: string; role?: Role; disabled?: boolean }) =>
      api.patch<User>(`/users/${id}`, { body }),
  );
}

export function useSetPassword() {
  return useChange([], ({ id, password }: { id: string; password: string }) =>
    api.put(`/users/${id}/password`, { body: { password } }),
  );
}

export function useTenants() {
  return useQuery({ queryKey: ['tenants'], queryFn: () => all<Tenant>('/tenants') });
}

export interface TenantInput {
  name: string;
  code: string;
  time_zone: string;
  administrator: { login: string; name: string; password: string };
}

export function useCreateTenant() {
  return useChange(['tenants'], (body: TenantInput) => api.post<Tenant>('/tenants', { body }));
}

export function useEditTenant() {
  return useChange(
    ['tenants'],
    ({ id, ...body }: { id: string; name?: string; closed?: boolean }) =>
      api.patch<Tenant>(`/tenants/${id}`, { body }),
  );
}

export function useApiKeys() {
  return useQuery({ queryKey: ['api-keys'], queryFn: () => all<ApiKey>('/api-keys') });
}

export function useCreateApiKey() {
  return useChange(
    ['api-keys'],
    (body: { name: string; scopes: string[]; expires_in_days?: number }) =>
      api.post<{ key: string }>('/api-keys', { body }),
  );
}

export function useRevokeApiKey() {
  return useChange(['api-keys'], (id: string) => api.remove(`/api-keys/${id}`));
}

export function useAuditLog(filter: { actor?: string; action?: string }) {
  return useList<AuditEntry>(['audit-log'], '/audit-log', filter);
}

export function useVerification() {
  return useMutation({
    mutationFn: () => api.get<AuditVerification>('/audit-log/verification'),
  });
}
