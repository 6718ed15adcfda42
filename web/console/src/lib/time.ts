import dayjs from 'dayjs';
import i18next from 'i18next';
import { useEffect, useState } from 'react';
import type { Moment } from './types';

/** Minutes and seconds matter up to an hour, then hours, then days. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return i18next.t('common:time.seconds', { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return i18next.t('common:time.minutes', { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 72) return i18next.t('common:time.hours', { n: hours });
  return i18next.t('common:time.days', { n: Math.floor(hours / 24) });
}

/** The clock today, the date this year, the full date before that. */
export function shortMoment(moment: Moment, now = Date.now()): string {
  const at = dayjs(moment);
  const today = dayjs(now);
  if (at.isSame(today, 'day')) return at.format('HH:mm');
  if (at.isSame(today.subtract(1, 'day'), 'day')) return i18next.t('common:time.yesterday');
  return at.isSame(today, 'year') ? at.format('MM-DD') : at.format('YYYY-MM-DD');
}

export function fullMoment(moment?: Moment | null): string {
  return moment ? dayjs(moment).format('YYYY-MM-DD HH:mm') : '—';
}

/** The present moment, renewed every `seconds`. */
export function useNow(seconds = 15): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  return now;
}
