import { Form, Input, Modal } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '@/components/problem';
import { whenStale } from '@/lib/api';
import { useSession } from '@/lib/session';
import { useSignIn } from './api';

/** Asks for the password again when the server wants to be sure, then the act goes on. */
export function AskAgain() {
  const { t } = useTranslation(['session', 'common']);
  const { user } = useSession();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<{ password: string }>();
  const answer = useRef<(given: boolean) => void>(undefined);
  const signIn = useSignIn();
  useEffect(() => {
    whenStale(
      () =>
        new Promise((resolve) => {
          answer.current = resolve;
          setOpen(true);
        }),
    );
    return () => whenStale(async () => false);
  }, []);
  const end = (given: boolean) => {
    setOpen(false);
    signIn.reset();
    answer.current?.(given);
  };
  return (
    <Modal
      open={open}
      zIndex={1200}
      title={t('again_title')}
      okText={t('common:confirm')}
      confirmLoading={signIn.isPending}
      destroyOnHidden
      onCancel={() => end(false)}
      onOk={() => form.submit()}
    >
      <p>{t('again_text')}</p>
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        onFinish={({ password }) =>
          signIn.mutate({ login: user.login, password }, { onSuccess: () => end(true) })
        }
      >
        <Form.Item
          name="password"
          label={t('password')}
          rules={[{ required: true, message: t('common:required') }]}
        >
          <Input.Password autoComplete="current-password" autoFocus />
        </Form.Item>
        {signIn.isError && <ProblemAlert error={signIn.error} />}
      </Form>
    </Modal>
  );
}
