import { PlusOutlined } from '@ant-design/icons';
import { App, Button, Divider, Form, Input, Select, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '@/components/form-dialog';
import { ListTable, NoRows, whole } from '@/components/list';
import { Page } from '@/components/page';
import { useReport } from '@/components/problem';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fullMoment } from '@/lib/time';
import type { Tenant } from '@/lib/types';
import { type TenantInput, useCreateTenant, useEditTenant, useTenants } from './api';
import { NewPasswordField, useAccountRules } from './user-dialogs';

/** The time zones the browser knows; the server knows the same names. */
function zones() {
  return Intl.supportedValuesOf('timeZone').map((value) => ({ value, label: value }));
}

function RenameDialog({ tenant, onClose }: { tenant?: Tenant; onClose: () => void }) {
  const { t } = useTranslation(['settings', 'common']);
  const rules = useAccountRules();
  const edit = useEditTenant();
  return (
    <FormDialog<{ name: string; region?: string }>
      open={tenant !== undefined}
      title={t('member.edit_title')}
      initialValues={{ name: tenant?.name, region: tenant?.region ?? '' }}
      done={t('common:saved')}
      submit={({ name, region }) => edit.mutateAsync({ id: tenant?.id ?? '', name, region })}
      onClose={onClose}
    >
      <Form.Item name="name" label={t('member.name')} rules={[rules.required]}>
        <Input maxLength={100} autoFocus />
      </Form.Item>
      <Form.Item name="region" label={t('member.region')} extra={t('member.region_hint')}>
        <Input maxLength={50} />
      </Form.Item>
    </FormDialog>
  );
}

function NewMember({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation(['settings', 'common']);
  const rules = useAccountRules();
  const create = useCreateTenant();
  return (
    <FormDialog<TenantInput>
      open={open}
      title={t('member.new')}
      okText={t('common:create')}
      initialValues={{ time_zone: 'Asia/Shanghai' }}
      done={t('member.created')}
      submit={create.mutateAsync}
      onClose={onClose}
    >
      <Form.Item name="name" label={t('member.name')} rules={[rules.required]}>
        <Input maxLength={100} autoFocus />
      </Form.Item>
      <Form.Item
        name="code"
        label={t('member.code')}
        extra={t('member.code_hint')}
        rules={[
          rules.required,
          { pattern: /^[a-z0-9][a-z0-9-]{0,30}[a-z0-9]$/, message: t('member.code_hint') },
        ]}
      >
        <Input className="mono" />
      </Form.Item>
      <Form.Item
        name="time_zone"
        label={t('member.time_zone')}
        extra={t('member.time_zone_hint')}
        rules={[rules.required]}
      >
        <Select showSearch options={zones()} />
      </Form.Item>
      <Divider titlePlacement="start" plain>
        {t('member.administrator')}
      </Divider>
      <Form.Item name={['administrator', 'name']} label={t('user.name')} rules={[rules.required]}>
        <Input />
      </Form.Item>
      <Form.Item name={['administrator', 'login']} label={t('user.login')} rules={rules.login}>
        <Input autoComplete="off" />
      </Form.Item>
      <NewPasswordField name={['administrator', 'password']} />
    </FormDialog>
  );
}

/** The member companies, for headquarters. */
export default function Members() {
  const { t } = useTranslation(['settings', 'common']);
  const { modal } = App.useApp();
  const mayManage = useCan(PERMISSIONS.tenantManage);
  const [creating, setCreating] = useState(false);
  const [renaming, setRenaming] = useState<Tenant>();
  const tenants = useTenants();
  const edit = useEditTenant();
  const report = useReport();
  const members = tenants.data?.filter((one) => one.kind === 'member');
  const setClosed = (tenant: Tenant, closed: boolean) =>
    edit.mutateAsync({ id: tenant.id, closed }).catch(report.failed);
  const toggle = (tenant: Tenant) => {
    if (tenant.closed) setClosed(tenant, false);
    else {
      modal.confirm({
        title: t('member.close_title', { name: tenant.name }),
        content: t('member.close_text'),
        okText: t('member.close'),
        okButtonProps: { danger: true },
        onOk: () => setClosed(tenant, true),
      });
    }
  };
  const create = mayManage && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
      {t('member.new')}
    </Button>
  );
  return (
    <Page title={t('common:nav.members')} hint={t('member.hint')} actions={create}>
      <ListTable<Tenant>
        rowKey="id"
        width={640}
        list={whole({ ...tenants, data: members })}
        empty={<NoRows empty={t('member.empty')}>{create}</NoRows>}
        columns={[
          { title: t('member.name'), render: (_, one) => <b>{one.name}</b> },
          {
            title: t('member.code'),
            render: (_, one) => <span className="mono">{one.code}</span>,
          },
          {
            title: t('member.region'),
            render: (_, one) => one.region || <span className="muted">—</span>,
          },
          { title: t('member.time_zone'), dataIndex: 'time_zone' },
          { title: t('common:created_at'), render: (_, one) => fullMoment(one.created_at) },
          {
            title: t('common:state'),
            render: (_, one) => (
              <Tag color={one.closed ? 'default' : 'green'}>
                {t(one.closed ? 'member.closed' : 'member.open')}
              </Tag>
            ),
          },
          {
            width: 170,
            render: (_, one) =>
              mayManage && (
                <span className="nowrap">
                  <Button type="link" size="small" onClick={() => setRenaming(one)}>
                    {t('member.edit')}
                  </Button>
                  <Button type="link" size="small" danger={!one.closed} onClick={() => toggle(one)}>
                    {t(one.closed ? 'member.reopen' : 'member.close')}
                  </Button>
                </span>
              ),
          },
        ]}
      />
      <RenameDialog tenant={renaming} onClose={() => setRenaming(undefined)} />
      <NewMember open={creating} onClose={() => setCreating(false)} />
    </Page>
  );
}
