import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { useList } from '@/lib/list';
import { ProblemError } from '@/lib/problem';
import type { WordGroup, WordKind } from '@/lib/types';

const KEY = 'knowledge';

/** How often a training that is under way is looked at. */
const LOOK = 1500;

/** How learning stands; while it learns, again and again. */
export function useLearning() {
  return useQuery({
    queryKey: [KEY, 'learning'],
    queryFn: () => api.get('/knowledge/learning'),
    refetchInterval: ({ state }) =>
      state.data?.state === 'waiting' || state.data?.state === 'training' ? LOOK : false,
  });
}

/** An act after which all that is shown of the base may be another. */
function useAct<V, A>(act: (values: V) => Promise<A>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSettled: () => queries.invalidateQueries({ queryKey: [KEY] }),
  });
}

export const useLearnNow = () => useAct(() => api.post('/knowledge/learning/trainings'));

export const useSetNightly = () =>
  useAct((nightly: boolean) => api.put('/knowledge/learning', { body: { nightly } }));

export const useForgetLearnt = () =>
  useAct((accept_fall: boolean) => api.remove('/knowledge/learning', { query: { accept_fall } }));

export function useSuggestions() {
  return useQuery({
    queryKey: [KEY, 'suggestions'],
    queryFn: () => api.get('/knowledge/suggestions'),
  });
}

interface Chosen {
  entry: string;
  questions: string[];
}

export const useAcceptSuggestions = () =>
  useAct(({ accept_fall, ...body }: Chosen & Accept) =>
    api.post('/knowledge/suggestions/acceptances', { query: { accept_fall }, body }),
  );

export const useDismissSuggestions = () =>
  useAct((body: Chosen) => api.post('/knowledge/suggestions/dismissals', { body }));

export const useWords = (kind: WordKind, query: string) =>
  useList([KEY, 'words'], '/knowledge/words', { kind, query: query.trim() });

/** Do it although test questions would fare worse. */
interface Accept {
  accept_fall: boolean;
}

/** Names the word of a refusal that says only its place. */
async function naming<A>(words: string[], act: () => Promise<A>): Promise<A> {
  try {
    return await act();
  } catch (error) {
    const place = error instanceof ProblemError && Object.keys(error.problem.fields ?? {})[0];
    const nth = place && /^words\[(\d+)\]$/.exec(place)?.[1];
    const word = nth ? words[Number(nth) - 1] : undefined;
    if (error instanceof ProblemError && word) {
      throw new ProblemError({ ...error.problem, detail: word });
    }
    throw error;
  }
}

export const useSaveWords = (group?: WordGroup) =>
  useAct(({ kind, words, accept_fall }: { kind: WordKind; words: string[] } & Accept) =>
    naming<WordGroup>(words, () =>
      group
        ? api.put('/knowledge/words/{id}', {
            path: { id: group.id },
            query: { accept_fall },
            body: { words, version: group.version },
          })
        : api.post('/knowledge/words', { query: { accept_fall }, body: { kind, words } }),
    ),
  );

export const useDeleteWords = () =>
  useAct(({ id, accept_fall }: { id: string } & Accept) =>
    api.remove('/knowledge/words/{id}', { path: { id }, query: { accept_fall } }),
  );

export const usePasteWords = () =>
  useAct(
    ({
      accept_fall,
      ...body
    }: { kind: WordKind; text: string; dry_run: boolean } & Partial<Accept>) =>
      api.post('/knowledge/words/imports', { query: { accept_fall }, body }),
  );

export function useUnknownWords() {
  return useQuery({
    queryKey: [KEY, 'unknown-words'],
    queryFn: () => api.get('/knowledge/unknown-words'),
  });
}

export const useJoinWord = () =>
  useAct(({ accept_fall, ...body }: { word: string; known: string } & Accept) =>
    api.post('/knowledge/unknown-words/synonyms', { query: { accept_fall }, body }),
  );

export const useIgnoreWords = () =>
  useAct((words: string[]) => api.post('/knowledge/unknown-words/dismissals', { body: { words } }));
