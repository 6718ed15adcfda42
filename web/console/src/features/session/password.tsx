import { Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { ProblemAlert, useReport } from '@/components/problem';
import { useChangePassword } from './api';

export function PasswordDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation(['session', 'common']);
  const [form] = Form.useForm<{ old: string; new: string }>();
  const change = useChangePassword();
  const report = useReport();
  const required = { required: true, message: t('common:required') };
  return (
    <Modal
      open={open}
      title={t('change_password')}
      okText={t('common:save')}
      confirmLoading={change.isPending}
      destroyOnHidden
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        onFinish={(values) =>
          change.mutate(values, {
            onSuccess: () => {
              report.done(t('password_changed'));
              onClose();
            },
          })
        }
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
        {change.isError && <ProblemAlert error={change.error} />}
      </Form>
    </Modal>
  );
}
