import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Key } from '../i18n';
import { Icon } from '../icons';
import { listen } from '../live';
import { useWords } from '../prefs';
import type { Account, Line, LineKind } from '../types';
import { LogLine } from './line';

const KINDS: LineKind[] = ['push', 'attempt', 'reply', 'failure', 'api_call', 'fault', 'note'];
/** Lines kept on the page. */
const KEPT = 600;

interface Props {
  accounts: Account[];
  /** Show only this push, when one was chosen on a phone. */
  push: number | null;
  onPush: (number: number | null) => void;
}

/** What the platform did, newest below. */
export function LogPanel({ accounts, push, onPush }: Props) {
  const t = useWords();
  const [lines, setLines] = useState<Line[]>([]);
  const [hidden, setHidden] = useState<Set<LineKind>>(new Set());
  const [words, setWords] = useState('');
  const [errors, setErrors] = useState(false);
  const [follow, setFollow] = useState(true);
  const list = useRef<HTMLDivElement>(null);

  useEffect(() => {
    // Many lines in one moment are drawn once.
    let waiting: Line[] = [];
    let drawn = 0;
    const draw = () => {
      const fresh = waiting;
      waiting = [];
      drawn = 0;
      setLines((all) => [...all, ...fresh].slice(-KEPT));
    };
    const stop = listen((frame) => {
      if (!frame.log) return;
      waiting.push(frame.log);
      drawn ||= requestAnimationFrame(draw);
    });
    return () => {
      cancelAnimationFrame(drawn);
      stop();
    };
  }, []);

  const shown = useMemo(() => {
    const wanted = words.trim().toLowerCase();
    return lines.filter(
      (line) =>
        (push === null || line.push === push) &&
        !hidden.has(line.kind) &&
        (!errors || !line.ok) &&
        (!wanted ||
          `${line.summary} ${JSON.stringify(line.detail)}`.toLowerCase().includes(wanted)),
    );
  }, [lines, push, hidden, errors, words]);

  useEffect(() => {
    if (follow && shown.length > 0) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [shown, follow]);

  const toggle = (kind: LineKind) => {
    const next = new Set(hidden);
    if (!next.delete(kind)) next.add(kind);
    setHidden(next);
  };
  const name = (app: string | undefined) => accounts.find((it) => it.app_id === app)?.name;

  return (
    <div class="log">
      <div class="filters">
        <input
          type="search"
          value={words}
          placeholder={t('filter')}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
        <button type="button" class="chip" aria-pressed={errors} onClick={() => setErrors(!errors)}>
          {t('onlyErrors')}
        </button>
        <button type="button" class="chip" aria-pressed={follow} onClick={() => setFollow(!follow)}>
          {t('follow_log')}
        </button>
        <button type="button" class="chip plain" onClick={() => setLines([])}>
          {t('clear')}
        </button>
      </div>
      <div class="filters kinds">
        {KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            class={`chip kind ${kind}`}
            aria-pressed={!hidden.has(kind)}
            onClick={() => toggle(kind)}
          >
            {t(`kind_${kind}` as Key)}
          </button>
        ))}
        {push !== null && (
          <button type="button" class="chip one" onClick={() => onPush(null)}>
            {t('pushNumber', { n: push })} <Icon name="close" size={12} />
          </button>
        )}
      </div>
      <div class="lines" ref={list}>
        {shown.map((line) => (
          <LogLine key={line.seq} line={line} account={name(line.app_id)} onPush={onPush} />
        ))}
        {shown.length === 0 && <p class="empty quiet">{t('emptyLog')}</p>}
      </div>
    </div>
  );
}
