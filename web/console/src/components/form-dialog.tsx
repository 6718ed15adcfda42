import { useMutation } from '@tanstack/react-query';
import { Form, Modal } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert, useReport } from '@/components/problem';
import { fieldProblems } from '@/lib/problem';

/**
 * A dialog around one form. It closes when the act is done and says so; a refusal stands at the fields it
 * is about and below them, until the dialog is closed.
 */
export function FormDialog<V extends object>(props: {
  open: boolean;
  title: string;
  okText?: string;
  zIndex?: number;
  initialValues?: Partial<V>;
  /** What is said when the act is done; nothing when absent. */
  done?: string;
  /** Gives `null` when it was given up: then the dialog stays. */
  submit: (values: V) => Promise<unknown>;
  onClose: () => void;
  /** In place of `onClose`, when the act is done. */
  onDone?: () => void;
  before?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation('common');
  const [form] = Form.useForm<V>();
  const report = useReport();
  const act = useMutation({ mutationFn: props.submit });
  const close = (then = props.onClose) => {
    act.reset();
    then();
  };
  return (
    <Modal
      open={props.open}
      zIndex={props.zIndex}
      title={props.title}
      okText={props.okText ?? t('save')}
      confirmLoading={act.isPending}
      destroyOnHidden
      onCancel={() => close()}
      onOk={() => form.submit()}
    >
      {props.before}
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        initialValues={props.initialValues}
        onFinish={(values: V) =>
          act.mutate(values, {
            onSuccess: (done) => {
              if (done === null) return;
              if (props.done) report.done(props.done);
              close(props.onDone);
            },
            onError: (error) => form.setFields(fieldProblems(error) as never),
          })
        }
      >
        {props.children}
        {act.isError && <ProblemAlert error={act.error} />}
      </Form>
    </Modal>
  );
}
