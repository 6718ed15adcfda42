import { DatePicker, Tag } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';

type Range = [string | null, string | null];

/** From when until when something holds; both ends may stay open. A form control over a pair. */
export function Validity(props: { value?: Range; onChange?: (range: Range) => void }) {
  const [from, until] = props.value ?? [null, null];
  return (
    <DatePicker.RangePicker
      showTime={{ format: 'HH:mm' }}
      format="YYYY-MM-DD HH:mm"
      allowEmpty={[true, true]}
      value={[from ? dayjs(from) : null, until ? dayjs(until) : null]}
      onChange={(range) =>
        props.onChange?.([range?.[0]?.toISOString() ?? null, range?.[1]?.toISOString() ?? null])
      }
    />
  );
}

/** Says that something does not hold now: not yet, or no longer. */
export function ValidityTag(props: { from?: string | null; until?: string | null }) {
  const { t } = useTranslation('content');
  const now = Date.now();
  if (props.until && Date.parse(props.until) < now) return <Tag color="red">{t('expired')}</Tag>;
  if (props.from && Date.parse(props.from) > now) return <Tag color="gold">{t('not_yet')}</Tag>;
  return null;
}
