import type { Account, Callback, Chat, Fault, Line, Person, Settings } from './types';

/** A refusal of the simulator, in its own words. */
export class Refusal extends Error {}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`/_sim${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const value = await answer.json();
  if (!answer.ok) throw new Refusal(value.message ?? `HTTP ${answer.status}`);
  return value as T;
}

const person = (app: string, id: string) => `/accounts/${app}/people/${id}`;

export const api = {
  accounts: () => call<{ items: Account[] }>('GET', '/accounts').then((it) => it.items),
  addAccount: (body: Record<string, unknown>) => call<Account>('POST', '/accounts', body),
  account: (app: string) =>
    call<{ app_secret: string; callback: Callback | null }>('GET', `/accounts/${app}`),
  setCallback: (app: string, body: Callback) =>
    call<{ ok: boolean; message: string }>('PUT', `/accounts/${app}/callback`, body),
  people: () => call<{ items: Person[] }>('GET', '/people').then((it) => it.items),
  addPerson: (name?: string) => call<Person>('POST', '/people', { name }),
  chat: (app: string, id: string) => call<Chat>('GET', `/people/${id}/chats/${app}`),
  follow: (app: string, id: string, scene?: string) =>
    call('POST', `${person(app, id)}/follow`, { scene }),
  unfollow: (app: string, id: string) => call('POST', `${person(app, id)}/unfollow`, {}),
  scan: (app: string, id: string, scene: string) =>
    call('POST', `${person(app, id)}/scans`, { scene }),
  send: (app: string, id: string, message: Record<string, unknown>) =>
    call('POST', `${person(app, id)}/messages`, message),
  click: (app: string, id: string, path: number[]) =>
    call<{ opens: string | null }>('POST', `${person(app, id)}/menu-clicks`, { path }),
  settings: (app: string, id: string, body: Record<string, unknown>) =>
    call<Chat>('PUT', `${person(app, id)}/settings`, body),
  codes: (app: string) =>
    call<{ items: { ticket: string; scene: string }[] }>('GET', `/accounts/${app}/qr-codes`).then(
      (it) => it.items,
    ),
  log: (after?: number) =>
    call<{ items: Line[]; last: number }>(
      'GET',
      after === undefined ? '/log?limit=400' : `/log?after=${after}&limit=2000`,
    ),
  faults: () => call<{ faults: Fault[] }>('GET', '/faults').then((it) => it.faults),
  setFaults: (body: Record<string, unknown>) =>
    call<{ faults: Fault[]; expired_tokens: number }>('PUT', '/faults', body),
  simulatorSettings: () => call<Settings>('GET', '/settings'),
  setSimulatorSettings: (body: Settings) => call<Settings>('PUT', '/settings', body),
  clock: () => call<{ now: number }>('GET', '/clock').then((it) => it.now),
  advance: (seconds: number) => call<{ now: number }>('POST', '/clock/advance', { seconds }),
};

export const mediaUrl = (app: string, id: string) => `/_sim/media/${app}/${id}`;
