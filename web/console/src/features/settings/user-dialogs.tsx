import { Form, Input, Modal, Select, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { ProblemAlert, useReport } from '@/components/problem';
import { fieldProblems } from '@/lib/problem';
import type { Role, User } from '@/lib/types';
import { useCreateUser, useEditUser, useRoles, useSetPassword } from './api';

const LOGIN = /^[\p{L}\p{N}@._+-]{2,64}$/u;

/** The rules of a log-in name and a password, as the server has them. */
export function useAccountRules() {
  const { t } = useTranslation(['settings', 'common']);
  const required = { required: true, message: t('common:required') };
  return {
    required,
    login: [required, { pattern: LOGIN, message: t('user.login_rule') }],
    password: [required, { min: 8, message: t('user.password_rule') }],
  };
}

function RoleSelect(props: { value?: Role; onChange?: (role: Role) => void }) {
  const { t } = useTranslation(['settings', 'common']);
  const roles = useRoles();
  const chosen = roles.data?.find((one) => one.role === props.value);
  return (
    <>
      <Select
        value={props.value}
        onChange={props.onChange}
        options={roles.data?.map(({ role }) => ({ value: role, label: t(`common:role.${role}`) }))}
      />
      {chosen && (
        <div className="permission-tags">
          {chosen.permissions.map((name) => (
            <Tag key={name}>
              {t(`permission.${name.replace('.', '_')}`, { defaultValue: name })}
            </Tag>
          ))}
        </div>
      )}
    </>
  );
}

interface Values {
  login: string;
  name: string;
  role: Role;
  password: string;
}

/** Makes a person, or changes name and role of one. */
export function UserDialog(props: { open: boolean; user?: User; onClose: () => void }) {
  const { t } = useTranslation(['settings', 'common']);
  const { user } = props;
  const [form] = Form.useForm<Values>();
  const rules = useAccountRules();
  const report = useReport();
  const create = useCreateUser();
  const edit = useEditUser();
  const outcome = {
    onSuccess: () => {
      report.done(t('common:saved'));
      props.onClose();
    },
    onError: (error: unknown) => form.setFields(fieldProblems(error) as never),
  };
  const submit = ({ login, name, role, password }: Values) => {
    if (user) edit.mutate({ id: user.id, name, role }, outcome);
    else create.mutate({ login, name, role, password }, outcome);
  };
  const error = create.error ?? edit.error;
  return (
    <Modal
      open={props.open}
      title={t(user ? 'user.edit' : 'user.new')}
      okText={t('common:save')}
      confirmLoading={create.isPending || edit.isPending}
      destroyOnHidden
      onCancel={props.onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        initialValues={user ?? { role: 'agent' }}
        onFinish={submit}
      >
        <Form.Item name="name" label={t('user.name')} rules={[rules.required]}>
          <Input maxLength={100} autoFocus />
        </Form.Item>
        {!user && (
          <Form.Item name="login" label={t('user.login')} rules={rules.login}>
            <Input autoComplete="off" />
          </Form.Item>
        )}
        <Form.Item
          name="role"
          label={t('user.role')}
          rules={[rules.required]}
          extra={user && t('user.role_hint')}
        >
          <RoleSelect />
        </Form.Item>
        {!user && (
          <Form.Item
            name="password"
            label={t('user.password')}
            rules={rules.password}
            extra={t('user.password_hint')}
          >
            <Input.Password autoComplete="new-password" />
          </Form.Item>
        )}
        {error && <ProblemAlert error={error} />}
      </Form>
    </Modal>
  );
}

/** Gives somebody a new password. */
export function PasswordDialog({ user, onClose }: { user?: User; onClose: () => void }) {
  const { t } = useTranslation(['settings', 'common']);
  const [form] = Form.useForm<{ password: string }>();
  const rules = useAccountRules();
  const report = useReport();
  const set = useSetPassword();
  return (
    <Modal
      open={user !== undefined}
      title={t('user.reset_title', { name: user?.name ?? '' })}
      okText={t('common:save')}
      confirmLoading={set.isPending}
      destroyOnHidden
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        onFinish={({ password }) =>
          set.mutate(
            { id: user?.id ?? '', password },
            {
              onSuccess: () => {
                report.done(t('common:saved'));
                onClose();
              },
            },
          )
        }
      >
        <Form.Item
          name="password"
          label={t('user.password')}
          rules={rules.password}
          extra={t('user.reset_hint')}
        >
          <Input.Password autoComplete="new-password" autoFocus />
        </Form.Item>
        {set.isError && <ProblemAlert error={set.error} />}
      </Form>
    </Modal>
  );
}
