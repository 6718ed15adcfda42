import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, setCsrfToken } from '@/lib/api';
import { problemOf } from '@/lib/problem';
import type { Session } from '@/lib/types';

export const sessionKey = ['session'];

/** The running session; null when nobody is signed in. */
export function useSessionQuery() {
  return useQuery({
    queryKey: sessionKey,
    staleTime: 5 * 60_000,
    retry: (_, error) => problemOf(error).status === 0 || problemOf(error).status >= 500,
    retryDelay: 2000,
    queryFn: async () => {
      try {
        const session = await api.get('/session');
        setCsrfToken(session.csrf_token);
        return session;
      } catch (error) {
        if (problemOf(error).status === 401) return null;
        throw error;
      }
    },
  });
}

/**
 * Back to the door. What was loaded is forgotten, so that the next one to sign in here sees nothing of
 * it. The session itself is set and not removed: whoever watches it must hear of its end.
 */
export function endSession(queries: QueryClient) {
  setCsrfToken('');
  queries.setQueryData(sessionKey, null);
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
}

/** Whether this server still waits for its first run. */
export function useSetupOpen(enabled: boolean) {
  return useQuery({
    queryKey: ['setup'],
    enabled,
    queryFn: () => api.get('/setup'),
  });
}

function useEnter<Input>(enter: (input: Input) => Promise<Session>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: enter,
    onSuccess: (session) => {
      setCsrfToken(session.csrf_token);
      queries.setQueryData(sessionKey, session);
    },
  });
}

export function useSignIn() {
  return useEnter((body: { login: string; password: string }) => api.post('/session', { body }));
}

export interface Founder {
  headquarters: string;
  login: string;
  name: string;
  password: string;
}

export function useSetUp() {
  return useEnter((body: Founder) => api.post('/setup', { body }));
}

/** Ends this session, or all of this person's. */
export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (everywhere: boolean) => api.remove(everywhere ? '/sessions' : '/session'),
    onSettled: () => endSession(queries),
  });
}

/** Changes the own password; the server gives this session a new token. */
export function useChangePassword() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { old: string; new: string }) => api.put('/session/password', { body }),
    onSuccess: (session) => {
      setCsrfToken(session.csrf_token);
      queries.setQueryData(sessionKey, session);
    },
  });
}
