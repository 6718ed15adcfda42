import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';

/** From so many characters on it is told how many there may be. */
const TOLD_FROM = 100;

/** The standard question: a long one is seen whole, in several lines, and is one line all the same. */
export function QuestionField({ length, autoFocus }: { length: number; autoFocus: boolean }) {
  const { t } = useTranslation(['knowledge', 'common']);
  return (
    <Form.Item
      name="question"
      label={t('question')}
      normalize={(text: string) => text.replace(/\s*\n\s*/g, ' ')}
      rules={[{ required: true, whitespace: true, message: t('common:required') }]}
    >
      <Input.TextArea
        autoSize={{ minRows: 1, maxRows: 6 }}
        maxLength={200}
        showCount={length > TOLD_FROM}
        placeholder={t('question_hint')}
        autoFocus={autoFocus}
        onPressEnter={(event) => event.preventDefault()}
      />
    </Form.Item>
  );
}
