import { useNavigate, useParams, useRouterState, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** Goes to a path of the console; routes come from the features, so paths are plain text. */
export function useGo(): (path: string, search?: Record<string, string | undefined>) => void {
  const navigate = useNavigate();
  return useCallback(
    (path, search) => {
      navigate({ to: path, search: search as never });
    },
    [navigate],
  );
}

export function usePath(): string {
  return useRouterState({ select: (state) => state.location.pathname });
}

export function useParam(name: string): string {
  const params = useParams({ strict: false }) as Record<string, string | undefined>;
  return params[name] ?? '';
}

export function useSearchValue(name: string): string | undefined {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const value = search[name];
  return value === undefined ? undefined : String(value);
}
