import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, InputNumber, Select, Tabs, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswersEditor, useAnswersRule } from '@/components/answers-editor';
import { Loaded } from '@/components/loaded';
import { Page } from '@/components/page';
import { Phone } from '@/components/phone';
import { useReport } from '@/components/problem';
import { useLeaveGuard } from '@/components/use-leave-guard';
import { useRehearsed } from '@/components/use-rehearsed';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fieldProblems } from '@/lib/problem';
import type { BotSettings, Content } from '@/lib/types';
import { useBotSettings, useSaveBotSettings } from './api';
import { Feedback } from './feedback-fields';
import { HolidaysField, HoursField, ThresholdsField } from './settings-fields';
import './bot.css';

const TAGS = { mode: 'tags', open: false, suffixIcon: null } as const;

function Words() {
  const { t } = useTranslation(['bot', 'common']);
  return (
    <>
      <Form.Item
        name="hand_over_words"
        label={t('settings.hand_over_words')}
        extra={t('settings.words_hint')}
      >
        <Select {...TAGS} />
      </Form.Item>
      <Form.Item
        name="hand_over_text"
        label={t('settings.hand_over_text')}
        rules={[{ required: true, message: t('common:required') }]}
      >
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 5 }} />
      </Form.Item>
      <Form.Item name="queue_full_text" label={t('settings.queue_full_text')}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 5 }} />
      </Form.Item>
      <Form.Item name="back_words" label={t('settings.back_words')}>
        <Select {...TAGS} />
      </Form.Item>
      <Form.Item name="home_words" label={t('settings.home_words')}>
        <Select {...TAGS} />
      </Form.Item>
      <Form.Item name="menu_timeout_minutes" label={t('settings.menu_timeout')}>
        <InputNumber min={1} max={1440} suffix={t('settings.minutes')} style={{ width: 160 }} />
      </Form.Item>
    </>
  );
}

function Welcome() {
  const { t } = useTranslation(['bot', 'common']);
  const optional = useAnswersRule(true);
  return (
    <>
      <Form.Item
        name="welcome"
        label={t('settings.welcome')}
        rules={[optional]}
        validateTrigger="onSubmit"
      >
        <AnswersEditor />
      </Form.Item>
      <Form.List name="welcome_by_source">
        {(fields, { add, remove }) => (
          <Form.Item label={t('settings.by_source')} extra={t('settings.by_source_hint')}>
            <div className="rows">
              {fields.map((field) => (
                <div className="panel source-row" key={field.key}>
                  <div className="hours-row">
                    <Form.Item
                      name={[field.name, 'source']}
                      noStyle
                      rules={[{ required: true, message: t('common:required') }]}
                    >
                      <Input placeholder={t('settings.source')} />
                    </Form.Item>
                    <Button
                      type="text"
                      danger
                      aria-label={t('remove')}
                      icon={<DeleteOutlined />}
                      onClick={() => remove(field.name)}
                    />
                  </div>
                  <Form.Item
                    name={[field.name, 'answers']}
                    noStyle
                    rules={[optional]}
                    validateTrigger="onSubmit"
                  >
                    <AnswersEditor />
                  </Form.Item>
                </div>
              ))}
              <Button
                icon={<PlusOutlined />}
                onClick={() => add({ source: '', answers: [{ type: 'text', text: '' }] })}
              >
                {t('settings.add_source')}
              </Button>
            </div>
          </Form.Item>
        )}
      </Form.List>
    </>
  );
}

function Fallback() {
  const { t } = useTranslation('bot');
  const optional = useAnswersRule(true);
  return (
    <>
      <Form.Item
        name="fallback"
        label={t('settings.fallback')}
        extra={t('settings.fallback_hint')}
        rules={[optional]}
        validateTrigger="onSubmit"
      >
        <AnswersEditor />
      </Form.Item>
      <Form.Item
        name="media_reply"
        label={t('settings.media_reply')}
        extra={t('settings.media_reply_hint')}
        rules={[optional]}
        validateTrigger="onSubmit"
      >
        <AnswersEditor />
      </Form.Item>
      <Form.Item name="thresholds" label={t('settings.thresholds')}>
        <ThresholdsField />
      </Form.Item>
      <Form.Item
        name="most_answers_a_minute"
        label={t('settings.most_answers')}
        extra={t('settings.most_answers_hint')}
      >
        <InputNumber min={0} max={1000} />
      </Form.Item>
    </>
  );
}

