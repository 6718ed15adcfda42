import { Form, Input, Select, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '@/components/form-dialog';
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

/** A password that somebody is given. */
export function NewPasswordField(props: {
  name: string | string[];
  extra?: string;
  autoFocus?: boolean;
}) {
  const { t } = useTranslation('settings');
  const rules = useAccountRules();
  return (
    <Form.Item
      name={props.name}
      label={t('user.password')}
      rules={rules.password}
      extra={props.extra}
    >
      <Input.Password autoComplete="new-password" autoFocus={props.autoFocus} />
    </Form.Item>
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
  const rules = useAccountRules();
  const create = useCreateUser();
  const edit = useEditUser();
  return (
    <FormDialog<Values>
      open={props.open}
      title={t(user ? 'user.edit' : 'user.new')}
      initialValues={user ?? { role: 'agent' }}
      done={t('common:saved')}
      submit={({ login, name, role, password }) =>
        user
          ? edit.mutateAsync({ id: user.id, name, role })
          : create.mutateAsync({ login, name, role, password })
      }
      onClose={props.onClose}
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
      {!user && <NewPasswordField name="password" extra={t('user.password_hint')} />}
    </FormDialog>
  );
}

/** Gives somebody a new password. */
export function PasswordDialog({ user, onClose }: { user?: User; onClose: () => void }) {
  const { t } = useTranslation(['settings', 'common']);
  const set = useSetPassword();
  return (
    <FormDialog<{ password: string }>
      open={user !== undefined}
      title={t('user.reset_title', { name: user?.name ?? '' })}
      done={t('common:saved')}
      submit={({ password }) => set.mutateAsync({ id: user?.id ?? '', password })}
      onClose={onClose}
    >
      <NewPasswordField name="password" extra={t('user.reset_hint')} autoFocus />
    </FormDialog>
  );
}
