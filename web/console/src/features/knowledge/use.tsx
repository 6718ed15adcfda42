import { useQuery } from '@tanstack/react-query';
import { Select, Skeleton, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '@/components/problem';
import { api } from '@/lib/api';
import { useSession } from '@/lib/session';
import { fullMoment, shortMoment } from '@/lib/time';
import type { EntryUse, Uses } from '@/lib/types';

export const SPANS = [7, 30, 90, 365];

/** How far to look back. */
export function SpanSelect({ days, onDays }: { days: number; onDays: (days: number) => void }) {
  const { t } = useTranslation('knowledge');
  return (
    <Select
      value={days}
      onChange={onDays}
      style={{ width: 132 }}
      aria-label={t('use.span')}
      options={SPANS.map((n) => ({ value: n, label: t('use.days', { n }) }))}
    />
  );
}

/** How often it reached a customer as an answer. */
export const hits = (uses: Uses) => uses.answered + uses.picked + uses.chosen;

const DAY = 24 * 60 * 60_000;

/** The last days of a span, each with its number. Days begin where the company is, as the server counts them. */
function bars(use: EntryUse, days: number, timeZone: string): { day: string; count: number }[] {
  const known = new Map(use.days.map((one) => [one.day, hits(one)]));
  const shown = Math.min(days, 30);
  // Swedish writes a day as ISO 8601 does
  const today = Date.parse(new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date()));
  return Array.from({ length: shown }, (_, nth) => {
    const day = new Date(today - (shown - 1 - nth) * DAY).toISOString().slice(0, 10);
    return { day, count: known.get(day) ?? 0 };
  });
}

function Days({ use, days }: { use: EntryUse; days: number }) {
  const { t } = useTranslation('knowledge');
  const all = bars(use, days, useSession().tenant.time_zone);
  const most = Math.max(1, ...all.map((one) => one.count));
  return (
    <div className="use-days" role="img" aria-label={t('use.chart')}>
      {all.map((one) => (
        <Tooltip key={one.day} title={t('use.on_day', { day: one.day, n: one.count })}>
          <i style={{ height: `${Math.max(one.count > 0 ? 8 : 2, (one.count / most) * 100)}%` }} />
        </Tooltip>
      ))}
    </div>
  );
}

const FIGURES = ['answered', 'picked', 'chosen', 'offered', 'solved', 'unsolved'] as const;

function Shown({ use, days }: { use: EntryUse; days: number }) {
  const { t } = useTranslation('knowledge');
  return (
    <>
      <div className="use-figures">
        {FIGURES.map((name) => (
          <Tooltip key={name} title={t(`use.hint_${name}`)}>
            <div>
              <b data-testid={`use-${name}`}>{use.total[name]}</b>
              <span className="muted">{t(`use.${name}`)}</span>
            </div>
          </Tooltip>
        ))}
      </div>
      <p className="muted" data-testid="use-marks">
        {t('use.marks', { ...use.marks })}
      </p>
      <Days use={use} days={days} />
      {use.members.length > 0 && <h4>{t('use.by_member')}</h4>}
      <ul className="use-samples" data-testid="use-members">
        {use.members.map((one) => (
          <li key={one.id}>
            <span className="ellipsis grow">{one.name}</span>
            <span className="muted nowrap">
              {t('use.member_line', { n: hits(one), solved: one.solved, unsolved: one.unsolved })}
            </span>
          </li>
        ))}
      </ul>
      {use.samples.length > 0 && <h4>{t('use.samples')}</h4>}
      <ul className="use-samples">
        {use.samples.map((one) => (
          <li key={`${one.at}${one.thread}${one.way}`}>
            <Tag>{t(`use.${one.way}`)}</Tag>
            <span className="ellipsis">{one.question}</span>
            {one.helped !== undefined && one.helped !== null && (
              <Tag color={one.helped ? 'green' : 'red'}>
                {t(one.helped ? 'use.solved' : 'use.unsolved')}
              </Tag>
            )}
            <Tooltip title={fullMoment(one.at)}>
              <span className="muted nowrap">{shortMoment(one.at)}</span>
            </Tooltip>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Below an entry: how often it answered, day by day, and what customers asked. */
export function EntryUsePanel({ entry }: { entry: string }) {
  const { t } = useTranslation('knowledge');
  const [days, setDays] = useState(30);
  const use = useQuery({
    queryKey: ['knowledge', 'use', entry, days],
    queryFn: () => api.get('/knowledge/entries/{id}/use', { path: { id: entry }, query: { days } }),
  });
  return (
    <section className="panel use-panel" data-testid="entry-use">
      <header>
        <h3>{t('use.title')}</h3>
        <SpanSelect days={days} onDays={setDays} />
      </header>
      {use.isPending && <Skeleton active paragraph={{ rows: 2 }} />}
      {use.isError && <ProblemAlert error={use.error} onRetry={() => use.refetch()} />}
      {use.isSuccess && <Shown use={use.data} days={days} />}
    </section>
  );
}
