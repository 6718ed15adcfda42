import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Input, Modal, Select, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { OutcomeLine } from '@/components/findings';
import { ProblemAlert } from '@/components/problem';
import { api } from '@/lib/api';
import { useSettled } from '@/lib/list';
import { useSession } from '@/lib/session';
import { fullMoment } from '@/lib/time';
import type { TestQuestion, TestResult, TestSet } from '@/lib/types';

/** A question in the table; its key stays when its words change. */
export interface Row extends TestQuestion {
  key: number;
}

const VERDICT = {
  right: 'success',
  wrong: 'error',
  suggested: 'processing',
  missed: 'warning',
  watched: 'default',
} as const;

/** Finds an entry by a part of its question. */
export function EntryPicker(props: {
  row: Row;
  disabled: boolean;
  onChoose: (id: string, question: string) => void;
}) {
  const { t } = useTranslation('guard');
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState(false);
  const query = useSettled(search).trim();
  const isMember = useSession().tenant.kind === 'member';
  const { data } = useQuery({
    queryKey: ['knowledge', 'pick', query],
    enabled: open,
    queryFn: async () => {
      const [own, shared] = await Promise.all([
        api.get('/knowledge/entries', { query: { query, limit: 20 } }),
        isMember ? api.get('/knowledge/shared', { query: { query, limit: 20 } }) : null,
      ]);
      // what the company says in its own words is its own
      const theirs = (shared?.items ?? []).filter((one) => !one.local);
      return [
        ...own.items.map((one) => ({ value: one.id, label: one.question, shared: false })),
        ...theirs.map((one) => ({ value: one.id, label: one.question, shared: true })),
      ];
    },
  });
  const { entry, entry_question } = props.row;
  return (
    <Select
      showSearch={{ filterOption: false, onSearch: setSearch }}
      aria-label={t('sets.entry')}
      placeholder={t('sets.entry')}
      disabled={props.disabled}
      style={{ width: '100%' }}
      status={entry && !entry_question ? 'error' : undefined}
      value={entry ? { value: entry, label: entry_question ?? t('sets.entry_gone') } : undefined}
      labelInValue
      onOpenChange={setOpen}
      options={data ?? []}
      optionRender={({ data: one }) => (
        <>
          {one.shared && <Tag color="blue">{t('sets.shared')}</Tag>}
          {one.label}
        </>
      )}
      onChange={({ value, label }) => props.onChoose(value, String(label))}
    />
  );
}

/** What came out last, and whether that was better before. */
export function Result({ result }: { result?: TestResult }) {
  const { t } = useTranslation('guard');
  if (!result) return <span className="muted">{t('sets.unasked')}</span>;
  const { verdict, verdict_before: before } = result;
  const verdictTag = <Tag color={VERDICT[verdict]}>{t(`sets.verdict.${verdict}`)}</Tag>;
  return (
    <>
      {before && before !== verdict ? (
        <Tooltip title={t('sets.was', { verdict: t(`sets.verdict.${before}`) })}>
          {verdictTag}
          <small className={before === 'right' ? 'falling' : 'muted'}>
            {before === 'right' ? '↓' : '↕'}
          </small>
        </Tooltip>
      ) : (
        verdictTag
      )}
      <OutcomeLine outcome={result.outcome} />
    </>
  );
}

/** Reads pasted lines; those that name no entry stay, to be mended. */
export function PasteDialog(props: {
  open: boolean;
  onClose: () => void;
  onRead: (questions: TestQuestion[]) => void;
}) {
  const { t } = useTranslation('guard');
  const [text, setText] = useState('');
  const read = useMutation({
    mutationFn: () => api.post('/knowledge/test-lines', { body: { text } }),
    onSuccess: ({ questions, errors }) => {
      props.onRead(questions);
      // what could not be read stays, to be mended
      setText(errors.map((one) => `${one.question},${one.expected}`).join('\n'));
      if (errors.length === 0) props.onClose();
    },
  });
  const errors = text ? (read.data?.errors ?? []) : [];
  return (
    <Modal
      open={props.open}
      width={640}
      title={t('sets.paste_title')}
      okText={t('sets.paste_ok')}
      okButtonProps={{ disabled: !text.trim() }}
      confirmLoading={read.isPending}
      afterClose={() => {
        setText('');
        read.reset();
      }}
      onCancel={props.onClose}
      onOk={() => read.mutate()}
    >
      <p className="muted">{t('sets.paste_hint')}</p>
      <Input.TextArea
        rows={10}
        aria-label={t('sets.paste_title')}
        placeholder={t('sets.paste_example')}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {read.isError && <ProblemAlert error={read.error} />}
      {errors.length > 0 && (
        <Alert
          type="warning"
          style={{ marginTop: 12 }}
          title={errors
            .slice(0, 8)
            .map((one) => <div key={one.line}>{t('sets.bad_line', { ...one })}</div>)}
        />
      )}
    </Modal>
  );
}

/** The scores of all runs that are kept, oldest first. */
export function History({ runs }: { runs: TestSet['runs'] }) {
  const { t } = useTranslation('guard');
  if (runs.length < 2) return null;
  return (
    <div className="run-history">
      <span className="muted nowrap">{t('sets.history')}</span>
      {runs.toReversed().map((one) => (
        <Tooltip key={one.id} title={`${fullMoment(one.at)} · ${one.right} / ${one.checked}`}>
          <i style={{ height: `${one.checked ? 4 + (24 * one.right) / one.checked : 4}px` }} />
        </Tooltip>
      ))}
    </div>
  );
}
