import { PlusOutlined } from '@ant-design/icons';
import { Alert, Button, Checkbox, Form, Input, Modal, Popconfirm, Select, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable, NoRows, whole } from '@/components/list';
import { Page } from '@/components/page';
import { ProblemAlert, useReport } from '@/components/problem';
import { useSession } from '@/lib/session';
import { fullMoment } from '@/lib/time';
import type { ApiKey, Permission } from '@/lib/types';
import { useApiKeys, useCreateApiKey, useRevokeApiKey } from './api';
import { CopyLine } from './copy-line';
import './settings.css';

function NewKey({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation(['settings', 'common']);
  const { permissions } = useSession();
  const [form] = Form.useForm<{ name: string; scopes: Permission[]; days: number }>();
  const create = useCreateApiKey();
  const close = () => {
    create.reset();
    onClose();
  };
  const required = { required: true, message: t('common:required') };
  return (
    <Modal
      open={open}
      title={t('key.new')}
      okText={t(create.data ? 'common:done' : 'common:create')}
      cancelButtonProps={create.data ? { style: { display: 'none' } } : undefined}
      confirmLoading={create.isPending}
      destroyOnHidden
      width={600}
      mask={{ closable: false }}
      onCancel={close}
      onOk={() => (create.data ? close() : form.submit())}
    >
      {create.data ? (
        <>
          <Alert type="warning" showIcon title={t('key.once')} style={{ marginBottom: 16 }} />
          <CopyLine label={t('key.key')} value={create.data.key} />
        </>
      ) : (
        <Form
          form={form}
          layout="vertical"
          preserve={false}
          initialValues={{ days: 365, scopes: [] }}
          onFinish={({ name, scopes, days }) =>
            create.mutate({ name, scopes, ...(days > 0 ? { expires_in_days: days } : {}) })
          }
        >
          <Form.Item
            name="name"
            label={t('key.name')}
            rules={[required]}
            extra={t('key.name_hint')}
          >
            <Input maxLength={100} autoFocus />
          </Form.Item>
          <Form.Item name="scopes" label={t('key.scopes')} rules={[required]}>
            <Checkbox.Group
              className="scopes"
              options={permissions.map((name) => ({
                value: name,
                label: t(`permission.${name.replace('.', '_')}`, { defaultValue: name }),
              }))}
            />
          </Form.Item>
          <Form.Item name="days" label={t('key.expires')}>
            <Select
              options={[30, 90, 365, 0].map((value) => ({
                value,
                label: value ? t('key.days', { n: value }) : t('key.never'),
              }))}
            />
          </Form.Item>
          {create.isError && <ProblemAlert error={create.error} />}
        </Form>
      )}
    </Modal>
  );
}

export default function ApiKeys() {
  const { t } = useTranslation(['settings', 'common']);
  const [creating, setCreating] = useState(false);
  const keys = useApiKeys();
  const revoke = useRevokeApiKey();
  const report = useReport();
  const create = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
      {t('key.new')}
    </Button>
  );
  return (
    <Page
      title={t('common:nav.api_keys')}
      hint={
        <>
          {t('key.hint')}{' '}
          <a href="/docs" target="_blank" rel="noreferrer">
            {t('key.docs')}
          </a>
        </>
      }
      actions={create}
    >
      <ListTable<ApiKey>
        rowKey="id"
        width={720}
        list={whole(keys)}
        empty={<NoRows empty={t('key.empty')}>{create}</NoRows>}
        columns={[
          {
            title: t('key.name'),
            render: (_, key) => (
              <>
                <b>{key.name}</b> {key.prefix && <span className="muted mono">{key.prefix}…</span>}
              </>
            ),
          },
          {
            title: t('key.scopes'),
            render: (_, key) =>
              key.scopes.map((name) => (
                <Tag key={name}>
                  {t(`permission.${name.replace('.', '_')}`, { defaultValue: name })}
                </Tag>
              )),
          },
          {
            title: t('key.expires'),
            width: 150,
            render: (_, key) => (key.expires_at ? fullMoment(key.expires_at) : t('key.never')),
          },
          {
            title: t('key.last_used'),
            width: 150,
            render: (_, key) => fullMoment(key.last_used_at),
          },
          {
            width: 90,
            render: (_, key) => (
              <Popconfirm
                title={t('key.revoke_title')}
                description={t('key.revoke_text')}
                okText={t('key.revoke')}
                okButtonProps={{ danger: true }}
                onConfirm={() => revoke.mutate(key.id, { onError: report.failed })}
              >
                <Button type="link" size="small" danger>
                  {t('key.revoke')}
                </Button>
              </Popconfirm>
            ),
          },
        ]}
      />
      <NewKey open={creating} onClose={() => setCreating(false)} />
    </Page>
  );
}