function Hours() {
  const { t } = useTranslation('bot');
  return (
    <>
      <Form.Item name="service_hours" label={t('settings.service_hours')}>
        <HoursField />
      </Form.Item>
      <Form.Item
        name="night_text"
        label={t('settings.night_text')}
        extra={t('settings.night_hint')}
      >
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 5 }} />
      </Form.Item>
      <Form.Item name="holidays" label={t('settings.holidays')}>
        <HolidaysField />
      </Form.Item>
    </>
  );
}

const SECTIONS = {
  welcome: Welcome,
  fallback: Fallback,
  words: Words,
  hours: Hours,
  feedback: Feedback,
};
type Section = keyof typeof SECTIONS;

/** What the phone shows beside each section. */
function linesOf(section: Section, values: Partial<BotSettings>): Content[] {
  const text = (words?: string | null): Content[] => (words ? [{ type: 'text', text: words }] : []);
  switch (section) {
    case 'welcome':
      return values.welcome ?? [];
    case 'fallback':
      return values.fallback ?? [];
    case 'words':
      return text(values.hand_over_text);
    case 'hours':
      return text(values.night_text);
    case 'feedback':
      return text(values.feedback?.question);
  }
}

/** Empty texts mean "none": the server wants them left out. */
function bodyOf(before: BotSettings, values: Partial<BotSettings>): BotSettings {
  const body: Partial<BotSettings> = { ...before, ...values };
  for (const name of ['queue_full_text', 'night_text'] as const) {
    if (!body[name]?.trim()) delete body[name];
  }
  if (!body.media_reply?.length) delete body.media_reply;
  if (!body.feedback) delete body.feedback;
  return body as BotSettings;
}

function Editor({ settings }: { settings: BotSettings }) {
  const { t } = useTranslation(['bot', 'common']);
  const mayEdit = useCan(PERMISSIONS.botEdit);
  const report = useReport();
  const [form] = Form.useForm<BotSettings>();
  const [changed, setChanged] = useState(false);
  const [section, setSection] = useState<Section>('welcome');
  // What the form was filled from: news may renew `settings` behind it.
  const [version, setVersion] = useState(settings.version);
  const save = useSaveBotSettings();
  const rehearsed = useRehearsed();
  const values = Form.useWatch([], form) ?? settings;
  useLeaveGuard(changed);
  return (
    <Page
      title={t('common:nav.bot_settings')}
      hint={t('settings.hint')}
      actions={
        mayEdit && (
          <>
            {changed && <Tag color="gold">{t('common:unsaved')}</Tag>}
            <Button
              type="primary"
              loading={save.isPending}
              disabled={!changed}
              onClick={() => form.submit()}
            >
              {t('common:save')}
            </Button>
          </>
        )
      }
    >
      <div className="row-2">
        <div className="panel" style={{ padding: '4px 20px 20px' }}>
          <Form
            form={form}
            layout="vertical"
            disabled={!mayEdit}
            initialValues={settings}
            onValuesChange={() => setChanged(true)}
            onFinishFailed={() => report.refused(t('settings.incomplete'))}
            onFinish={(input) => {
              const body = { ...bodyOf(settings, input), version };
              const store = async (accept_fall: boolean) => {
                const saved = await save.mutateAsync({ body, accept_fall });
                setVersion(saved?.version);
                setChanged(false);
              };
              rehearsed({ act: 'settings', settings: body }, store).then(
                (note) => note !== null && report.done(t('common:saved')),
                (error) => {
                  form.setFields(fieldProblems(error) as never);
                  report.failed(error);
                },
              );
            }}
          >
            <Tabs
              activeKey={section}
              onChange={(key) => setSection(key as Section)}
              items={(Object.keys(SECTIONS) as Section[]).map((key) => {
                const Fields = SECTIONS[key];
                return {
                  key,
                  label: t(`settings.section.${key}`),
                  forceRender: true,
                  children: <Fields />,
                };
              })}
            />
          </Form>
        </div>
        <div className="sticky">
          <Phone
            lines={linesOf(section, values).map((content) => ({ from: 'account', content }))}
          />
        </div>
      </div>
    </Page>
  );
}

export default function SettingsPage() {
  const { t } = useTranslation();
  const settings = useBotSettings();
  return (
    <Loaded title={t('nav.bot_settings')} query={settings}>
      {(stored) => <Editor settings={stored} />}
    </Loaded>
  );
}
