import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Radio, Select } from 'antd';
import type { RuleObject } from 'antd/es/form';
import { useTranslation } from 'react-i18next';
import { shownAnswers } from '@/components/answer-fields';
import { AnswersEditor, useAnswersRule } from '@/components/answers-editor';
import { Phone } from '@/components/phone';
import type { AnswerMode, ChannelAnswers, Content } from '@/lib/types';
import { customer } from '@/locales/customer';
import { useInboxes, useQuestions } from './api';

/** A channel as the form names it: `kind:wechat`, or `inbox:` with its key. */
export type Place = string;

const placesOf = (set: ChannelAnswers): Place[] => [
  ...(set.channels ?? []).map((kind) => `kind:${kind}`),
  ...(set.inboxes ?? []).map((id) => `inbox:${id}`),
];
const after = (place: Place) => place.slice(place.indexOf(':') + 1);
const withPlaces = (set: ChannelAnswers, places: Place[]): ChannelAnswers => ({
  ...set,
  channels: places.filter((one) => one.startsWith('kind:')).map(after),
  inboxes: places.filter((one) => one.startsWith('inbox:')).map(after),
});

/** The channels that there are, and those that the sets name though nobody is connected there. */
function usePlaces(sets: ChannelAnswers[]) {
  const { t, i18n } = useTranslation('knowledge');
  const inboxes = useInboxes().data ?? [];
  const kinds = new Set([...inboxes.map((one) => one.kind), 'wechat']);
  for (const kind of sets.flatMap((set) => set.channels ?? [])) kinds.add(kind);
  const nameOf = (kind: string) => {
    const key = `knowledge:channel_kind.${kind}`;
    return i18n.exists(key) ? i18n.t(key as never) : kind;
  };
  return [
    {
      label: t('channel_kinds'),
      options: [...kinds].map((kind) => ({ value: `kind:${kind}`, label: nameOf(kind), kind })),
    },
    {
      label: t('channel_inboxes'),
      options: inboxes.map(({ id, name, kind }) => ({ value: `inbox:${id}`, label: name, kind })),
    },
  ].filter((group) => group.options.length > 0);
}

/** The set for a place: one that names the inbox, or else one that names its kind. */
export function setFor(
  sets: ChannelAnswers[],
  place: Place,
  kind: string,
): ChannelAnswers | undefined {
  const named = (one: Place) => sets.find((set) => placesOf(set).includes(one));
  return named(place) ?? named(`kind:${kind}`);
}

/** Sets of answers, each for some channels. A form control. */
function Sets(props: { value?: ChannelAnswers[]; onChange?: (sets: ChannelAnswers[]) => void }) {
  const { t } = useTranslation(['knowledge', 'content', 'common']);
  const { value: sets = [], onChange = () => {} } = props;
  const places = usePlaces(sets);
  const taken = new Set(sets.flatMap(placesOf));
  const change = (at: number, next: ChannelAnswers) =>
    onChange(sets.map((one, index) => (index === at ? next : one)));
  return (
    <div className="kb-sets">
      {sets.map((set, at) => {
        const own = placesOf(set);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: sets have no id; fields are controlled
          <section className="kb-set" key={at} data-testid="channel-set">
            <div className="kb-set-head">
              <Select
                mode="multiple"
                style={{ flex: 1 }}
                aria-label={t('channel_where')}
                placeholder={t('channel_where')}
                value={own}
                onChange={(next) => change(at, withPlaces(set, next))}
                options={places.map((group) => ({
                  ...group,
                  options: group.options.map((one) => ({
                    ...one,
                    disabled: taken.has(one.value) && !own.includes(one.value),
                  })),
                }))}
              />
              <Button
                type="text"
                danger
                aria-label={t('common:delete')}
                icon={<DeleteOutlined />}
                onClick={() => onChange(sets.filter((_, index) => index !== at))}
              />
            </div>
            <AnswersEditor
              value={set.answers}
              onChange={(answers) => change(at, { ...set, answers })}
            />
            {set.answers.length > 1 && (
              <Radio.Group
                aria-label={t('content:mode')}
                value={set.answer_mode ?? 'in_order'}
                onChange={(event) =>
                  change(at, { ...set, answer_mode: event.target.value as AnswerMode })
                }
                options={(['in_order', 'random'] as const).map((value) => ({
                  value,
                  label: t(`content:mode_${value}`),
                }))}
              />
            )}
          </section>
        );
      })}
      <Button
        icon={<PlusOutlined />}
        data-testid="add-channel-set"
        onClick={() =>
          onChange([
            ...sets,
            {
              channels: [],
              inboxes: [],
              answers: [{ type: 'text', text: '' }],
              answer_mode: 'in_order',
            },
          ])
        }
      >
        {t('channel_add')}
      </Button>
    </div>
  );
}

/** Answers that some channels get in the place of the usual ones. */
export function ChannelFields() {
  const { t } = useTranslation('knowledge');
  const whole = useAnswersRule();
  const rule: RuleObject = {
    validator: async (_, sets: ChannelAnswers[] = []) => {
      for (const set of sets) {
        if (placesOf(set).length === 0) throw new Error(t('channel_nowhere'));
        await whole.validator?.(whole as never, set.answers, () => {});
      }
    },
  };
  return (
    <Form.Item
      name="channel_answers"
      label={t('channel_answers')}
      extra={t('channel_hint')}
      rules={[rule]}
      validateTrigger="onSubmit"
    >
      <Sets />
    </Form.Item>
  );
}

export interface Previewed {
  question?: string;
  answers?: Content[];
  answer_mode?: AnswerMode;
  channel_answers?: ChannelAnswers[];
  related?: string[];
}

/** The answer with what it leads to, as the bot says it. */
function withRelated(said: Content[], related: string[]): Content[] {
  if (related.length === 0) return said;
  const list = [
    customer.related,
    ...related.map((question, at) => `${at + 1} ${question}`),
    customer.relatedHow,
  ].join('\n');
  const last = said.at(-1);
  if (last?.type === 'text') {
    return [...said.slice(0, -1), { type: 'text', text: `${last.text}\n\n${list}` }];
  }
  return [...said, { type: 'text', text: list }];
}

/** The phone beside the form: what a customer of one channel sees. */
export function Preview(props: {
  values: Previewed;
  place: Place | undefined;
  onPlace: (place: Place | undefined) => void;
}) {
  const { t } = useTranslation('knowledge');
  const { question, channel_answers: sets = [], related = [] } = props.values;
  const places = usePlaces(sets);
  const all = places.flatMap((group) => group.options);
  const place = sets.length > 0 ? all.find((one) => one.value === props.place) : undefined;
  const set = place && setFor(sets, place.value, place.kind);
  const questions = useQuestions(related);
  const offered = related.flatMap((id) => questions[id] ?? []);
  const said = withRelated(shownAnswers(set ?? props.values), offered);
  return (
    <>
      {sets.length > 0 && (
        <Select
          allowClear
          style={{ width: '100%', marginBottom: 12 }}
          aria-label={t('preview_for')}
          placeholder={t('preview_for')}
          value={place?.value}
          onChange={props.onPlace}
          options={places}
        />
      )}
      <Phone
        title={place?.label}
        lines={[
          ...(question
            ? [{ from: 'customer' as const, content: { type: 'text' as const, text: question } }]
            : []),
          ...said.map((content) => ({ from: 'account' as const, content })),
        ]}
      />
    </>
  );
}
