import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '@/lib/api';
import { asConversation } from '@/lib/conversation';
import { useList } from '@/lib/list';
import type { AgentState, View } from '@/lib/types';

/** Conversations of one view, newest need first. */
export function useConversations(view: View, query: string, inbox?: string, enabled = true) {
  const list = useList(
    ['conversations'],
    '/conversations',
    { view, query: query.trim(), inbox },
    { enabled },
  );
  const { items } = list;
  return { ...list, items: useMemo(() => items.map(asConversation), [items]) };
}

export function useConversation(id: string | undefined) {
  return useQuery({
    queryKey: ['conversation', id],
    enabled: Boolean(id),
    queryFn: () => api.get('/conversations/{id}', { path: { id: id ?? '' } }).then(asConversation),
  });
}

/** What an agent may do to a whole conversation. */
export type Act =
  | { act: 'take' }
  | { act: 'release'; reason?: string }
  | { act: 'transfer'; agent: string; note?: string }
  | { act: 'close'; reason?: string };

function perform(id: string, act: Act) {
  const path = { id };
  switch (act.act) {
    case 'take':
      return api.post('/conversations/{id}/take', { path });
    case 'release':
      return api.post('/conversations/{id}/release', { path, body: { reason: act.reason } });
    case 'transfer':
      return api.post('/conversations/{id}/transfer', {
        path,
        body: { agent: act.agent, note: act.note },
      });
    case 'close':
      return api.post('/conversations/{id}/close', { path, body: { reason: act.reason } });
  }
}

export function useAct(conversation: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (act: Act) => perform(conversation, act).then(asConversation),
    onSuccess: (changed) => queries.setQueryData(['conversation', changed.id], changed),
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
    queryFn: () => api.get('/threads/{id}/allowance', { path: { id: thread } }),
    refetchInterval: 60_000,
  });
}

export function useAgents(enabled = true) {
  return useQuery({
    queryKey: ['agents'],
    enabled,
    queryFn: () => api.get('/agents'),
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
    queryFn: () => api.get('/contacts/{id}', { path: { id: id ?? '' } }),
  });
}

export function useEditContact(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { name?: string; tags?: string[]; note?: string }) =>
      api.patch('/contacts/{id}', { path: { id }, body }),
    onSuccess: (contact) => {
      queries.setQueryData(['contact', id], contact);
      queries.invalidateQueries({ queryKey: ['contacts'] });
      queries.invalidateQueries({ queryKey: ['conversations'] });
    },
  });
}

export function getDraft(thread: string) {
  return api.get('/threads/{id}/draft', { path: { id: thread } });
}

export function putDraft(thread: string, text: string) {
  return api.put('/threads/{id}/draft', { path: { id: thread }, body: { text } });
}

export function markRead(thread: string, number: number) {
  return api.put('/threads/{id}/read', { path: { id: thread }, body: { number } });
}

export function tellTyping(conversation: string) {
  return api.post('/conversations/{id}/typing', { path: { id: conversation } });
}

/** The ten best answers to the customer's last question, or to own words. */
export function useCandidates(thread: string, query: string) {
  return useQuery({
    queryKey: ['candidates', thread, query],
    staleTime: 5_000,
    // while the next ones are looked for, the last ones stay
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api.get('/threads/{id}/candidates', { path: { id: thread }, query: { query }, signal }),
  });
}

/** The connected accounts, for who may connect one. */
export function useInboxes(enabled: boolean) {
  return useQuery({ queryKey: ['inboxes', 'all'], enabled, queryFn: () => api.get('/inboxes') });
}
