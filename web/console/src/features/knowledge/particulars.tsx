import { DatePicker, Form, Select } from 'antd';
import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone';
import utc from 'dayjs/plugin/utc';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSettled } from '@/lib/list';
import { useSession } from '@/lib/session';
import type { Entry, EntryDraft, EntryInput } from '@/lib/types';
import { useEntries, useOwners, useQuestions, useTags } from './api';

dayjs.extend(utc);
dayjs.extend(timezone);

/** How many other questions an entry may name. */
const MOST_RELATED = 5;

/** What an entry has beside question and answer, as its form holds it. */
export interface ParticularValues {
  tags: string[];
  owner?: string | null;
  review_at?: string | null;
  related: string[];
}

/** The stored entry's part of a form. */
export function particularValues(text?: Entry | EntryDraft): ParticularValues {
  return {
    tags: text?.tags ?? [],
    owner: text?.owner ?? null,
    review_at: text?.review_at ?? null,
    related: text?.related ?? [],
  };
}

/** A form's part of what is sent. */
export function particularInput(
  values: ParticularValues,
): Pick<EntryInput, 'tags' | 'owner' | 'review_at' | 'related'> {
  const { tags, owner, review_at, related } = values;
  return { tags, owner: owner ?? null, review_at: review_at ?? null, related };
}

/** A day on the company's calendar, wherever the editor sits; its first moment is what is stored. A form control. */
function Day(props: { value?: string | null; onChange?: (value: string | null) => void }) {
  const { t } = useTranslation('knowledge');
  const zone = useSession().tenant.time_zone;
  const months = (n: number) => ({
    label: t('review_in', { n }),
    value: dayjs().add(n, 'month').startOf('day'),
  });
  return (
    <DatePicker
      style={{ width: '100%' }}
      presets={[months(3), months(6), months(12)]}
      value={props.value ? dayjs(dayjs(props.value).tz(zone).format('YYYY-MM-DD')) : null}
      // the day that was chosen, as it begins where the company is
      onChange={(day) =>
        props.onChange?.(day ? dayjs.tz(day.format('YYYY-MM-DD'), zone).toISOString() : null)
      }
    />
  );
}

/** Other questions, found by searching. A form control over their keys. */
function Related(props: {
  value?: string[];
  onChange?: (value: string[]) => void;
  self?: string;
  id?: string;
}) {
  const { t } = useTranslation('knowledge');
  const { value = [], self } = props;
  const [search, setSearch] = useState('');
  const found = useEntries({}, useSettled(search));
  const chosen = useQuestions(value);
  const others = found.items.filter(({ id }) => id !== self && !value.includes(id));
  // the list finds answers, too: what says the words in its own question is meant rather
  const words = search.trim().toLowerCase();
  const isNamed = ({ question }: { question: string }) => question.toLowerCase().includes(words);
  const options = [...others.filter(isNamed), ...others.filter((one) => !isNamed(one))].map(
    ({ id, question }) => ({ value: id, label: question }),
  );
  const named = value.map((id) => ({ value: id, label: chosen[id] ?? t('related_gone') }));
  return (
    <Select
      id={props.id}
      mode="multiple"
      maxCount={MOST_RELATED}
      value={value}
      onChange={(next) => {
        props.onChange?.(next);
        setSearch('');
      }}
      options={[...named, ...options]}
      showSearch={{ filterOption: false, searchValue: search, onSearch: setSearch }}
      placeholder={t('related_search')}
      notFoundContent={found.isPending ? null : t('nothing_found')}
    />
  );
}

/** A field's name, and how many there are of what it holds. */
export function Counted({ name, n }: { name: string; n: number }) {
  return (
    <span>
      {name} {n > 0 && <span className="muted">{n}</span>}
    </span>
  );
}

/** What comes after the answer. */
export function RelatedField({ self }: { self?: string }) {
  const { t } = useTranslation('knowledge');
  return (
    <Form.Item name="related" label={t('related')} extra={t('related_hint')}>
      <Related self={self} />
    </Form.Item>
  );
}

/** By what editors find an entry, who answers for it, and when it should be looked at. */
export function CareFields() {
  const { t } = useTranslation('knowledge');
  const tags = useTags().data ?? [];
  const owners = useOwners().data ?? [];
  return (
    <>
      <Form.Item name="tags" label={t('tags')}>
        <Select
          mode="tags"
          tokenSeparators={['|', '，', ',']}
          options={tags.map(({ tag }) => ({ value: tag, label: tag }))}
        />
      </Form.Item>
      <div className="kb-pair">
        <Form.Item name="owner" label={t('owner')} extra={t('owner_hint')}>
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            options={owners.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Form.Item>
        <Form.Item name="review_at" label={t('review_at')} extra={t('review_hint')}>
          <Day />
        </Form.Item>
      </div>
    </>
  );
}
