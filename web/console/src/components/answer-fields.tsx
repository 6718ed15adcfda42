import { Form, Radio, Switch } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AnswerMode, Content } from '@/lib/types';
import { AnswersEditor, useAnswersRule } from './answers-editor';
import { Validity } from './validity';

/** What every rule that answers has in its form, besides what makes it answer. */
export interface AnswerValues {
  answers: Content[];
  answer_mode: AnswerMode;
  validity: [string | null, string | null];
  enabled: boolean;
}

/** The stored rule's part of a form. */
export function answerValues(stored?: {
  answers: Content[];
  answer_mode: AnswerMode;
  valid_from?: string | null;
  valid_until?: string | null;
  enabled: boolean;
}): AnswerValues {
  return {
    answers: stored?.answers ?? [{ type: 'text', text: '' }],
    answer_mode: stored?.answer_mode ?? 'in_order',
    validity: [stored?.valid_from ?? null, stored?.valid_until ?? null],
    enabled: stored?.enabled ?? true,
  };
}

/** What the phone shows of the answers: all of them, or one where one is drawn. */
export function shownAnswers({ answers = [], answer_mode }: Partial<AnswerValues>): Content[] {
  return answer_mode === 'random' ? answers.slice(0, 1) : answers;
}

/** The answers, how many of them are given, when, and whether at all. */
export function AnswerFields({
  count,
  children,
  switched = true,
}: {
  count: number;
  children?: ReactNode;
  /** Whether the form holds the switch; where it works at once it stands in the list. */
  switched?: boolean;
}) {
  const { t } = useTranslation(['content', 'common']);
  const rule = useAnswersRule();
  return (
    <>
      <Form.Item name="answers" label={t('answers')} rules={[rule]} validateTrigger="onSubmit">
        <AnswersEditor />
      </Form.Item>
      <Form.Item name="answer_mode" label={t('mode')} hidden={count < 2}>
        <Radio.Group
          options={(['in_order', 'random'] as const).map((value) => ({
            value,
            label: t(`mode_${value}`),
          }))}
        />
      </Form.Item>
      {children}
      <Form.Item name="validity" label={t('validity')} extra={t('validity_hint')}>
        <Validity />
      </Form.Item>
      <Form.Item
        name="enabled"
        label={t('common:enabled')}
        valuePropName="checked"
        hidden={!switched}
      >
        <Switch />
      </Form.Item>
    </>
  );
}
