import { useState } from 'preact/hooks';
import { api } from '../api';
import { Icon } from '../icons';
import { type PhonePlace, useWords } from '../prefs';
import type { Account, Person } from '../types';
import { AddAccount } from './add-account';
import { Avatar, accountHue } from './avatar';
import { ChatScreen } from './chat';

interface Props {
  place: PhonePlace;
  accounts: Account[];
  people: Person[];
  canClose: boolean;
  onChange: (place: PhonePlace) => void;
  onClose: () => void;
  onPush: (number: number) => void;
}

/** One phone: whose it is, the list of accounts, or an open chat. */
export function Phone({ place, accounts, people, canClose, onChange, onClose, onPush }: Props) {
  const t = useWords();
  const person = people.find((it) => it.id === place.person) ?? people[0];
  const account = accounts.find((it) => it.app_id === place.app);

  const choose = async (id: string) => {
    if (id !== 'new') return onChange({ ...place, person: id });
    const added = await api.addPerson();
    onChange({ ...place, person: added.id });
  };

  return (
    <article class="phone">
      <div class="holder">
        {person && <Avatar name={person.name} hue={person.hue} size={24} round />}
        <label>
          <span class="quiet">{t('holder')}</span>
          <select
            value={person?.id ?? ''}
            onChange={(event) => void choose(event.currentTarget.value)}
          >
            {people.map((it) => (
              <option key={it.id} value={it.id}>
                {it.name} · {it.city}
              </option>
            ))}
            <option value="new">{t('newPerson')}</option>
          </select>
        </label>
        {canClose && (
          <button type="button" class="bare" onClick={onClose} title={t('closePhone')}>
            <Icon name="close" size={18} />
          </button>
        )}
      </div>
      <div class="glass">
        {person && account ? (
          <ChatScreen
            key={`${person.id} ${account.app_id}`}
            person={person}
            account={account}
            onBack={() => onChange({ ...place, person: person.id, app: null })}
            onPush={onPush}
          />
        ) : (
          <AccountList
            accounts={accounts}
            person={person}
            onOpen={(app) => onChange({ ...place, person: person?.id ?? null, app })}
          />
        )}
      </div>
    </article>
  );
}

interface ListProps {
  accounts: Account[];
  person: Person | undefined;
  onOpen: (app: string) => void;
}

function AccountList({ accounts, person, onOpen }: ListProps) {
  const t = useWords();
  const [adding, setAdding] = useState(false);
  const follows = (app: string) => person?.follows.includes(app) ?? false;
  const sorted = [...accounts].sort(
    (a, b) => Number(follows(b.app_id)) - Number(follows(a.app_id)),
  );

  return (
    <div class="screen">
      <div class="bar">
        <span class="grow">{t('accounts')}</span>
        <button type="button" class="bare" onClick={() => setAdding(true)} title={t('addAccount')}>
          <Icon name="plus" />
        </button>
      </div>
      <div class="scroll list">
        {sorted.map((account) => (
          <button
            key={account.app_id}
            type="button"
            class="row"
            onClick={() => onOpen(account.app_id)}
          >
            <Avatar name={account.name} hue={accountHue(account.app_id)} size={46} />
            <span class="grow">
              <b>{account.name}</b>
              <small>{account.original_id}</small>
            </span>
            <span class={follows(account.app_id) ? 'badge on' : 'badge'}>
              {t(follows(account.app_id) ? 'following' : 'notFollowing')}
            </span>
          </button>
        ))}
        {accounts.length === 0 && (
          <div class="empty">
            <Icon name="phone" size={44} />
            <b>{t('noAccounts')}</b>
            <p>{t('noAccountsHelp')}</p>
            <button type="button" class="primary" onClick={() => setAdding(true)}>
              {t('addAccount')}
            </button>
          </div>
        )}
      </div>
      {adding && <AddAccount onClose={() => setAdding(false)} onAdded={onOpen} />}
    </div>
  );
}
