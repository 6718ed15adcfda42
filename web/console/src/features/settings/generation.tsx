import { Alert, Button, Form, Input, InputNumber, Progress, Space, Switch, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Loaded } from '@/components/loaded';
import { Page } from '@/components/page';
import { ProblemAlert, useReport } from '@/components/problem';
import { reasonText } from '@/components/reasons';
import { useLeaveGuard } from '@/components/use-leave-guard';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fieldProblems } from '@/lib/problem';
import type { Generation } from '@/lib/types';
import { useGeneration, useSaveGeneration, useTryGeneration } from './api';
import './settings.css';

interface Fields {
  enabled: boolean;
  endpoint?: { url?: string; model?: string; key?: string };
  label: string;
  seconds: number;
  requests_a_day: number;
  tokens_a_day: number;
}

/** One question through the kept model. */
function Trial() {
  const { t } = useTranslation(['settings', 'reasons']);
  const trial = useTryGeneration();
  const { data } = trial;
  return (
    <Space orientation="vertical" style={{ width: '100%' }}>
      <Space wrap>
        <Button loading={trial.isPending} onClick={() => trial.mutate(undefined)}>
          {t('generation.try')}
        </Button>
        <span className="muted">{t('generation.try_hint')}</span>
      </Space>
      {trial.isError && <ProblemAlert error={trial.error} />}
      {data && (
        <Alert
          type={data.ok ? 'success' : 'warning'}
          showIcon
          data-testid="generation-check"
          title={t(data.ok ? 'generation.works' : 'generation.works_not')}
          description={
            <>
              <div>{reasonText(data.reason, t)}</div>
              {data.written && <div className="muted">{data.written}</div>}
            </>
          }
        />
      )}
    </Space>
  );
}

function Budget(props: { name: string; used: number; most: number }) {
  const { used, most } = props;
  const percent = Math.min(100, Math.round((100 * used) / most));
  return (
    <div>
      <Space>
        <span>{props.name}</span>
        <span className="muted">
          {used.toLocaleString()} / {most.toLocaleString()}
        </span>
      </Space>
      <Progress
        percent={percent}
        size="small"
        showInfo={false}
        status={percent >= 100 ? 'exception' : 'normal'}
      />
    </div>
  );
}

/** What today has cost, and what came of it. */
function Today({ kept }: { kept: Generation }) {
  const { t } = useTranslation('settings');
  const { today } = kept;
  return (
    <Space orientation="vertical" style={{ width: '100%' }} data-testid="generation-today">
      <Space wrap>
        <b>{t('generation.today')}</b>
        <Tag color="green">{t('generation.said', { n: today.said })}</Tag>
        <Tag>{t('generation.refused', { n: today.refused })}</Tag>
        <Tag>{t('generation.failed', { n: today.failed })}</Tag>
        <Tag>{t('generation.dropped', { n: today.dropped })}</Tag>
      </Space>
      {kept.resting && (
        <Alert type="warning" showIcon title={t('generation.resting')} style={{ width: '100%' }} />
      )}
      <Budget name={t('generation.requests')} used={today.requests} most={kept.requests_a_day} />
      <Budget name={t('generation.tokens')} used={today.tokens} most={kept.tokens_a_day} />
    </Space>
  );
}

function EndpointFields({ hasKey, isOn }: { hasKey: boolean; isOn: boolean }) {
  const { t } = useTranslation(['settings', 'common']);
  const required = { required: isOn, message: t('common:required') };
  return (
    <>
      <Form.Item
        name={['endpoint', 'url']}
        label={t('model.url')}
        extra={t('generation.url_hint')}
        rules={[required]}
      >
        <Input className="mono" placeholder="https://models.example.com/v1" maxLength={300} />
      </Form.Item>
      <Form.Item name={['endpoint', 'model']} label={t('model.model')} rules={[required]}>
        <Input className="mono" maxLength={300} />
      </Form.Item>
      <Form.Item
        name={['endpoint', 'key']}
        label={t('model.key')}
        extra={t(hasKey ? 'model.key_kept' : 'model.key_hint')}
      >
        <Input.Password className="mono" autoComplete="off" maxLength={1000} />
      </Form.Item>
    </>
  );
}

