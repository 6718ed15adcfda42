import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { type Language, type Words, words } from './i18n';

export type Theme = 'auto' | 'light' | 'dark';

export interface Prefs {
  language: Language;
  theme: Theme;
}

export interface PhonePlace {
  key: number;
  person: string | null;
  app: string | null;
}

const store = 'simulator-phone';

interface Kept {
  prefs: Prefs;
  phones: PhonePlace[];
}

/** What the browser kept from last time, or sensible beginnings. */
export function load(): Kept {
  const language: Language = navigator.language.startsWith('zh') ? 'zh-CN' : 'en-US';
  const fresh: Kept = {
    prefs: { language, theme: 'auto' },
    phones: [{ key: 1, person: null, app: null }],
  };
  try {
    const kept = JSON.parse(localStorage.getItem(store) ?? '{}') as Partial<Kept>;
    const phones = kept.phones?.length ? kept.phones : fresh.phones;
    return { prefs: { ...fresh.prefs, ...kept.prefs }, phones };
  } catch {
    return fresh;
  }
}

export function save(kept: Kept) {
  localStorage.setItem(store, JSON.stringify(kept));
}

export const WordsContext = createContext<Words>(words('zh-CN'));
export const useWords = () => useContext(WordsContext);
export const LanguageContext = createContext<Language>('zh-CN');
export const useLanguage = () => useContext(LanguageContext);
