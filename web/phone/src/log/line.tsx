import { useEffect, useRef, useState } from 'preact/hooks';
import type { Key } from '../i18n';
import { useLanguage, useWords } from '../prefs';
import type { Line } from '../types';
import { told } from './words';

interface Props {
  line: Line;
  account: string | undefined;
  onPush: (number: number) => void;
}

/** One line of the log; a tap shows what was on the wire. */
export function LogLine({ line, account, onPush }: Props) {
  const t = useWords();
  const language = useLanguage();
  const [open, setOpen] = useState(false);
  const entry = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open) entry.current?.scrollIntoView({ block: 'nearest' });
  }, [open]);
  const time = new Date(line.at).toLocaleTimeString('zh-CN', { hour12: false });
  return (
    <div ref={entry} class={`entry ${line.kind} ${line.ok ? '' : 'bad'}`}>
      <button type="button" class="head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class="time">{time}</span>
        <span class="tag">{t(`kind_${line.kind}` as Key)}</span>
        <span class="summary">{told(language, line.summary)}</span>
      </button>
      {open && (
        <div class="body">
          <p class="facts">
            <span>#{line.seq}</span>
            {account && <span>{account}</span>}
            {line.push !== undefined && (
              <button type="button" onClick={() => onPush(line.push ?? 0)}>
                {t('pushNumber', { n: line.push })}
              </button>
            )}
            {line.openid && <span class="id">{line.openid}</span>}
          </p>
          <Detail value={line.detail} />
        </div>
      )}
    </div>
  );
}

/** Members one below the other; XML and JSON inside text are set out in lines. */
function Detail({ value }: { value: Line['detail'] }) {
  if (!value) return null;
  return (
    <dl class="detail">
      {Object.entries(value)
        .filter(([, it]) => it !== null && it !== '')
        .map(([name, it]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <pre>{laidOut(it)}</pre>
            </dd>
          </div>
        ))}
    </dl>
  );
}

function laidOut(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value, null, 2);
  if (value.startsWith('{')) {
    try {
      return JSON.stringify(JSON.parse(value), null, 2);
    } catch {
      return value;
    }
  }
  if (value.startsWith('<xml>')) return value.replace(/></g, '>\n<').replace(/\]\]>\n</g, ']]><');
  return value;
}
