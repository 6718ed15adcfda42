import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { useList } from '@/lib/list';
import type {
  AccountButton,
  AccountMenu,
  BotSettings,
  Content,
  Inbox,
  Keyword,
  KeywordInput,
  MenuNode,
  Page,
  TestAnswer,
  TextMenu,
} from '@/lib/types';

export function useKeywords(query: string) {
  return useList<Keyword>(['keywords'], '/keywords', { query: query.trim() });
}

export function useKeyword(id: string | undefined) {
  return useQuery({
    queryKey: ['keywords', 'one', id],
    enabled: Boolean(id),
    queryFn: () => api.get<Keyword>(`/keywords/${id}`),
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
    mutationFn: (body: KeywordInput) =>
      id ? api.put<Keyword>(`/keywords/${id}`, { body }) : api.post<Keyword>('/keywords', { body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keywords'] }),
  });
}

export function useDeleteKeyword() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.remove(`/keywords/${id}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keywords'] }),
  });
}

export function useTextMenu() {
  return useQuery({ queryKey: ['text-menu'], queryFn: () => api.get<TextMenu>('/text-menu') });
}

export function useSaveTextMenu() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { version: number; root: MenuNode }) =>
      api.put<TextMenu>('/text-menu', { body }),
    onSuccess: (menu) => queries.setQueryData(['text-menu'], menu),
  });
}

export function useInboxes() {
  return useQuery({
    queryKey: ['inboxes'],
    queryFn: async () => {
      const answer = await api.get<Page<Inbox> | Inbox[]>('/inboxes');
      return Array.isArray(answer) ? answer : answer.items;
    },
  });
}

const menuPath = (inbox: string) => `/inboxes/${inbox}/account-menu`;

export function useAccountMenu(inbox: string | undefined) {
  return useQuery({
    queryKey: ['account-menu', inbox],
    enabled: Boolean(inbox),
    queryFn: () => api.get<AccountMenu>(menuPath(inbox ?? '')),
  });
}

export function useSaveAccountMenu(inbox: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (buttons: AccountButton[]) =>
      api.put<AccountMenu>(menuPath(inbox), { body: { buttons } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['account-menu', inbox] }),
  });
}

/** `publication` sends our menu to the platform, `pull` fetches the platform's. */
export function useMoveAccountMenu(inbox: string, way: 'publication' | 'pull') {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<AccountMenu>(`${menuPath(inbox)}/${way}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['account-menu', inbox] }),
  });
}

export function useBotSettings() {
  return useQuery({
    queryKey: ['bot-settings'],
    queryFn: () => api.get<BotSettings>('/bot/settings'),
  });
}

export function useSaveBotSettings() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: BotSettings) => api.put<BotSettings>('/bot/settings', { body }),
    onSuccess: (settings) => {
      if (settings) queries.setQueryData(['bot-settings'], settings);
      queries.invalidateQueries({ queryKey: ['bot-settings'] });
    },
  });
}

export function askBot(content: Content, session: unknown) {
  return api.post<TestAnswer>('/bot/test', {
    body: session === undefined || session === null ? { content } : { content, session },
  });
}
