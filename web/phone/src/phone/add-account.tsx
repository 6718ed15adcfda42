import { useState } from 'preact/hooks';
import { api, Refusal } from '../api';
import { useWords } from '../prefs';
import { fresh } from './fresh';
import { Sheet } from './sheet';

interface Props {
  onClose: () => void;
  onAdded: (app: string) => void;
}

/** Makes an account and shows the values that the console's wizard asks for. */
export function AddAccount({ onClose, onAdded }: Props) {
  const t = useWords();
  const [values] = useState(fresh.account);
  const [name, setName] = useState('');
  const [problem, setProblem] = useState('');

  const create = async () => {
    try {
      await api.addAccount({
        ...values,
        name: name || values.original_id,
        account_kind: 'service',
      });
      onAdded(values.app_id);
    } catch (error) {
      setProblem(error instanceof Refusal ? error.message : String(error));
    }
  };

  return (
    <Sheet title={t('addAccount')} onClose={onClose}>
      <label class="field">
        {t('accountName')}
        <input value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <dl class="values">
        {Object.entries(values).map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet hint">{t('addAccountHelp')}</p>
      {problem && <p class="warn">{problem}</p>}
      <button type="button" class="primary wide" onClick={() => void create()}>
        {t('create')}
      </button>
    </Sheet>
  );
}
