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

const darkQuery = window.matchMedia('(prefers-color-scheme: dark)');

function subscribeDark(listener: () => void) {
  darkQuery.addEventListener('change', listener);
  return () => darkQuery.removeEventListener('change', listener);
}

/** Whether to draw dark now: the choice, or the system's where none was made. */
export function useDark(): boolean {
  const system = useSyncExternalStore(subscribeDark, () => darkQuery.matches);
  const { appearance } = usePreferences();
  return appearance === 'system' ? system : appearance === 'dark';
}
