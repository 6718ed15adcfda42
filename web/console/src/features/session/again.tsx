import { Form, Input } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '@/components/form-dialog';
import { whenStale } from '@/lib/api';
import { useSession } from '@/lib/session';
import { useSignIn } from './api';

/** Asks for the password again when the server wants to be sure, then the act goes on. */
export function AskAgain() {
  const { t } = useTranslation(['session', 'common']);
  const { user } = useSession();
  const [open, setOpen] = useState(false);
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
    answer.current?.(given);
  };
  return (
    <FormDialog<{ password: string }>
      open={open}
      zIndex={1200}
      title={t('again_title')}
      okText={t('common:confirm')}
      submit={({ password }) => signIn.mutateAsync({ login: user.login, password })}
      onClose={() => end(false)}
      onDone={() => end(true)}
      before={<p>{t('again_text')}</p>}
    >
      <Form.Item
        name="password"
        label={t('password')}
        rules={[{ required: true, message: t('common:required') }]}
      >
        <Input.Password autoComplete="current-password" autoFocus />
      </Form.Item>
    </FormDialog>
  );
}