function LimitFields() {
  const { t } = useTranslation(['settings', 'common']);
  const required = { required: true, message: t('common:required') };
  return (
    <>
      <Form.Item
        name="label"
        label={t('generation.label')}
        extra={t('generation.label_hint')}
        rules={[required]}
      >
        <Input maxLength={100} />
      </Form.Item>
      <Space wrap size="large">
        <Form.Item name="seconds" label={t('generation.seconds')} rules={[required]}>
          <InputNumber min={3} max={60} />
        </Form.Item>
        <Form.Item name="requests_a_day" label={t('generation.requests_a_day')} rules={[required]}>
          <InputNumber min={1} max={1_000_000} />
        </Form.Item>
        <Form.Item name="tokens_a_day" label={t('generation.tokens_a_day')} rules={[required]}>
          <InputNumber min={1} max={1_000_000_000} step={10_000} style={{ width: 160 }} />
        </Form.Item>
      </Space>
    </>
  );
}

function Editor({ kept }: { kept: Generation }) {
  const { t } = useTranslation(['settings', 'common']);
  const mayEdit = useCan(PERMISSIONS.knowledgeModel);
  const report = useReport();
  const [form] = Form.useForm<Fields>();
  const [changed, setChanged] = useState(false);
  // What the form was filled from: `kept` is renewed behind it.
  const [version, setVersion] = useState(kept.version);
  const save = useSaveGeneration();
  const isOn = Form.useWatch('enabled', form) ?? kept.enabled;
  useLeaveGuard(changed);
  const submit = ({ endpoint, ...rest }: Fields) => {
    const { url, model = '', key } = endpoint ?? {};
    const place = url ? { endpoint: { url, model, ...(key ? { key } : {}) } } : {};
    save.mutate(
      { ...rest, ...place, version },
      {
        onSuccess: (saved) => {
          setVersion(saved.version);
          setChanged(false);
          form.setFieldValue(['endpoint', 'key'], undefined);
          report.done(t('common:saved'));
        },
        onError: (error) => {
          form.setFields(fieldProblems(error) as never);
          report.failed(error);
        },
      },
    );
  };
  const { enabled, endpoint, label, seconds, requests_a_day, tokens_a_day } = kept;
  return (
    <Page
      narrow
      title={t('common:nav.generation')}
      hint={t('generation.hint')}
      actions={
        mayEdit && (
          <Button
            type="primary"
            disabled={!changed}
            loading={save.isPending}
            onClick={() => form.submit()}
          >
            {t('common:save')}
          </Button>
        )
      }
    >
      <div className="panel" style={{ padding: 20 }}>
        <Form
          form={form}
          layout="vertical"
          disabled={!mayEdit}
          initialValues={{
            enabled,
            endpoint: endpoint && { url: endpoint.url, model: endpoint.model },
            label,
            seconds,
            requests_a_day,
            tokens_a_day,
          }}
          onValuesChange={() => setChanged(true)}
          onFinish={submit}
        >
          <Form.Item
            name="enabled"
            label={t('generation.enabled')}
            extra={t('generation.enabled_hint')}
            valuePropName="checked"
          >
            <Switch data-testid="generation-on" />
          </Form.Item>
          <Alert type="info" showIcon title={t('generation.leaves')} style={{ marginBottom: 16 }} />
          <EndpointFields hasKey={endpoint?.key_set ?? false} isOn={isOn} />
          <LimitFields />
        </Form>
      </div>
      <div className="panel" style={{ padding: 20, marginTop: 16 }}>
        <Space orientation="vertical" size="large" style={{ width: '100%' }}>
          {kept.enabled ? (
            <Today kept={kept} />
          ) : (
            <span className="muted">{t('generation.off')}</span>
          )}
          {mayEdit && kept.endpoint && !changed && <Trial key={kept.version} />}
        </Space>
      </div>
    </Page>
  );
}

/** Answers that a model writes where no written one is sure. */
export default function GenerationPage() {
  const { t } = useTranslation();
  const kept = useGeneration();
  return (
    <Loaded title={t('nav.generation')} query={kept}>
      {(it) => <Editor kept={it} />}
    </Loaded>
  );
}
