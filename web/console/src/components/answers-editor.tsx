import {
  ArrowDownOutlined,
  ArrowUpOutlined,
  DeleteOutlined,
  PlusOutlined,
} from '@ant-design/icons';
import { Button, Dropdown, Tooltip } from 'antd';
import type { RuleObject } from 'antd/es/form';
import { FormItemInputContext, NoFormStyle } from 'antd/es/form/context';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { ANSWER_TYPES, type AnswerType, contentGap, emptyContent } from '@/lib/content';
import type { Content } from '@/lib/types';
import { ContentFields } from './content-fields';
import './editors.css';

/**
 * Several answers of any content type, in order. Works as a form control. When the form finds something wrong, that
 * is said at the answer and at the fields that it concerns, not at all of them.
 */
export function AnswersEditor(props: {
  value?: Content[];
  onChange?: (answers: Content[]) => void;
  types?: readonly AnswerType[];
  max?: number;
}) {
  const { t } = useTranslation('content');
  const { value: answers = [], onChange = () => {}, types = ANSWER_TYPES, max = 5 } = props;
  const isWrong = useContext(FormItemInputContext).status === 'error';
  const move = (from: number, to: number) => {
    const next = [...answers];
    const [taken] = next.splice(from, 1);
    if (taken) next.splice(to, 0, taken);
    onChange(next);
  };
  return (
    <div className="answers">
      {answers.length === 0 && <p className="muted">{t('empty')}</p>}
      {answers.map((content, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: answers have no id; fields are controlled
        <div className="answer" key={index}>
          <div className="answer-head">
            <b>{t(`type.${content.type}`)}</b>
            <span style={{ flex: 1 }} />
            <Tooltip title={t('up')}>
              <Button
                size="small"
                type="text"
                aria-label={t('up')}
                icon={<ArrowUpOutlined />}
                disabled={index === 0}
                onClick={() => move(index, index - 1)}
              />
            </Tooltip>
            <Tooltip title={t('down')}>
              <Button
                size="small"
                type="text"
                aria-label={t('down')}
                icon={<ArrowDownOutlined />}
                disabled={index === answers.length - 1}
                onClick={() => move(index, index + 1)}
              />
            </Tooltip>
            <Tooltip title={t('remove')}>
              <Button
                size="small"
                type="text"
                danger
                aria-label={t('remove')}
                icon={<DeleteOutlined />}
                onClick={() => onChange(answers.filter((_, at) => at !== index))}
              />
            </Tooltip>
          </div>
          <NoFormStyle status>
            <ContentFields
              content={content}
              checked={isWrong}
              onChange={(next) => onChange(answers.map((one, at) => (at === index ? next : one)))}
            />
          </NoFormStyle>
          <Gap content={content} shown={isWrong && answers.length > 1} />
        </div>
      ))}
      {answers.length < max && (
        <Dropdown
          trigger={['click']}
          menu={{
            items: types.map((type) => ({ key: type, label: t(`type.${type}`) })),
            onClick: ({ key }) => onChange([...answers, emptyContent(key as AnswerType)]),
          }}
        >
          <Button icon={<PlusOutlined />}>{t('add')}</Button>
        </Dropdown>
      )}
    </div>
  );
}

/** What an answer still lacks. */
function Gap({ content, shown }: { content: Content; shown: boolean }) {
  const { t } = useTranslation('content');
  const gap = shown && contentGap(content);
  if (!gap) return null;
  return (
    <div className="ant-form-item-explain-error" data-testid="answer-gap">
      {t(gap, { kind: t(`type.${content.type}`) })}
    </div>
  );
}

/** A form rule: every answer is whole, and there is one unless none is fine. */
export function useAnswersRule(optional = false): RuleObject {
  const { t } = useTranslation(['content', 'common']);
  return {
    validator: async (_, answers: Content[] = []) => {
      if (answers.length === 0 && !optional) throw new Error(t('need_items'));
      for (const [at, content] of answers.entries()) {
        const gap = contentGap(content);
        if (!gap) continue;
        const words = t(gap, { kind: t(`type.${content.type}`) });
        throw new Error(answers.length > 1 ? t('need_of', { n: at + 1, words }) : words);
      }
    },
  };
}
