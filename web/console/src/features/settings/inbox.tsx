import { ArrowLeftOutlined } from '@ant-design/icons';
import { App, Button, Form, Skeleton, Switch, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/page';
import { ProblemAlert, useReport } from '@/components/problem';
import { useGo, useParam } from '@/lib/go';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fieldProblems } from '@/lib/problem';
import { fullMoment } from '@/lib/time';
import type { Inbox, InboxSecrets } from '@/lib/types';
import { type InboxInput, useEditInbox, useInbox } from './api';
import { CopyLine, callbackUrl } from './copy-line';
import { InboxChecks } from './inbox-checks';
import { AccountFields, SecretFields } from './inbox-fields';
import { InboxTroubles } from './inbox-troubles';
import { tidyInbox } from './inbox-wizard';
import './settings.css';

/** Only the secrets that were typed anew. */
function typedSecrets(secrets: InboxSecrets = {}): InboxSecrets {
  return Object.fromEntries(Object.entries(secrets).filter(([, value]) => value));
}

function Editor({ inbox, onSaved }: { inbox: Inbox; onSaved: () => void }) {
  const { t } = useTranslation(['settings', 'common']);
  const mayEdit = useCan(PERMISSIONS.inboxEdit);
  const report = useReport();
  const [form] = Form.useForm<InboxInput>();
  const edit = useEditInbox(inbox.id);
  const submit = (values: InboxInput) => {
    const secrets = typedSecrets(values.secrets);
    const { name, settings } = tidyInbox(values);
    edit.mutate(
      { name, settings, ...(Object.keys(secrets).length > 0 ? { secrets } : {}) },
      {
        onSuccess: () => {
          form.setFieldValue('secrets', {});
          onSaved();
          report.done(t('common:saved'));
        },
        onError: (error) => {
          form.setFields(fieldProblems(error) as never);
          report.failed(error);
        },
      },
    );
  };
  return (
    <Form
      form={form}
      layout="vertical"
      disabled={!mayEdit}
      initialValues={{ name: inbox.name, settings: inbox.settings }}
      onFinish={submit}
    >
      <AccountFields />
      <SecretFields set={inbox.secrets_set} />
      {mayEdit && (
        <Button type="primary" htmlType="submit" loading={edit.isPending}>
          {t('common:save')}
        </Button>
      )}
    </Form>
  );
}

function EnabledSwitch({ inbox }: { inbox: Inbox }) {
  const { t } = useTranslation(['settings', 'common']);
  const { modal } = App.useApp();
  const report = useReport();
  const edit = useEditInbox(inbox.id);
  const set = (disabled: boolean) => edit.mutateAsync({ disabled }).catch(report.failed);
  const ask = (enabled: boolean) => {
    if (enabled) set(false);
    else {
      modal.confirm({
        title: t('inbox.off_title', { name: inbox.name }),
        content: t('inbox.off_text'),
        okButtonProps: { danger: true },
        okText: t('inbox.off'),
        onOk: () => set(true),
      });
    }
  };
  return (
    <Switch
      checked={!inbox.disabled}
      loading={edit.isPending}
      checkedChildren={t('common:enabled')}
      unCheckedChildren={t('common:disabled')}
      onChange={ask}
    />
  );
}

export default function InboxPage() {
  const { t } = useTranslation(['settings', 'common']);
  const go = useGo();
  const mayEdit = useCan(PERMISSIONS.inboxEdit);
  const inbox = useInbox(useParam('inbox'));
  // what was saved is looked at anew
  const [saves, setSaves] = useState(0);
  if (inbox.isError) {
    return (
      <Page title={t('common:nav.inboxes')}>
        <ProblemAlert error={inbox.error} onRetry={() => inbox.refetch()} />
      </Page>
    );
  }
  if (!inbox.data) return <Skeleton active style={{ padding: 32 }} />;
  const { data } = inbox;
  return (
    <Page
      title={
        <>
          {data.name} {data.disabled && <Tag color="red">{t('common:disabled')}</Tag>}
        </>
      }
      hint={
        data.last_inbound_at
          ? t('inbox.last', { at: fullMoment(data.last_inbound_at) })
          : t('inbox.never')
      }
      actions={
        <>
          {mayEdit && <EnabledSwitch inbox={data} />}
          <Button icon={<ArrowLeftOutlined />} onClick={() => go('/settings/inboxes')}>
            {t('common:back')}
          </Button>
        </>
      }
    >
      <InboxTroubles inbox={data} />
      <div className="row-2">
        <div className="panel" style={{ padding: 20 }}>
          <Editor key={data.id} inbox={data} onSaved={() => setSaves((count) => count + 1)} />
        </div>
        <div style={{ display: 'grid', gap: 16, minWidth: 0 }}>
          <div className="panel" style={{ padding: 20 }}>
            <h3 style={{ marginTop: 0 }}>{t('inbox.callback')}</h3>
            <CopyLine label="URL" value={callbackUrl(data.hook_url)} />
            <p className="muted">{t('inbox.callback_hint')}</p>
          </div>
          {mayEdit && (
            <div className="panel" style={{ padding: 20 }}>
              <h3 style={{ marginTop: 0 }}>{t('check.title')}</h3>
              <InboxChecks key={saves} inbox={data.id} />
            </div>
          )}
        </div>
      </div>
    </Page>
  );
}
