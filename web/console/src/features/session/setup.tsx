import { Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '@/components/problem';
import { fieldProblems } from '@/lib/problem';
import { useSetUp } from './api';
import { Door } from './door';

interface Values {
  headquarters: string;
  name: string;
  login: string;
  password: string;
  again: string;
}

/** The first run: the headquarters and its first administrator. */
export function Setup() {
  const { t } = useTranslation(['session', 'common']);
  const [form] = Form.useForm<Values>();
  const setUp = useSetUp();
  const required = { required: true, message: t('common:required') };
  return (
    <Door title={t('setup')} text={t('setup_text')}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        disabled={setUp.isPending}
        onFinish={({ again: _, ...values }: Values) =>
          setUp.mutate(values, {
            onError: (error) => form.setFields(fieldProblems(error) as never),
          })
        }
      >
        <Form.Item name="headquarters" label={t('headquarters')} rules={[required]}>
          <Input placeholder={t('headquarters_example')} autoFocus />
        </Form.Item>
        <Form.Item name="name" label={t('your_name')} rules={[required]}>
          <Input autoComplete="name" />
        </Form.Item>
        <Form.Item
          name="login"
          label={t('login')}
          rules={[required, { pattern: /^[\p{L}\p{N}@._+-]{2,64}$/u, message: t('login_rule') }]}
        >
          <Input autoComplete="username" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('password')}
          extra={t('password_rule')}
          rules={[required, { min: 8, message: t('password_rule') }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="again"
          label={t('password_again')}
          dependencies={['password']}
          rules={[
            required,
            ({ getFieldValue }) => ({
              validator: (_, value) =>
                !value || value === getFieldValue('password')
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('password_differs'))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        {setUp.isError && (
          <Form.Item>
            <ProblemAlert error={setUp.error} />
          </Form.Item>
        )}
        <Button type="primary" size="large" htmlType="submit" block loading={setUp.isPending}>
          {t('create')}
        </Button>
      </Form>
    </Door>
  );
}
