import { useEffect, useState } from 'preact/hooks';
import { api, Refusal } from '../api';
import type { Key } from '../i18n';
import { Icon } from '../icons';
import { listen } from '../live';
import { useLanguage, useWords } from '../prefs';
import type { Fault, Settings } from '../types';

const SEND = '/cgi-bin/message/custom/send';

/** What can be switched with one tap; the admin API knows more (docs/simulator.md). */
const PRESETS: { name: Key; fault: Fault }[] = [
  { name: 'faultLate', fault: { on: 'callback', effect: { kind: 'late', milliseconds: 3000 } } },
  {
    name: 'faultLateAnswer',
    fault: { on: 'callback', effect: { kind: 'late_answer', attempts: 1 } },
  },
  {
    name: 'faultDuplicate',
    fault: { on: 'callback', effect: { kind: 'duplicate', copies: 3, overlapping: false } },
  },
  {
    name: 'faultOverlap',
    fault: { on: 'callback', effect: { kind: 'duplicate', copies: 3, overlapping: true } },
  },
  { name: 'faultOldKey', fault: { on: 'callback', effect: { kind: 'old_key' } } },
  { name: 'faultBusy', fault: { on: 'api', effect: { kind: 'errcode', errcode: -1 } } },
  { name: 'fault502', fault: { on: 'api', effect: { kind: 'http', status: 502 } } },
  { name: 'faultSlow', fault: { on: 'api', effect: { kind: 'delay', milliseconds: 8000 } } },
  { name: 'faultDropBefore', fault: { on: 'api', effect: { kind: 'drop_before' } } },
  { name: 'faultDropAfter', fault: { on: 'api', effect: { kind: 'drop_after' } } },
  {
    name: 'fault48001',
    fault: { on: 'api', path: SEND, effect: { kind: 'errcode', errcode: 48001 } },
  },
];

/** Switches for what should go wrong, and the platform's clock. */
export function FaultPanel() {
  const t = useWords();
  const [faults, setFaults] = useState<Fault[]>([]);
  const [said, setSaid] = useState('');

  useEffect(() => {
    void api.faults().then(setFaults);
    return listen((frame) => {
      if (frame.faults) setFaults(frame.faults);
      else if (frame.hello || frame.log?.kind === 'fault') void api.faults().then(setFaults);
    });
  }, []);

  const set = async (body: Record<string, unknown>) => {
    try {
      const answer = await api.setFaults(body);
      setFaults(answer.faults);
      setSaid(body.expire_tokens ? t('expired', { n: answer.expired_tokens }) : t('done'));
    } catch (error) {
      setSaid(error instanceof Refusal ? error.message : String(error));
    }
  };
  const add = (fault: Fault) => set({ faults: [...live(faults), fault] });
  const remove = (index: number) =>
    set({ faults: live(faults).filter((_, position) => position !== index) });

  const deeds = [
    { name: 'faultToken', body: { expire_tokens: ['*'] } },
    { name: 'faultQuota', body: { use_up: [SEND] } },
    { name: 'faultQuotaReset', body: { reset_quotas: true } },
  ] as const;

  return (
    <div class="faults">
      <ClockRow />
      <h2>{t('activeFaults')}</h2>
      {live(faults).length === 0 && <p class="quiet">{t('noFaults')}</p>}
      {live(faults).map((fault, index) => (
        <div key={index} class="active">
          <span class="grow">
            <b>{label(fault, t)}</b>
            <small>
              {fault.next === undefined ? t('always') : `${t('once')} × ${fault.next}`} ·{' '}
              {t('hits', { n: fault.hits ?? 0 })}
            </small>
          </span>
          <button type="button" class="second" onClick={() => void remove(index)}>
            {t('remove')}
          </button>
        </div>
      ))}
      <h2>{t('faults')}</h2>
      {PRESETS.map(({ name, fault }) => (
        <div key={name} class="preset">
          <span class="grow">{t(name)}</span>
          <button type="button" class="second" onClick={() => void add({ ...fault, next: 1 })}>
            {t('once')}
          </button>
          <button type="button" class="second" onClick={() => void add(fault)}>
            {t('always')}
          </button>
        </div>
      ))}
      {deeds.map(({ name, body }) => (
        <div key={name} class="preset">
          <span class="grow">{t(name)}</span>
          <button type="button" class="second" onClick={() => void set(body)}>
            {t('now')}
          </button>
        </div>
      ))}
      <MenuCache />
      {said && (
        <p class="said-it" role="status">
          {said}
        </p>
      )}
    </div>
  );
}

/** Those that can still take effect. */
const live = (faults: Fault[]) => faults.filter((it) => it.next !== 0);

function label(fault: Fault, t: ReturnType<typeof useWords>) {
  const same = PRESETS.find(
    (it) =>
      it.fault.on === fault.on &&
      it.fault.path === fault.path &&
      JSON.stringify(it.fault.effect) === JSON.stringify(fault.effect),
  );
  return same ? t(same.name) : `${fault.on} ${fault.path ?? '*'}: ${JSON.stringify(fault.effect)}`;
}

/** Real phones keep a menu for five minutes; here they ask at once unless this is on. */
function MenuCache() {
  const t = useWords();
  const [settings, setSettings] = useState<Settings | null>(null);
  useEffect(() => void api.simulatorSettings().then(setSettings), []);
  if (!settings) return null;
  const on = settings.menu_cache_seconds > 0;
  const change = () =>
    void api
      .setSimulatorSettings({ ...settings, menu_cache_seconds: on ? 0 : 300 })
      .then(setSettings);
  return (
    <label class="preset">
      <span class="grow">{t('menuCache')}</span>
      <input type="checkbox" checked={on} onChange={change} />
    </label>
  );
}

function ClockRow() {
  const t = useWords();
  const language = useLanguage();
  const [offset, setOffset] = useState(0);
  const [, again] = useState(0);
  useEffect(() => {
    const load = () => void api.clock().then((now) => setOffset(now - Date.now()));
    load();
    const timer = setInterval(() => again((it) => it + 1), 1000);
    const stop = listen((frame) => {
      if (frame.clock || frame.hello) load();
    });
    return () => {
      clearInterval(timer);
      stop();
    };
  }, []);
  const steps = [
    { name: 'minute', seconds: 60 },
    { name: 'hour', seconds: 3600 },
    { name: 'twoDays', seconds: 172_800 },
  ] as const;
  const now = new Date(Date.now() + offset).toLocaleString(language, { hour12: false });
  return (
    <div class="clock">
      <span>
        <Icon name="auto" size={16} /> {t('clock')}
      </span>
      <b>{now}</b>
      <div class="two">
        {steps.map((step) => (
          <button
            key={step.name}
            type="button"
            class="second"
            onClick={() => void api.advance(step.seconds)}
          >
            {t('plus', { x: t(step.name) })}
          </button>
        ))}
      </div>
    </div>
  );
}
