import { ArrowLeftOutlined } from '@ant-design/icons';
import { Button, Form, InputNumber, Radio, Select, Skeleton, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswersEditor, useAnswersRule } from '@/components/answers-editor';
import { isOutdated, OutdatedNote, useEditVersion } from '@/components/edit-version';
import { Page } from '@/components/page';
import { Phone } from '@/components/phone';
import { ProblemAlert, useReport } from '@/components/problem';
import { useLeaveGuard } from '@/components/use-leave-guard';
import { Validity } from '@/components/validity';
import { useGo, useParam } from '@/lib/go';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fieldProblems } from '@/lib/problem';
import type { Keyword, KeywordInput } from '@/lib/types';
import { useKeyword, useSaveKeyword } from './api';

const MATCHES = ['exact', 'contains_any', 'contains_all', 'prefix', 'regex'] as const;

type Values = Omit<KeywordInput, 'valid_from' | 'valid_until'> & {
  validity: [string | null, string | null];
};

function valuesOf(keyword?: Keyword): Values {
  return {
    words: keyword?.words ?? [],
    match: keyword?.match ?? 'exact',
    answers: keyword?.answers ?? [{ type: 'text', text: '' }],
    answer_mode: keyword?.answer_mode ?? 'in_order',
    priority: keyword?.priority ?? 0,
    validity: [keyword?.valid_from ?? null, keyword?.valid_until ?? null],
    enabled: keyword?.enabled ?? true,
  };
}

function KeywordForm({ keyword, refresh }: { keyword?: Keyword; refresh?: () => void }) {
  const { t } = useTranslation(['bot', 'common', 'content']);
  const go = useGo();
  const report = useReport();
  const mayEdit = useCan(PERMISSIONS.botEdit);
  const [form] = Form.useForm<Values>();
  const [changed, setChanged] = useState(false);
  const save = useSaveKeyword(keyword?.id);
  const answersRule = useAnswersRule();
  const answers = Form.useWatch('answers', form) ?? [];
  const words = Form.useWatch('words', form) ?? [];
  const match = Form.useWatch('match', form) ?? 'exact';
  const mode = Form.useWatch('answer_mode', form);
  const release = useLeaveGuard(changed);
  const edit = useEditVersion(keyword, changed, (newest) => {
    form.setFieldsValue(valuesOf(newest));
    setChanged(false);
  });
  const submit = ({ validity, ...values }: Values) =>
    save.mutate(
      {
        ...values,
        valid_from: validity[0],
        valid_until: validity[1],
        ...(keyword ? { version: edit.version } : {}),
      },
      {
        onSuccess: () => {
          report.done(t('common:saved'));
          release();
          go('/bot/keywords');
        },
        onError: (error) => {
          if (isOutdated(error)) refresh?.();
          form.setFields(fieldProblems(error) as never);
          report.failed(error);
        },
      },
    );
  const example = match === 'contains_all' ? words.join(' ') : (words[0] ?? '');
  return (
    <Page
      title={keyword ? keyword.words.join(' / ') : t('keyword.new')}
      hint={t('keyword.order')}
      actions={
        <>
          <Button icon={<ArrowLeftOutlined />} onClick={() => go('/bot/keywords')}>
            {t('common:back')}
          </Button>
          {mayEdit && (
            <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
              {t('common:save')}
            </Button>
          )}
        </>
      }
    >
      {edit.isBehind && !save.isPending && (
        <OutdatedNote at={keyword?.updated_at} onTheirs={edit.takeTheirs} onMine={edit.keepMine} />
      )}
      <div className="row-2">
        <div className="panel" style={{ padding: 20 }}>
          <Form
            form={form}
            layout="vertical"
            disabled={!mayEdit}
            initialValues={valuesOf(keyword)}
            onValuesChange={() => setChanged(true)}
            onFinish={submit}
          >
            <Form.Item name="match" label={t('keyword.match')} extra={t(`match_hint.${match}`)}>
              <Radio.Group
                optionType="button"
                options={MATCHES.map((value) => ({ value, label: t(`match.${value}`) }))}
              />
            </Form.Item>
            <Form.Item
              name="words"
              label={t('keyword.words')}
              extra={t('keyword.words_hint')}
              rules={[{ required: true, message: t('common:required') }]}
            >
              <Select mode="tags" open={false} suffixIcon={null} />
            </Form.Item>
            <Form.Item
              name="answers"
              label={t('keyword.answers')}
              rules={[answersRule]}
              validateTrigger="onSubmit"
            >
              <AnswersEditor />
            </Form.Item>
            <Form.Item name="answer_mode" label={t('content:mode')} hidden={answers.length < 2}>
              <Radio.Group
                options={(['in_order', 'random'] as const).map((value) => ({
                  value,
                  label: t(`content:mode_${value}`),
                }))}
              />
            </Form.Item>
            <Form.Item
              name="priority"
              label={t('keyword.priority')}
              extra={t('keyword.priority_hint')}
            >
              <InputNumber min={-1000} max={1000} precision={0} />
            </Form.Item>
            <Form.Item name="validity" label={t('validity')} extra={t('validity_hint')}>
              <Validity />
            </Form.Item>
            <Form.Item name="enabled" label={t('common:enabled')} valuePropName="checked">
              <Switch />
            </Form.Item>
          </Form>
        </div>
        <div className="sticky">
          <Phone
            lines={[
              ...(example && match !== 'regex'
                ? [{ from: 'customer' as const, content: { type: 'text' as const, text: example } }]
                : []),
              ...(mode === 'random' ? answers.slice(0, 1) : answers).map((content) => ({
                from: 'account' as const,
                content,
              })),
            ]}
          />
        </div>
      </div>
    </Page>
  );
}

export default function KeywordEditor() {
  const { t } = useTranslation();
  const id = useParam('keyword');
  const keyword = useKeyword(id === 'new' ? undefined : id);
  if (id === 'new') return <KeywordForm />;
  if (keyword.isError) {
    return (
      <Page title={t('nav.keywords')}>
        <ProblemAlert error={keyword.error} onRetry={() => keyword.refetch()} />
      </Page>
    );
  }
  if (!keyword.data) return <Skeleton active style={{ padding: 32 }} />;
  return (
    <KeywordForm key={keyword.data.id} keyword={keyword.data} refresh={() => keyword.refetch()} />
  );
}
