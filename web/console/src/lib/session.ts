import { createContext, useContext } from 'react';
import type { Session } from './types';

/** The signed-in session; the shell draws no page without one. */
export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('no session: a page was drawn outside the shell');
  return session;
}
