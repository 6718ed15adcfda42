import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { fullMoment } from '@/lib/time';
import type { Inbox } from '@/lib/types';

type Trouble = NonNullable<Inbox['troubles']>[number];

/** `wechat.not_allowed` as a key of the words. */
const nameOf = (code: string) => code.replaceAll('.', '_');

function TroubleAlert({ trouble }: { trouble: Trouble }) {
  const { t } = useTranslation('settings');
  const { feature, code, message, since, until } = trouble;
  return (
    <Alert
      type="warning"
      showIcon
      title={t(`trouble.${feature}`, { defaultValue: message })}
      description={
        <>
          <div>{t(`trouble.code.${nameOf(code)}`, { defaultValue: message })}</div>
          <div className="muted">
            {t('trouble.since', { at: fullMoment(since) })}
            {until && t('trouble.until', { at: fullMoment(until) })}
          </div>
          <details className="muted">
            <summary>{t('check.detail')}</summary>
            {message}
          </details>
        </>
      }
    />
  );
}

/** What the platform refuses to the account, and what to do about it. */
export function InboxTroubles({ inbox }: { inbox: Inbox }) {
  const troubles = inbox.troubles ?? [];
  if (troubles.length === 0) return null;
  return (
    <div style={{ display: 'grid', gap: 12, marginBottom: 16 }}>
      {troubles.map((trouble) => (
        <TroubleAlert key={trouble.feature} trouble={trouble} />
      ))}
    </div>
  );
}
