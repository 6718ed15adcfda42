import { useSyncExternalStore } from 'react';

export type Language = 'zh-CN' | 'en-US';
export type Appearance = 'system' | 'light' | 'dark';

/** What this browser remembers; nothing here matters to anybody else. */
export interface Preferences {
  language: Language;
  appearance: Appearance;
  railCollapsed: boolean;
}

const KEY = 'chudian.preferences';
const listeners = new Set<() => void>();

function initial(): Preferences {
  const language: Language = navigator.language.startsWith('zh') ? 'zh-CN' : 'en-US';
  const preset: Preferences = {
    language,
    appearance: 'system',
    railCollapsed: window.innerWidth < 1280,
  };
  try {
    return { ...preset, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') };
  } catch {
    return preset;
  }
}

let current = initial();

export function preferences(): Preferences {
  return current;
}

export function setPreferences(change: Partial<Preferences>) {
  current = { ...current, ...change };
  localStorage.setItem(KEY, JSON.stringify(current));
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}

/** Something the system prefers, followed while it changes. */
function preference(text: string) {
  const query = window.matchMedia(text);
  const subscribe = (listener: () => void) => {
    query.addEventListener('change', listener);
    return () => query.removeEventListener('change', listener);
  };
  return () => useSyncExternalStore(subscribe, () => query.matches);
}

const useSystemDark = preference('(prefers-color-scheme: dark)');

/** Whether the system asks for no motion. */
export const useCalm = preference('(prefers-reduced-motion: reduce)');

/** Whether to draw dark now: the choice, or the system's where none was made. */
export function useDark(): boolean {
  const system = useSystemDark();
  const { appearance } = usePreferences();
  return appearance === 'system' ? system : appearance === 'dark';
}
