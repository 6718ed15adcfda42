import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { useList } from '@/lib/list';
import type { Agent, AgentState, Allowance, Contact, Conversation, View } from '@/lib/types';

/** Conversations of one view, newest need first. */
export function useConversations(view: View, query: string, inbox?: string, enabled = true) {
  return useList<Conversation>(
    ['conversations'],
    '/conversations',
    { view, query: query.trim(), inbox },
    { enabled, limit: 50 },
  );
}

export function useConversation(id: string | undefined) {
  return useQuery({
    queryKey: ['conversation', id],
    enabled: Boolean(id),
    queryFn: () => api.get<Conversation>(`/conversations/${id}`),
  });
}

/** What an agent may do to a whole conversation. */
export type Act =
  | { act: 'take' }
  | { act: 'release'; reason?: string }
  | { act: 'transfer'; agent: string; note?: string }
  | { act: 'close'; reason?: string };

export function useAct(conversation: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ act, ...body }: Act) =>
      api.post(`/conversations/${conversation}/${act}`, {
        body: act === 'take' ? undefined : body,
      }),
    onSettled: () => {
      for (const key of ['conversations', 'conversation', 'agents', 'allowance']) {
        queries.invalidateQueries({ queryKey: [key] });
      }
    },
  });
}

export function useAllowance(thread: string) {
  return useQuery({
    queryKey: ['allowance', thread],
    queryFn: () => api.get<Allowance>(`/threads/${thread}/allowance`),
    refetchInterval: 60_000,
  });
}

export function useAgents(enabled = true) {
  return useQuery({
    queryKey: ['agents'],
    enabled,
    queryFn: () => api.get<Agent[]>('/agents'),
    refetchInterval: 60_000,
  });
}

export function useSetAgentState() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { state: AgentState; capacity?: number }) =>
      api.put('/agent-state', { body }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['agents'] }),
  });
}

export function useContact(id: string | undefined) {
  return useQuery({
    queryKey: ['contact', id],
    enabled: Boolean(id),
    queryFn: () => api.get<Contact>(`/contacts/${id}`),
  });
}

export function useEditContact(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { name?: string; tags?: string[]; note?: string }) =>
      api.patch<Contact>(`/contacts/${id}`, { body }),
    onSuccess: (contact) => {
      queries.setQueryData(['contact', id], contact);
      queries.invalidateQueries({ queryKey: ['contacts'] });
      queries.invalidateQueries({ queryKey: ['conversations'] });
    },
  });
}

export function getDraft(thread: string) {
  return api.get<{ text?: string | null } | undefined>(`/threads/${thread}/draft`);
}

export function putDraft(thread: string, text: string) {
  return api.put(`/threads/${thread}/draft`, { body: { text } });
}

export function markRead(thread: string, number: number) {
  return api.put(`/threads/${thread}/read`, { body: { number } });
}

export function tellTyping(conversation: string) {
  return api.post(`/conversations/${conversation}/typing`);
}
