import { useEffect, useState } from 'preact/hooks';
import { api } from './api';
import { words } from './i18n';
import { Icon } from './icons';
import { listen } from './live';
import { FaultPanel } from './log/faults';
import { LogPanel } from './log/log';
import { Phone } from './phone/phone';
import { LanguageContext, load, save, type Theme, WordsContext } from './prefs';
import type { Account, Person } from './types';

type Side = 'phones' | 'log' | 'faults';

const kept = load();

/** The page: phones side by side, and beside them what the platform did. */
export function App() {
  const [prefs, setPrefs] = useState(kept.prefs);
  const [phones, setPhones] = useState(kept.phones);
  const [accounts, setAccounts] = useState<Account[]>([]);
  const [people, setPeople] = useState<Person[]>([]);
  const [side, setSide] = useState<Side>('phones');
  const [online, setOnline] = useState(true);
  const [push, setPush] = useState<number | null>(null);
  const t = words(prefs.language);

  useEffect(() => save({ prefs, phones }), [prefs, phones]);
  useEffect(() => {
    const root = document.documentElement;
    root.lang = prefs.language;
    if (prefs.theme === 'auto') delete root.dataset.theme;
    else root.dataset.theme = prefs.theme;
  }, [prefs]);
  useEffect(() => {
    const loadAll = () => {
      void api.accounts().then(setAccounts);
      void api.people().then(setPeople);
    };
    loadAll();
    return listen((frame) => {
      if (frame.hello) setOnline(true);
      if (frame.lagged === -1) setOnline(false);
      if (frame.hello || frame.accounts || frame.people) loadAll();
    });
  }, []);

  const addPhone = () => {
    // A phone that nobody chose belongs to the first person.
    const used = new Set(phones.map((it) => it.person ?? people[0]?.id));
    const free = people.find((it) => !used.has(it.id));
    const key = Math.max(0, ...phones.map((it) => it.key)) + 1;
    setPhones([...phones, { key, person: free?.id ?? null, app: null }]);
    setSide('phones');
  };
  const themes: Theme[] = ['auto', 'light', 'dark'];
  const nextTheme = themes[(themes.indexOf(prefs.theme) + 1) % themes.length] ?? 'auto';
  const show = (number: number) => {
    setPush(number);
    setSide('log');
  };
  const right: Side = side === 'faults' ? 'faults' : 'log';

  return (
    <WordsContext.Provider value={t}>
      <LanguageContext.Provider value={prefs.language}>
        <header class="top">
          <div class="brand">
            <span class="mark">
              <Icon name="phone" />
            </span>
            <div>
              <h1>{t('title')}</h1>
              <p>{t('subtitle')}</p>
            </div>
          </div>
          <nav>
            <button type="button" class="tool add" onClick={addPhone} title={t('addPhone')}>
              <Icon name="plus" size={18} />
              <span>{t('addPhone')}</span>
            </button>
            <button
              type="button"
              class="tool"
              onClick={() => setPrefs({ ...prefs, theme: nextTheme })}
              title={t(prefs.theme)}
              aria-label={t(prefs.theme)}
            >
              <Icon
                name={prefs.theme === 'dark' ? 'moon' : prefs.theme === 'light' ? 'sun' : 'auto'}
                size={18}
              />
            </button>
            <button
              type="button"
              class="tool"
              onClick={() =>
                setPrefs({ ...prefs, language: prefs.language === 'zh-CN' ? 'en-US' : 'zh-CN' })
              }
            >
              {t('language')}
            </button>
          </nav>
        </header>
        {!online && (
          <p class="offline" role="status">
            {t('offline')}
          </p>
        )}
        <main class={`stage show-${side}`}>
          <section class="phones" aria-label={t('phones')}>
            {phones.map((place) => (
              <Phone
                key={place.key}
                place={place}
                accounts={accounts}
                people={people}
                canClose={phones.length > 1}
                onPush={show}
                onChange={(next) =>
                  setPhones((all) => all.map((it) => (it.key === place.key ? next : it)))
                }
                onClose={() => setPhones((all) => all.filter((it) => it.key !== place.key))}
              />
            ))}
          </section>
          <aside class="side">
            <div class="tabs" role="tablist">
              {(['log', 'faults'] as const).map((name) => (
                <button
                  key={name}
                  type="button"
                  role="tab"
                  aria-selected={right === name}
                  onClick={() => setSide(name)}
                >
                  <Icon name={name === 'log' ? 'list' : 'bolt'} size={17} />
                  {t(name)}
                </button>
              ))}
            </div>
            <div hidden={right !== 'log'} class="panel">
              <LogPanel accounts={accounts} push={push} onPush={setPush} />
            </div>
            <div hidden={right !== 'faults'} class="panel">
              <FaultPanel />
            </div>
          </aside>
        </main>
        <nav class="bottom">
          {(['phones', 'log', 'faults'] as const).map((name) => (
            <button
              key={name}
              type="button"
              aria-current={side === name ? 'page' : undefined}
              onClick={() => setSide(name)}
            >
              <Icon name={name === 'phones' ? 'phone' : name === 'log' ? 'list' : 'bolt'} />
              {t(name)}
            </button>
          ))}
        </nav>
      </LanguageContext.Provider>
    </WordsContext.Provider>
  );
}
