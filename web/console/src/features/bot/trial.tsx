import { Alert, Button, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ContentView } from '@/components/content-view';
import { useReport } from '@/components/problem';
import { Reasons } from '@/components/reasons';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import type { Content, GenerationTrial } from '@/lib/types';
import { generateAnswer } from './api';

/** What a model would write for this question. Only on a press of the button: it costs a call of the day's budget. */
export function Trial({ asked }: { asked: Content }) {
  const { t } = useTranslation('bot');
  const report = useReport();
  const mayTry = useCan(PERMISSIONS.botEdit);
  const [busy, setBusy] = useState(false);
  const [trial, setTrial] = useState<GenerationTrial>();
  const generate = async () => {
    setBusy(true);
    try {
      setTrial(await generateAnswer(asked));
    } catch (error) {
      report.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <h3>{t('bench.generation')}</h3>
      <Space orientation="vertical" style={{ width: '100%' }} data-testid="generation-trial">
        <span className="muted">{t('bench.generation_hint')}</span>
        {mayTry && (
          <Button loading={busy} onClick={generate}>
            {t('bench.generate')}
          </Button>
        )}
        {trial && <Reasons reasons={[trial.reason]} />}
        {trial?.reply && <Alert type="success" title={<ContentView content={trial.reply} />} />}
        {trial && !trial.reply && trial.written && (
          <Alert
            type="warning"
            title={t('bench.not_said')}
            description={<span style={{ whiteSpace: 'pre-wrap' }}>{trial.written}</span>}
          />
        )}
      </Space>
    </>
  );
}
