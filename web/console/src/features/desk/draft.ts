import { useCallback, useEffect, useRef, useState } from 'react';
import { getDraft, putDraft } from './api';

const PAUSE = 800;
/** What was typed here since the page was opened; the server has it a moment later. */
const typed = new Map<string, string>();

/** The unsent text of a thread. It is kept on the server, so it follows the agent anywhere. */
export function useDraft(thread: string): [string, (text: string) => void] {
  const [text, setText] = useState(typed.get(thread) ?? '');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const unsaved = useRef(false);

  useEffect(() => {
    let mine = true;
    const known = typed.get(thread);
    setText(known ?? '');
    if (known === undefined) {
      getDraft(thread)
        .then((draft) => {
          // what was typed while the answer was under way is newer
          if (mine && draft?.text && !typed.has(thread)) {
            typed.set(thread, draft.text);
            setText(draft.text);
          }
        })
        .catch(() => {});
    }
    return () => {
      mine = false;
      clearTimeout(timer.current);
      if (unsaved.current) putDraft(thread, typed.get(thread) ?? '').catch(() => {});
      unsaved.current = false;
    };
  }, [thread]);

  const change = useCallback(
    (value: string) => {
      typed.set(thread, value);
      setText(value);
      unsaved.current = true;
      clearTimeout(timer.current);
      const save = () =>
        putDraft(thread, typed.get(thread) ?? '').then(
          () => {
            unsaved.current = false;
          },
          () => {
            timer.current = setTimeout(save, 5000);
          },
        );
      timer.current = setTimeout(save, value ? PAUSE : 0);
    },
    [thread],
  );
  return [text, change];
}
