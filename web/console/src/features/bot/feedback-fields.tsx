import { Form, Input, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import type { FeedbackQuestion } from '@/lib/types';
import { customer } from '@/locales/customer';

const TEXTS = ['question', 'solved_text', 'unsolved_text'] as const;
const WORDS = ['solved_words', 'unsolved_words'] as const;
const ORDER = [
  'question',
  'solved_words',
  'solved_text',
  'unsolved_words',
  'unsolved_text',
] as const;

/** The question, the words and the replies; nothing at all: nobody is asked. */
function FeedbackField(props: {
  value?: FeedbackQuestion | null;
  onChange?: (value?: FeedbackQuestion) => void;
}) {
  const { t } = useTranslation('bot');
  const { value, onChange = () => {} } = props;
  const isText = (name: string): name is (typeof TEXTS)[number] => TEXTS.includes(name as never);
  return (
    <>
      <Form.Item label={t('settings.feedback.asks')} extra={t('settings.feedback.hint')}>
        <Switch
          checked={Boolean(value)}
          aria-label={t('settings.feedback.asks')}
          data-testid="asks-feedback"
          onChange={(on) => onChange(on ? customer.feedback : undefined)}
        />
      </Form.Item>
      {value &&
        ORDER.map((name) => (
          <Form.Item key={name} label={t(`settings.feedback.${name}`)} required>
            {isText(name) ? (
              <Input.TextArea
                autoSize={{ minRows: 1, maxRows: 4 }}
                maxLength={200}
                aria-label={t(`settings.feedback.${name}`)}
                value={value[name]}
                onChange={(event) => onChange({ ...value, [name]: event.target.value })}
              />
            ) : (
              <Select
                mode="tags"
                open={false}
                suffixIcon={null}
                aria-label={t(`settings.feedback.${name}`)}
                value={value[name]}
                onChange={(words: string[]) => onChange({ ...value, [name]: words })}
              />
            )}
          </Form.Item>
        ))}
    </>
  );
}

/** Whether customers are asked if an answer helped, in which words, and what is said to theirs. */
export function Feedback() {
  const { t } = useTranslation(['bot', 'common']);
  const isWhole = (value?: FeedbackQuestion | null) =>
    !value ||
    (TEXTS.every((name) => value[name].trim()) && WORDS.every((name) => value[name].length > 0));
  return (
    <Form.Item
      name="feedback"
      rules={[
        {
          validator: (_, value) =>
            isWhole(value) ? Promise.resolve() : Promise.reject(new Error(t('common:required'))),
        },
      ]}
      validateTrigger="onSubmit"
    >
      <FeedbackField />
    </Form.Item>
  );
}
