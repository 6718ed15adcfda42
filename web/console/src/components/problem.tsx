import { Alert, App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { explain, isKnown, problemOf } from '@/lib/problem';

/** A refusal in plain words, with a way on. */
export function ProblemAlert({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const { code, status } = problemOf(error);
  // the stable name helps the engineer whom one asks when the server failed
  const forEngineer = status >= 500 || !isKnown(error);
  return (
    <Alert
      type={status === 403 ? 'warning' : 'error'}
      showIcon
      title={explain(error)}
      description={forEngineer && <span className="muted mono">{code}</span>}
      action={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            {t('retry')}
          </Button>
        )
      }
    />
  );
}

/** Shows a failed act as a message that does not cover the work. */
export function useReport() {
  const { message } = App.useApp();
  return {
    failed: (error: unknown) => message.error(explain(error), 6),
    /** What the page itself will not send: the words say what to mend. */
    refused: (words: string) => message.error(words, 6),
    done: (text: string) => message.success(text),
  };
}
