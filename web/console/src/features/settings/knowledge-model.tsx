import { Alert, Button, Form, Input, Progress, Radio, Space, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Loaded } from '@/components/loaded';
import { Page } from '@/components/page';
import { ProblemAlert, useReport } from '@/components/problem';
import { useLeaveGuard } from '@/components/use-leave-guard';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { explainCode, fieldProblems } from '@/lib/problem';
import type { KnowledgeModel } from '@/lib/types';
import { useKnowledgeModel, useSaveKnowledgeModel, useTryKnowledgeModel } from './api';
import './settings.css';

const KINDS = ['off', 'local', 'endpoint'] as const;

interface Fields {
  kind: KnowledgeModel['kind'];
  endpoint?: { url: string; model: string; key?: string };
}

type Trouble = NonNullable<KnowledgeModel['trouble']>;

function TroubleAlert({ trouble }: { trouble: Trouble }) {
  const { t } = useTranslation('settings');
  return (
    <Alert
      type="warning"
      showIcon
      title={explainCode(trouble.code) ?? trouble.message}
      description={
        <>
          <div>{t('model.goes_on')}</div>
          <details className="muted">
            <summary>{t('check.detail')}</summary>
            {trouble.message}
          </details>
        </>
      }
    />
  );
}

/** How far the chosen model is. */
function State({ model }: { model: KnowledgeModel }) {
  const { t } = useTranslation('settings');
  if (model.state === 'off') return <p className="muted">{t('model.state.off')}</p>;
  if (model.state === 'trouble' && model.trouble) return <TroubleAlert trouble={model.trouble} />;
  const percent = model.total > 0 ? Math.floor((100 * model.done) / model.total) : 0;
  return (
    <>
      <p>
        <Tag color={model.state === 'ready' ? 'green' : 'blue'}>
          {t(`model.tag.${model.state === 'ready' ? 'ready' : 'preparing'}`)}
        </Tag>
        {t(`model.state.${model.state === 'ready' ? 'ready' : 'preparing'}`, {
          done: model.done,
          total: model.total,
        })}
      </p>
      {model.state === 'preparing' && <Progress percent={percent} size="small" />}
    </>
  );
}

/** One sentence through the kept model. */
function Trial() {
  const { t } = useTranslation('settings');
  const trial = useTryKnowledgeModel();
  const { data } = trial;
  return (
    <Space orientation="vertical" style={{ width: '100%' }}>
      <Button loading={trial.isPending} onClick={() => trial.mutate(undefined)}>
        {t('model.try')}
      </Button>
      {trial.isError && <ProblemAlert error={trial.error} />}
      {data?.ok && (
        <Alert
          type="success"
          showIcon
          title={t('model.works', { ms: data.milliseconds, dimensions: data.dimensions })}
        />
      )}
      {data?.trouble && <TroubleAlert trouble={data.trouble} />}
    </Space>
  );
}

function EndpointFields({ hasKey }: { hasKey: boolean }) {
  const { t } = useTranslation(['settings', 'common']);
  const required = { required: true, message: t('common:required') };
  return (
    <>
      <Alert type="info" showIcon title={t('model.leaves')} style={{ marginBottom: 16 }} />
      <Form.Item
        name={['endpoint', 'url']}
        label={t('model.url')}
        extra={t('model.url_hint')}
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

function Editor({ model }: { model: KnowledgeModel }) {
  const { t } = useTranslation(['settings', 'common']);
  const mayEdit = useCan(PERMISSIONS.knowledgeModel);
  const report = useReport();
  const [form] = Form.useForm<Fields>();
  const [changed, setChanged] = useState(false);
  // What the form was filled from: `model` is renewed behind it while it prepares.
  const [version, setVersion] = useState(model.version);
  const save = useSaveKnowledgeModel();
  const kind = Form.useWatch('kind', form) ?? model.kind;
  useLeaveGuard(changed);
  const submit = ({ kind: chosen, endpoint }: Fields) => {
    const { url = '', model: name = '', key } = endpoint ?? {};
    const body =
      chosen === 'endpoint'
        ? { kind: chosen, endpoint: { url, model: name, ...(key ? { key } : {}) } }
        : { kind: chosen };
    save.mutate(
      { ...body, version },
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
  return (
    <Page
      narrow
      title={t('common:nav.knowledge_model')}
      hint={t('model.hint')}
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
          initialValues={{ kind: model.kind, endpoint: model.endpoint ?? undefined }}
          onValuesChange={() => setChanged(true)}
          onFinish={submit}
        >
          <Form.Item name="kind" label={t('model.which')}>
            <Radio.Group
              options={KINDS.map((value) => ({
                value,
                label: (
                  <span>
                    {t(`model.kind.${value}`)}
                    <span className="muted"> {t(`model.kind_hint.${value}`)}</span>
                  </span>
                ),
              }))}
              style={{ display: 'grid', gap: 8 }}
            />
          </Form.Item>
          {kind === 'endpoint' && <EndpointFields hasKey={model.endpoint?.key_set ?? false} />}
        </Form>
      </div>
      <div className="panel" style={{ padding: 20, marginTop: 16 }}>
        <State model={model} />
        {mayEdit && model.kind !== 'off' && !changed && <Trial key={model.version} />}
      </div>
    </Page>
  );
}

/** Which model compares meanings in the own tenant's knowledge base. */
export default function KnowledgeModelPage() {
  const { t } = useTranslation();
  const model = useKnowledgeModel();
  return (
    <Loaded title={t('nav.knowledge_model')} query={model}>
      {(kept) => <Editor model={kept} />}
    </Loaded>
  );
}
