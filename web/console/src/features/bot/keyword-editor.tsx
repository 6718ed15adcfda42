import { ArrowLeftOutlined } from '@ant-design/icons';
import { Button, Form, InputNumber, Radio, Select } from 'antd';
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
import { useRehearsed } from '@/components/use-rehearsed';
import { useGo, useParam } from '@/lib/go';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fieldProblems } from '@/lib/problem';
import { followed } from '@/lib/sentences';
import type { Keyword, KeywordInput } from '@/lib/types';
import { useKeyword, useSaveKeyword } from './api';

const MATCHES = ['exact', 'contains_any', 'contains_all', 'prefix', 'regex'] as const;

type Values = AnswerValues & Pick<KeywordInput, 'words' | 'match' | 'priority'>;

function valuesOf(keyword?: Keyword): Values {
  return {
    words: keyword?.words ?? [],
    match: keyword?.match ?? 'exact',
    priority: keyword?.priority ?? 0,
    ...answerValues(keyword),
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
  const values: Partial<Values> | undefined = Form.useWatch([], form);
  const { words = [], match = 'exact' } = values ?? {};
  const release = useLeaveGuard(changed);
  const edit = useEditVersion(keyword, changed, (newest) => {
    form.setFieldsValue(valuesOf(newest));
    setChanged(false);
  });
  const rehearsed = useRehearsed();
  const submit = ({ validity, ...values }: Values) => {
    const rule: KeywordInput = {
      ...values,
      valid_from: validity[0],
      valid_until: validity[1],
      ...(keyword ? { version: edit.version } : {}),
    };
    rehearsed({ act: 'put_keyword', keyword: keyword?.id, rule }, (accept_fall) =>
      save.mutateAsync({ ...rule, accept_fall }),
    ).then(
      (note) => {
        if (note === null) return;
        report.done(followed(t('common:saved'), note));
        release();
        go('/bot/keywords');
      },
      (error) => {
        if (isOutdated(error)) refresh?.();
        form.setFields(fieldProblems(error) as never);
        report.failed(error);
      },
    );
  };
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
            <AnswerFields count={values?.answers?.length ?? 0}>
              <Form.Item
                name="priority"
                label={t('keyword.priority')}
                extra={t('keyword.priority_hint')}
              >
                <InputNumber min={-1000} max={1000} precision={0} />
              </Form.Item>
            </AnswerFields>
          </Form>
        </div>
        <div className="sticky">
          <Phone
            lines={[
              ...(example && match !== 'regex'
                ? [{ from: 'customer' as const, content: { type: 'text' as const, text: example } }]
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

export default function KeywordEditor() {
  const { t } = useTranslation();
  const id = useParam('keyword');
  const keyword = useKeyword(id === 'new' ? undefined : id);
  if (id === 'new') return <KeywordForm />;
  return (
    <Loaded title={t('nav.keywords')} query={keyword}>
      {(stored) => (
        <KeywordForm key={stored.id} keyword={stored} refresh={() => keyword.refetch()} />
      )}
    </Loaded>
  );
}
