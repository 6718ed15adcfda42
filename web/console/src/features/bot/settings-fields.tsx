import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Checkbox, DatePicker, Input, Segmented, Slider, TimePicker } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { BotSettings, Holiday, ServiceHours } from '@/lib/types';
import { useAnswerThreshold } from './api';

/** When people are there: several intervals on chosen days. */
export function HoursField(props: {
  value?: ServiceHours[];
  onChange?: (hours: ServiceHours[]) => void;
}) {
  const { t } = useTranslation('bot');
  const { value = [], onChange = () => {} } = props;
  const put = (index: number, part: Partial<ServiceHours>) =>
    onChange(value.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <div className="rows">
      {value.length === 0 && <span className="muted">{t('settings.always')}</span>}
      {value.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no id; fields are controlled
        <div className="hours-row" key={index}>
          <Checkbox.Group
            value={one.weekdays}
            options={[1, 2, 3, 4, 5, 6, 7].map((day) => ({
              value: day,
              label: t(`weekday.${day}`),
            }))}
            onChange={(weekdays) => put(index, { weekdays: [...weekdays].sort() })}
          />
          <TimePicker.RangePicker
            format="HH:mm"
            minuteStep={5}
            allowClear={false}
            order={false}
            value={[dayjs(one.from, 'HH:mm'), dayjs(one.until, 'HH:mm')]}
            onChange={(range) =>
              put(index, {
                from: range?.[0]?.format('HH:mm') ?? one.from,
                // midnight at the end of the day is written 24:00
                until: (range?.[1]?.format('HH:mm') ?? one.until).replace(/^00:00$/, '24:00'),
              })
            }
          />
          {one.from === '00:00' && one.until === '24:00' && (
            <span className="muted">{t('settings.whole_day')}</span>
          )}
          <Button
            type="text"
            danger
            aria-label={t('remove')}
            icon={<DeleteOutlined />}
            onClick={() => onChange(value.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Button
        icon={<PlusOutlined />}
        onClick={() =>
          onChange([...value, { weekdays: [1, 2, 3, 4, 5], from: '09:00', until: '18:00' }])
        }
      >
        {t('settings.add_hours')}
      </Button>
    </div>
  );
}

/** Days on which nobody is there. */
export function HolidaysField(props: { value?: Holiday[]; onChange?: (days: Holiday[]) => void }) {
  const { t } = useTranslation('bot');
  const { value = [], onChange = () => {} } = props;
  const put = (index: number, part: Partial<Holiday>) =>
    onChange(value.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <div className="rows">
      {value.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no id; fields are controlled
        <div className="hours-row" key={index}>
          <DatePicker.RangePicker
            allowClear={false}
            value={[dayjs(one.from), dayjs(one.until)]}
            onChange={(range) =>
              put(index, {
                from: range?.[0]?.format('YYYY-MM-DD') ?? one.from,
                until: range?.[1]?.format('YYYY-MM-DD') ?? one.until,
              })
            }
          />
          <Input
            style={{ flex: 1, minWidth: 160 }}
            placeholder={t('settings.holiday_text')}
            value={one.text ?? ''}
            onChange={(event) => put(index, { text: event.target.value || undefined })}
          />
          <Button
            type="text"
            danger
            aria-label={t('remove')}
            icon={<DeleteOutlined />}
            onClick={() => onChange(value.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Button
        icon={<PlusOutlined />}
        onClick={() => {
          const today = dayjs().format('YYYY-MM-DD');
          onChange([...value, { from: today, until: today }]);
        }}
      >
        {t('settings.add_holiday')}
      </Button>
    </div>
  );
}

const USUAL = { answer: 0.78, suggest: 0.3 };

/** The three bands of confidence. Where answers begin is read off the base itself, unless it is fixed here. */
export function ThresholdsField(props: {
  value?: BotSettings['thresholds'];
  onChange?: (value: BotSettings['thresholds']) => void;
}) {
  const { t } = useTranslation('bot');
  const { value = USUAL, onChange } = props;
  const { data } = useAnswerThreshold();
  const { suggest, answer: fixed } = value;
  const automatic = fixed === undefined;
  const answer = fixed ?? Math.max(data?.learnt ?? USUAL.answer, suggest);
  const why = () => {
    if (!data)
      return t(automatic ? 'settings.threshold_automatic' : 'settings.threshold_fixed_plain');
    if (automatic) {
      const key = data.learnt === undefined ? 'usual' : 'learnt';
      return t(`settings.threshold_${key}`, { n: answer.toFixed(2) });
    }
    if (data.learnt === undefined) return t('settings.threshold_fixed_plain');
    return t('settings.threshold_fixed', { n: data.learnt.toFixed(2) });
  };
  return (
    <div>
      <Segmented
        data-testid="threshold-by"
        value={automatic ? 'automatic' : 'fixed'}
        options={(['automatic', 'fixed'] as const).map((by) => ({
          value: by,
          label: t(`settings.threshold_by.${by}`),
        }))}
        onChange={(by) => onChange?.(by === 'fixed' ? { suggest, answer } : { suggest })}
      />
      <div className="muted">{why()}</div>
      {automatic ? (
        <Slider
          min={0.01}
          max={1}
          step={0.01}
          value={suggest}
          onChange={(suggest) => onChange?.({ suggest })}
        />
      ) : (
        <Slider
          range
          min={0}
          max={1}
          step={0.01}
          value={[suggest, answer]}
          onChange={([suggest = 0, answer = 1]) => onChange?.({ suggest, answer })}
        />
      )}
      <div className="bands">
        <span>{t('settings.band_fallback', { n: suggest.toFixed(2) })}</span>
        <span>{t('settings.band_suggest')}</span>
        <span>
          {automatic && !data
            ? t('settings.band_answer_automatic')
            : t('settings.band_answer', { n: answer.toFixed(2) })}
        </span>
      </div>
    </div>
  );
}
