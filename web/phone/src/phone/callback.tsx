import { useEffect, useState } from 'preact/hooks';
import { api, Refusal } from '../api';
import { told } from '../log/words';
import { useLanguage, useWords } from '../prefs';
import type { Callback } from '../types';
import { fresh } from './fresh';
import { Sheet } from './sheet';

const MODES = ['safe', 'compatible', 'plain'] as const;

/** Where the account's pushes go; the platform asks the address before it believes it. */
export function CallbackSheet({ app, onClose }: { app: string; onClose: () => void }) {
  const t = useWords();
  const language = useLanguage();
  const [secret, setSecret] = useState('');
  const [values, setValues] = useState<Callback>({ url: '', ...fresh.callback(), mode: 'safe' });
  const [result, setResult] = useState<{ ok: boolean; message: string } | null>(null);

  useEffect(() => {
    void api.account(app).then((account) => {
      setSecret(account.app_secret);
      const { callback } = account;
      if (callback)
        setValues((it) => ({ ...it, ...callback, aes_key: callback.aes_key || it.aes_key }));
    });
  }, [app]);

  const set = (part: Partial<Callback>) => setValues({ ...values, ...part });
  const save = async () => {
    try {
      const { url, token, aes_key, mode } = values;
      setResult(await api.setCallback(app, { url, token, aes_key, mode }));
    } catch (error) {
      setResult({ ok: false, message: error instanceof Refusal ? error.message : String(error) });
    }
  };

  return (
    <Sheet title={t('serverSettings')} onClose={onClose}>
      <dl class="values">
        <div>
          <dt>app_id</dt>
          <dd>{app}</dd>
        </div>
        <div>
          <dt>app_secret</dt>
          <dd>{secret}</dd>
        </div>
      </dl>
      <label class="field">
        URL
        <input
          value={values.url}
          placeholder="http://127.0.0.1:7300/hooks/wechat/…"
          onInput={(event) => set({ url: event.currentTarget.value })}
        />
      </label>
      <label class="field">
        Token
        <input
          value={values.token}
          onInput={(event) => set({ token: event.currentTarget.value })}
        />
      </label>
      <label class="field">
        EncodingAESKey
        <input
          value={values.aes_key}
          onInput={(event) => set({ aes_key: event.currentTarget.value })}
        />
      </label>
      <label class="field">
        {t('mode')}
        <select
          value={values.mode}
          onChange={(event) => set({ mode: event.currentTarget.value as Callback['mode'] })}
        >
          {MODES.map((mode) => (
            <option key={mode} value={mode}>
              {t(`mode_${mode}`)}
            </option>
          ))}
        </select>
      </label>
      {result && (
        <p class={result.ok ? 'good' : 'warn'}>
          {result.ok ? t('verified') : told(language, result.message)}
        </p>
      )}
      <button type="button" class="primary wide" disabled={!values.url} onClick={() => void save()}>
        {t('verifyAndSave')}
      </button>
    </Sheet>
  );
}
