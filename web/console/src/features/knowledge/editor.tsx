import { ArrowLeftOutlined } from '@ant-design/icons';
import { Button, Form, Input, Select, TreeSelect } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  AnswerFields,
  type AnswerValues,
  answerValues,
  shownAnswers,
} from '@/components/answer-fields';
import { isOutdated, OutdatedNote, useEditVersion } from '@/components/edit-version';
import { Loaded } from '@/components/loaded';
import { Page } from '@/components/page';
import { Phone } from '@/components/phone';
import { useReport } from '@/components/problem';
import { useLeaveGuard } from '@/components/use-leave-guard';
import { useGo, useParam, useSearchValue } from '@/lib/go';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fieldProblems } from '@/lib/problem';
import { fullMoment } from '@/lib/time';
import type { Entry, EntryInput } from '@/lib/types';
import { useCategories, useEntry, useSaveEntry } from './api';
import { categoryTree } from './categories';

interface Values extends AnswerValues {
  question: string;
  similar: string[];
  category?: string;
}

function valuesOf(entry: Entry | undefined, category?: string): Values {
  return {
    question: entry?.question ?? '',
    similar: entry?.similar ?? [],
    category: entry?.category ?? category,
    ...answerValues(entry),
  };
}

function inputOf(values: Values): EntryInput {
  const { validity, ...rest } = values;
  return {
    ...rest,
    category: rest.category ?? null,
    similar: rest.similar.map((one) => one.trim()).filter(Boolean),
    valid_from: validity[0],
    valid_until: validity[1],
  };
}

function EntryForm(props: { entry?: Entry; category?: string; refresh?: () => void }) {
  const { entry, category } = props;
  const { t } = useTranslation(['knowledge', 'common', 'content']);
  const go = useGo();
  const report = useReport();
  const mayEdit = useCan(PERMISSIONS.knowledgeEdit);
  const categories = useCategories();
  const [form] = Form.useForm<Values>();
  const [changed, setChanged] = useState(false);
  const save = useSaveEntry(entry?.id);
  const values: Partial<Values> | undefined = Form.useWatch([], form);
  const question = values?.question;
  const release = useLeaveGuard(changed);
  const edit = useEditVersion(entry, changed, (newest) => {
    form.setFieldsValue(valuesOf(newest));
    setChanged(false);
  });
  const submit = (values: Values) =>
    save.mutate(
      { ...inputOf(values), ...(entry ? { version: edit.version } : {}) },
      {
        onSuccess: (stored) => {
          report.done(t('common:saved'));
          release();
          go('/knowledge', { category: stored.category ?? undefined });
        },
        onError: (error) => {
          if (isOutdated(error)) props.refresh?.();
          form.setFields(fieldProblems(error) as never);
          report.failed(error);
        },
      },
    );
  return (
    <Page
      title={entry ? entry.question : t('new')}
      hint={entry && t('version', { n: entry.version, at: fullMoment(entry.updated_at) })}
      actions={
        <>
          <Button icon={<ArrowLeftOutlined />} onClick={() => go('/knowledge', { category })}>
            {t('common:back')}
          </Button>
          {mayEdit && (
            <Button
              type="primary"
              loading={save.isPending}
              onClick={() => form.submit()}
              data-testid="save"
            >
              {t('common:save')}
            </Button>
          )}
        </>
      }
    >
      {edit.isBehind && !save.isPending && (
        <OutdatedNote at={entry?.updated_at} onTheirs={edit.takeTheirs} onMine={edit.keepMine} />
      )}
      <div className="row-2">
        <div className="panel" style={{ padding: 20 }}>
          <Form
            form={form}
            layout="vertical"
            disabled={!mayEdit}
            initialValues={valuesOf(entry, category)}
            onValuesChange={() => setChanged(true)}
            onFinish={submit}
          >
            <Form.Item
              name="question"
              label={t('question')}
              rules={[{ required: true, whitespace: true, message: t('common:required') }]}
            >
              <Input maxLength={200} placeholder={t('question_hint')} autoFocus={!entry} />
            </Form.Item>
            <Form.Item name="similar" label={t('similar')} extra={t('similar_hint')}>
              <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={['\n', '|']} />
            </Form.Item>
            <Form.Item name="category" label={t('category')}>
              <TreeSelect
                allowClear
                treeDefaultExpandAll
                treeData={categoryTree(categories.data ?? [])}
              />
            </Form.Item>
            <AnswerFields count={values?.answers?.length ?? 0} />
          </Form>
        </div>
        <div className="sticky">
          <Phone
            lines={[
              ...(question
                ? [
                    {
                      from: 'customer' as const,
                      content: { type: 'text' as const, text: question },
                    },
                  ]
                : []),
              ...shownAnswers(values ?? {}).map((content) => ({
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

export default function EntryEditor() {
  const { t } = useTranslation('common');
  const id = useParam('entry');
  const category = useSearchValue('category');
  const entry = useEntry(id === 'new' ? undefined : id);
  if (id === 'new') return <EntryForm category={category} />;
  return (
    <Loaded title={t('nav.knowledge')} query={entry}>
      {(stored) => (
        <EntryForm
          key={stored.id}
          entry={stored}
          category={stored.category ?? undefined}
          refresh={() => entry.refetch()}
        />
      )}
    </Loaded>
  );
}
