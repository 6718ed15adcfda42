import { TeamOutlined } from '@ant-design/icons';
import { Button, Modal, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert, useReport } from '@/components/problem';
import { useKnowledgeSettings, useSaveSettings } from './api';

/** How the editors work together: a small dialog for who may set it. */
export function Rules() {
  const { t } = useTranslation(['knowledge', 'common']);
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
        )}
      </Modal>
    </>
  );
}
