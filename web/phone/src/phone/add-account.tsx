import { useState } from 'preact/hooks';
import { api, Refusal } from '../api';
import { useWords } from '../prefs';
import { Sheet } from './sheet';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function random(length: number, from = letters) {
  const bytes = crypto.getRandomValues(new Uint32Array(length));
  return [...bytes].map((byte) => from[byte % from.length]).join('');
}

const fresh = () => ({
  app_id: `wx${random(16, '0123456789abcdef')}`,
  app_secret: random(32, '0123456789abcdef'),
  original_id: `gh_${random(12, '0123456789abcdef')}`,
  token: random(16),
  aes_key: random(43),
});

/** Makes an account and shows the values that the console's wizard asks for. */
export function AddAccount({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const [values] = useState(fresh);
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [result, setResult] = useState('');

  const create = async () => {
    const { token, aes_key, ...account } = values;
    const callback = url ? { callback_url: url, token, aes_key, mode: 'safe' } : {};
    try {
      const added = await api.addAccount({
        ...account,
        ...callback,
        name: name || account.original_id,
        account_kind: 'service',
      });
      if (added.verification && !added.verification.ok) setResult(added.verification.message);
      else onClose();
    } catch (error) {
      setResult(error instanceof Refusal ? error.message : String(error));
    }
  };

  return (
    <Sheet title={t('addAccount')} onClose={onClose}>
      <label class="field">
        {t('accountName')}
        <input value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label class="field">
        {t('callbackUrl')}
        <input
          value={url}
          placeholder="http://127.0.0.1:7300/hooks/wechat/…"
          onInput={(event) => setUrl(event.currentTarget.value)}
        />
      </label>
      <dl class="values">
        {Object.entries(values).map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {result && <p class="warn">{result}</p>}
      <button type="button" class="primary wide" onClick={() => void create()}>
        {t('create')}
      </button>
    </Sheet>
  );
}
