import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '@/components/form-dialog';
import { useChangePassword } from './api';

export function PasswordDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation(['session', 'common']);
  const change = useChangePassword();
  const required = { required: true, message: t('common:required') };
  return (
    <FormDialog<{ old: string; new: string }>
      open={open}
      title={t('change_password')}
      done={t('password_changed')}
      submit={change.mutateAsync}
      onClose={onClose}
    >
      <Form.Item name="old" label={t('old_password')} rules={[required]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item
        name="new"
        label={t('new_password')}
        extra={t('password_rule')}
        rules={[required, { min: 8, message: t('password_rule') }]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
    </FormDialog>
  );
}
