import { DatePicker } from 'antd';
import dayjs from 'dayjs';

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
