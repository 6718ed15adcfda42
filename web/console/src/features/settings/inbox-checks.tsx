import {
  CheckCircleFilled,
  ClockCircleOutlined,
  CloseCircleFilled,
  ReloadOutlined,
} from '@ant-design/icons';
import { Alert, Button, Skeleton } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '@/components/problem';
import type { CheckStep } from '@/lib/types';
import { useChecks } from './api';

const ICON = {
  ok: <CheckCircleFilled className="m-sent" />,
  failed: <CloseCircleFilled className="m-failed" />,
  waiting: <ClockCircleOutlined className="muted" />,
};

function Step({ step }: { step: CheckStep }) {
  const { t } = useTranslation('settings');
  const title = t(`check.${step.name}.title`, { defaultValue: step.name });
  const code = step.code?.replace(/^check\./, '') ?? '';
  const known = code ? t(`check.code.${code}`, { defaultValue: '' }) : '';
  const words = known || [step.message, step.advice].filter(Boolean).join(' ');
  return (
    <li className="check">
      <span className="check-icon">{ICON[step.state]}</span>
      <div>
        <b>{title}</b>
        {step.state === 'failed' ? (
          <Alert
            type="warning"
            style={{ marginTop: 6 }}
            title={words}
            description={
              known && (
                <details className="muted">
                  <summary>{t('check.detail')}</summary>
                  {step.message}
                </details>
              )
            }
          />
        ) : (
          <div className="muted">{words}</div>
        )}
      </div>
    </li>
  );
}

/** Looks step by step whether the account works, again every few seconds while something waits. */
export function InboxChecks({ inbox, watch = false }: { inbox: string; watch?: boolean }) {
  const { t } = useTranslation('settings');
  const checks = useChecks(inbox);
  const { mutate, isPending, data } = checks;
  const waiting = data?.steps.some((step) => step.state !== 'ok') ?? false;
  const started = useRef(false);
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    mutate();
  }, [mutate]);
  useEffect(() => {
    if (!watch || !waiting || isPending) return;
    const timer = setTimeout(() => mutate(), 4000);
    return () => clearTimeout(timer);
  }, [watch, waiting, isPending, mutate]);
  return (
    <div>
      {checks.isError && <ProblemAlert error={checks.error} onRetry={() => mutate()} />}
      {!data && isPending && <Skeleton active />}
      {data && (
        <>
          <ul className="checks">
            {data.steps.map((step) => (
              <Step key={step.name} step={step} />
            ))}
          </ul>
          {!waiting && <Alert type="success" showIcon title={t('check.all_ok')} />}
        </>
      )}
      <Button
        style={{ marginTop: 12 }}
        icon={<ReloadOutlined />}
        loading={isPending}
        onClick={() => mutate()}
      >
        {t(watch && waiting ? 'check.watching' : 'check.again')}
      </Button>
    </div>
  );
}
