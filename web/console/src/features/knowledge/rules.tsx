import { TeamOutlined } from '@ant-design/icons';
import { Button, InputNumber, Modal, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert, useReport } from '@/components/problem';
import { useKnowledgeSettings, useSaveSettings } from './api';

/** How the editors work together: a small dialog for who may set it. */
export function Rules() {
  const { t } = useTranslation(['knowledge', 'common', 'guard']);
  const [open, setOpen] = useState(false);
  const settings = useKnowledgeSettings();
  const save = useSaveSettings();
  const report = useReport();
  const { data } = settings;
  return (
    <>
      <Button icon={<TeamOutlined />} onClick={() => setOpen(true)}>
        {t('rules.title')}
      </Button>
      <Modal open={open} title={t('rules.title')} footer={null} onCancel={() => setOpen(false)}>
        {settings.isError && (
          <ProblemAlert error={settings.error} onRetry={() => settings.refetch()} />
        )}
        {data && (
          <>
            <div className="rule">
              <div className="grow">
                <b>{t('rules.four_eyes')}</b>
                <div className="muted">{t('rules.four_eyes_text')}</div>
              </div>
              <Switch
                aria-label={t('rules.four_eyes')}
                checked={data.four_eyes}
                loading={save.isPending}
                onChange={(four_eyes) =>
                  save.mutate(
                    { ...data, four_eyes },
                    { onSuccess: () => report.done(t('common:saved')), onError: report.failed },
                  )
                }
              />
            </div>
            <div className="rule">
              <div className="grow">
                <b>{t('guard:replayed')}</b>
                <div className="muted">{t('guard:replayed_text')}</div>
              </div>
              <InputNumber
                aria-label={t('guard:replayed')}
                min={0}
                max={1000}
                precision={0}
                step={50}
                defaultValue={data.replayed_questions}
                key={data.version}
                onBlur={({ target }) => {
                  // an emptied field asks for nothing; what is too much is cut as the field cuts it
                  const typed = Math.round(Number(target.value));
                  if (!target.value.trim() || Number.isNaN(typed)) return;
                  const replayed_questions = Math.min(1000, Math.max(0, typed));
                  if (replayed_questions === data.replayed_questions) return;
                  save.mutate(
                    { ...data, replayed_questions },
                    { onSuccess: () => report.done(t('common:saved')), onError: report.failed },
                  );
                }}
              />
            </div>
          </>
        )}
      </Modal>
    </>
  );
}
