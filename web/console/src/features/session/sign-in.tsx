import { LockOutlined, UserOutlined } from '@ant-design/icons';
import { Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '@/components/problem';
import { useSignIn } from './api';
import { Door } from './door';

export function SignIn() {
  const { t } = useTranslation(['session', 'common']);
  const signIn = useSignIn();
  const required = [{ required: true, message: t('common:required') }];
  return (
    <Door title={t('sign_in')} text={t('sign_in_text')}>
      <Form
        layout="vertical"
        size="large"
        requiredMark={false}
        disabled={signIn.isPending}
        onFinish={(values) => signIn.mutate(values)}
      >
        <Form.Item name="login" label={t('login')} rules={required}>
          <Input prefix={<UserOutlined />} autoComplete="username" autoFocus />
        </Form.Item>
        <Form.Item name="password" label={t('password')} rules={required}>
          <Input.Password prefix={<LockOutlined />} autoComplete="current-password" />
        </Form.Item>
        {signIn.isError && (
          <Form.Item>
            <ProblemAlert error={signIn.error} />
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t('sign_in')}
        </Button>
      </Form>
    </Door>
  );
}
