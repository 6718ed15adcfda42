import { Alert, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert, useReport } from '@/components/problem';
import { useRehearsed } from '@/components/use-rehearsed';
import { explainCode } from '@/lib/problem';
import type { WordKind, WordsReport } from '@/lib/types';
import { usePasteWords } from './learning-api';

/** How many lines with faults are told at once. */
const MOST_FAULTS = 20;

function Faults({ report }: { report: WordsReport }) {
  const { t } = useTranslation('knowledge');
  const { errors } = report;
  if (errors.length === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon
      title={t('words.faults', { n: errors.length })}
      description={
        <ul className="l-faults">
          {errors.slice(0, MOST_FAULTS).map((one) => (
            <li key={one.line}>
              {t('words.line', { n: one.line })} {one.words}{' '}
              <span className="muted">{explainCode(one.code, one.words) ?? one.message}</span>
            </li>
          ))}
        </ul>
      }
    />
  );
}

/** Many groups at once: one line each. What would be done is told before it is done. */
export function PasteWords(props: { open: boolean; kind: WordKind; onClose: () => void }) {
  const { t } = useTranslation(['knowledge', 'common']);
  const { kind } = props;
  const report = useReport();
  const [text, setText] = useState('');
  const trial = usePasteWords();
  const act = usePasteWords();
  const rehearsed = useRehearsed();
  const close = () => {
    setText('');
    trial.reset();
    act.reset();
    props.onClose();
  };
  const { data } = trial;
  const useful = (data?.created ?? 0) + (data?.updated ?? 0);
  const run = () =>
    rehearsed({ act: 'paste_words', kind, text }, async (accept_fall) => {
      const done = await act.mutateAsync({ kind, text, dry_run: false, accept_fall });
      report.done(t('words.pasted', { created: done.created, updated: done.updated }));
      close();
    }).catch(report.failed);
  return (
    <Modal
      open={props.open}
      title={t(`words.paste_title.${kind}`)}
      okText={data ? t('words.paste_run', { n: useful }) : t('words.paste_check')}
      okButtonProps={{ disabled: !text.trim() || (data && useful === 0) }}
      confirmLoading={trial.isPending || act.isPending}
      destroyOnHidden
      onCancel={close}
      onOk={() => (data ? run() : trial.mutate({ kind, text, dry_run: true }))}
    >
      <Form layout="vertical">
        <Form.Item label={t('words.lines')} extra={t(`words.lines_hint.${kind}`)}>
          <Input.TextArea
            rows={8}
            autoFocus
            maxLength={200_000}
            aria-label={t('words.lines')}
            placeholder={t(`words.lines_example.${kind}`)}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              trial.reset();
            }}
          />
        </Form.Item>
      </Form>
      {data && (
        <>
          <p>
            {t('words.would', {
              created: data.created,
              updated: data.updated,
              unchanged: data.unchanged,
            })}
          </p>
          <Faults report={data} />
        </>
      )}
      {trial.isError && <ProblemAlert error={trial.error} />}
    </Modal>
  );
}
