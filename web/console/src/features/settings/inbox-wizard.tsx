import { ArrowLeftOutlined } from '@ant-design/icons';
import { Alert, Button, Form, Steps } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/page';
import { ProblemAlert, useReport } from '@/components/problem';
import { useGo } from '@/lib/go';
import { fieldProblems } from '@/lib/problem';
import type { Inbox } from '@/lib/types';
import { type InboxInput, useConnectInbox } from './api';
import { CopyLine, callbackUrl } from './copy-line';
import { InboxChecks } from './inbox-checks';
import { AccountFields, SecretFields } from './inbox-fields';
import { randomText } from './secrets';
import './settings.css';

/** Leaves an empty platform address out. */
export function tidyInbox(input: InboxInput): InboxInput {
  const { api_base, ...settings } = input.settings;
  return { ...input, settings: api_base?.trim() ? { ...settings, api_base } : settings };
}

/** What is to be typed into the platform's console. */
function Copying({ inbox, input }: { inbox: Inbox; input: InboxInput }) {
  const { t } = useTranslation('settings');
  return (
    <>
      <Alert
        type="info"
        showIcon
        title={t('wizard.copy_title')}
        description={t('wizard.copy_text')}
        style={{ marginBottom: 16 }}
      />
      <CopyLine label={t('inbox.callback')} value={callbackUrl(inbox.hook_url)} />
      <CopyLine label={t('inbox.token')} value={input.secrets.token ?? ''} />
      <CopyLine label={t('inbox.aes_key')} value={input.secrets.aes_key ?? ''} />
      <CopyLine label={t('inbox.mode')} value={t(`inbox.modes.${inbox.settings.mode}`)} />
      {!/^https:|:80\b/.test(callbackUrl(inbox.hook_url)) && (
        <Alert type="warning" showIcon title={t('wizard.port')} style={{ marginTop: 16 }} />
      )}
    </>
  );
}

/** Connects a WeChat account: its data, what to copy into the platform, and the checks. */
export default function InboxWizard() {
  const { t } = useTranslation(['settings', 'common']);
  const go = useGo();
  const report = useReport();
  const [form] = Form.useForm<InboxInput>();
  const [step, setStep] = useState(0);
  const [made, setMade] = useState<{ inbox: Inbox; input: InboxInput } | null>(null);
  const connect = useConnectInbox();
  const submit = (values: InboxInput) => {
    const input = tidyInbox(values);
    const known = made?.inbox.id;
    connect.mutate(
      { ...input, made: known },
      {
        onSuccess: (inbox) => {
          setMade({ inbox, input });
          setStep(1);
        },
        onError: (error) => {
          form.setFields(fieldProblems(error) as never);
          report.failed(error);
        },
      },
    );
  };
  return (
    <Page
      narrow
      title={t('wizard.title')}
      hint={t('wizard.hint')}
      actions={
        <Button icon={<ArrowLeftOutlined />} onClick={() => go('/settings/inboxes')}>
          {t('common:back')}
        </Button>
      }
    >
      <div className="panel" style={{ padding: 24 }}>
        <Steps
          size="small"
          current={step}
          style={{ marginBottom: 28 }}
          items={['account', 'copy', 'check'].map((name) => ({ title: t(`wizard.${name}`) }))}
        />
        {step === 0 && (
          <Form
            form={form}
            layout="vertical"
            initialValues={{
              settings: { account_kind: 'service', mode: 'safe' },
              secrets: { token: randomText(24), aes_key: randomText(43) },
            }}
            onFinish={submit}
          >
            <AccountFields />
            <SecretFields set={[]} />
            {connect.isError && <ProblemAlert error={connect.error} />}
            <div className="kb-acts">
              <Button type="primary" htmlType="submit" loading={connect.isPending}>
                {t('common:next')}
              </Button>
            </div>
          </Form>
        )}
        {step === 1 && made && (
          <>
            <Copying {...made} />
            <div className="kb-acts">
              <Button onClick={() => setStep(0)}>{t('common:previous')}</Button>
              <Button type="primary" onClick={() => setStep(2)}>
                {t('wizard.copied')}
              </Button>
            </div>
          </>
        )}
        {step === 2 && made && (
          <>
            <InboxChecks inbox={made.inbox.id} watch />
            <div className="kb-acts">
              <Button onClick={() => setStep(0)}>{t('wizard.mend')}</Button>
              <Button onClick={() => setStep(1)}>{t('common:previous')}</Button>
              <Button type="primary" onClick={() => go(`/settings/inboxes/${made.inbox.id}`)}>
                {t('common:done')}
              </Button>
            </div>
          </>
        )}
      </div>
    </Page>
  );
}
