import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { asInbox } from '@/lib/inbox';
import { useList } from '@/lib/list';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import type {
  AccountButton,
  BotSettings,
  Content,
  Keyword,
  KeywordInput,
  MenuNode,
} from '@/lib/types';

export function useKeywords(query: string) {
  return useList(['keywords'], '/keywords', { query: query.trim() });
}

export function useKeyword(id: string | undefined) {
  return useQuery({
    queryKey: ['keywords', 'one', id],
    enabled: Boolean(id),
    queryFn: () => api.get('/keywords/{id}', { path: { id: id ?? '' } }),
  });
}

/** Turns the stored rule into what may be written back. */
export function inputOf(keyword: Keyword): KeywordInput {
  const { words, match, answers, answer_mode, priority, enabled } = keyword;
  const { valid_from = null, valid_until = null } = keyword;
  return { words, match, answers, answer_mode, priority, valid_from, valid_until, enabled };
}

export function useSaveKeyword(id: string | undefined) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ accept_fall, ...body }: KeywordInput & { accept_fall?: boolean }) =>
      id
        ? api.put('/keywords/{id}', { path: { id }, query: { accept_fall }, body })
        : api.post('/keywords', { query: { accept_fall }, body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keywords'] }),
  });
}

export function useDeleteKeyword() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, accept_fall }: { id: string; accept_fall: boolean }) =>
      api.remove('/keywords/{id}', { path: { id }, query: { accept_fall } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keywords'] }),
  });
}

export function useTextMenu() {
  return useQuery({ queryKey: ['text-menu'], queryFn: () => api.get('/text-menu') });
}

export function useSaveTextMenu() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({
      accept_fall,
      ...body
    }: {
      version: number;
      root: MenuNode;
      accept_fall: boolean;
    }) => api.put('/text-menu', { query: { accept_fall }, body }),
    onSuccess: (menu) => queries.setQueryData(['text-menu'], menu),
  });
}

export function useInboxes() {
  return useQuery({
    queryKey: ['inboxes'],
    queryFn: async () => (await api.get('/inboxes')).items.map(asInbox),
  });
}

export function useAccountMenu(inbox: string | undefined) {
  return useQuery({
    queryKey: ['account-menu', inbox],
    enabled: Boolean(inbox),
    queryFn: () => api.get('/inboxes/{id}/account-menu', { path: { id: inbox ?? '' } }),
  });
}

export function useSaveAccountMenu(inbox: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { buttons: AccountButton[]; version?: number }) =>
      api.put('/inboxes/{id}/account-menu', { path: { id: inbox }, body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['account-menu', inbox] }),
  });
}

/** `publication` sends our menu to the platform, `pull` fetches the platform's. */
export function useMoveAccountMenu(inbox: string, way: 'publication' | 'pull') {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      way === 'pull'
        ? api.post('/inboxes/{id}/account-menu/pull', { path: { id: inbox } })
        : api.post('/inboxes/{id}/account-menu/publication', { path: { id: inbox } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['account-menu', inbox] }),
  });
}

export function useBotSettings() {
  return useQuery({
    queryKey: ['bot-settings'],
    queryFn: () => api.get('/bot/settings'),
  });
}

/** From which confidence on the bot answers; for whoever may see how the base learns. */
export function useAnswerThreshold() {
  return useQuery({
    queryKey: ['knowledge', 'learning'],
    enabled: useCan(PERMISSIONS.knowledgeEdit),
    queryFn: () => api.get('/knowledge/learning'),
    select: ({ threshold }) => threshold,
  });
}

export function useSaveBotSettings() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ accept_fall, body }: { body: BotSettings; accept_fall: boolean }) =>
      api.put('/bot/settings', { query: { accept_fall }, body }),
    onSuccess: (settings) => {
      if (settings) queries.setQueryData(['bot-settings'], settings);
      queries.invalidateQueries({ queryKey: ['bot-settings'] });
    },
  });
}

export function askBot(content: Content, session: string | undefined) {
  return api.post('/bot/test', {
    body: session === undefined ? { content } : { content, session },
  });
}

/** What a model would write for a question. Costs a call of the day's budget. */
export function generateAnswer(content: Content) {
  return api.post('/bot/test/generations', { body: { content } });
}
