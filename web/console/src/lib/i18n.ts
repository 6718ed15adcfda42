import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { type Language, preferences } from './preferences';

type Bundle = Record<string, object>;

const bundles: Record<Language, () => Promise<{ default: Bundle }>> = {
  'zh-CN': () => import('@/locales/zh-CN'),
  'en-US': () => import('@/locales/en-US'),
};

async function load(language: Language) {
  if (i18next.hasResourceBundle(language, 'common')) return;
  const { default: bundle } = await bundles[language]();
  for (const [name, strings] of Object.entries(bundle)) {
    i18next.addResourceBundle(language, name, strings);
  }
}

/** Starts the texts in the chosen language; only that language is fetched. */
export async function startI18n() {
  const { language } = preferences();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    defaultNS: 'common',
    ns: [],
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function changeLanguage(language: Language) {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}
