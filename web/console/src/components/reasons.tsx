import { CheckCircleFilled, MinusCircleOutlined, StopFilled } from '@ant-design/icons';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
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
          <span>{reasonText(reason, t)}</span>
        </li>
      ))}
    </ol>
  );
}
