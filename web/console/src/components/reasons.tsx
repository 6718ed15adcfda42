import { CheckCircleFilled, MinusCircleOutlined, StopFilled } from '@ant-design/icons';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useGo } from '@/lib/go';
import type { Reason } from '@/lib/types';
import './reasons.css';

function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown).join('、');
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toFixed(2);
  if (value && typeof value === 'object') return JSON.stringify(value);
  return value;
}

/** One step of a decision as a sentence, made from its code and figures. */
export function reasonText(reason: Reason, t: TFunction): string {
  const params = Object.fromEntries(
    Object.entries(reason.params ?? {}).map(([name, value]) => [name, shown(value)]),
  );
  if (params.cause) {
    params.why = t(`reasons:cause.${params.cause}`, { ...params, defaultValue: `${params.why}` });
  }
  const key = `reasons:code.${reason.code.replaceAll('.', '_')}`;
  const known = t(key, { ...params, defaultValue: '' });
  if (known) return known;
  const figures = Object.entries(params).map(([name, value]) => `${name}: ${value}`);
  return [t(`reasons:outcome.${reason.outcome}`), ...figures].join(' · ');
}

const ICON = {
  matched: <CheckCircleFilled className="r-matched" />,
  passed: <MinusCircleOutlined className="r-passed" />,
  stopped: <StopFilled className="r-stopped" />,
};

/** Who wrote a generated answer, how long it took, what it cost, and the entries that it cites. */
function Written({ reason }: { reason: Reason }) {
  const { t } = useTranslation('reasons');
  const go = useGo();
  const { model, milliseconds, tokens, entries, questions } = (reason.params ?? {}) as Call;
  if (!model) return null;
  const seconds = ((milliseconds ?? 0) / 1000).toFixed(1);
  return (
    <>
      {entries?.map((entry, nth) => (
        <button
          type="button"
          className="plain r-entry"
          key={entry}
          data-testid="citation"
          onClick={() => go(`/knowledge/entries/${entry}`)}
        >
          [{nth + 1}] {questions?.[nth]}
        </button>
      ))}
      <small className="muted">
        {tokens === undefined
          ? t('written', { model, seconds })
          : t('written_tokens', { model, seconds, tokens })}
      </small>
    </>
  );
}

interface Call {
  model?: string;
  milliseconds?: number;
  tokens?: number;
  entries?: string[];
  questions?: string[];
}

/** Whether a model wrote what was said. */
export function isGenerated(reasons: Reason[] | null | undefined): boolean {
  return reasons?.some((reason) => reason.code === 'generation.said') ?? false;
}

/** The steps of one decision, in the order they were taken. */
export function Reasons({ reasons }: { reasons: Reason[] }) {
  const { t } = useTranslation('reasons');
  if (reasons.length === 0) return <span className="muted">{t('none')}</span>;
  return (
    <ol className="reasons">
      {reasons.map((reason, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a stored decision never changes
        <li key={index} className={reason.outcome}>
          {ICON[reason.outcome]}
          <b>{t(`step.${reason.step}`, { defaultValue: reason.step })}</b>
          <span>
            {reasonText(reason, t)}
            {reason.step === 'generation' && <Written reason={reason} />}
          </span>
        </li>
      ))}
    </ol>
  );
}
