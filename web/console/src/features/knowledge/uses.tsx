import { useQuery } from '@tanstack/react-query';
import { Segmented, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable, NoRows, whole } from '@/components/list';
import { Page } from '@/components/page';
import { api } from '@/lib/api';
import { entryPlace } from '@/lib/entry';
import { useGo } from '@/lib/go';
import { useSession } from '@/lib/session';
import type { RankedEntry } from '@/lib/types';
import { hits, SpanSelect } from './use';

const ORDERS = ['most', 'least', 'unsolved'] as const;
type Order = (typeof ORDERS)[number];

/** 使用情况: which entries answer most, which never do, and which do not help. */
export default function Uses() {
  const { t } = useTranslation(['knowledge', 'common']);
  const go = useGo();
  const [days, setDays] = useState(30);
  const [order, setOrder] = useState<Order>('most');
  const [search, setSearch] = useState('');
  const list = useQuery({
    queryKey: ['knowledge', 'uses', days, order],
    queryFn: () => api.get('/knowledge/uses', { query: { days, order } }),
  });
  const isHeadquarters = useSession().tenant.kind !== 'member';
  const word = search.trim().toLowerCase();
  const items = (list.data?.items ?? []).filter((one) => one.question.toLowerCase().includes(word));
  const number = (title: string, of: (one: RankedEntry) => number, width = 104) => ({
    title,
    width,
    align: 'right' as const,
    render: (_: unknown, one: RankedEntry) => of(one) || <span className="muted">0</span>,
  });
  return (
    <Page
      title={t('common:nav.uses')}
      hint={
        list.data
          ? t('use.summary', { entries: list.data.entries, unused: list.data.unused })
          : t('use.hint')
      }
      actions={<SpanSelect days={days} onDays={setDays} />}
    >
      <ListTable<RankedEntry>
        rowKey="id"
        tableLayout="fixed"
        width={880}
        list={whole({ ...list, data: items })}
        search={{ text: search, onText: setSearch, hint: t('use.search') }}
        filters={
          <Segmented<Order>
            value={order}
            onChange={setOrder}
            options={ORDERS.map((value) => ({ value, label: t(`use.order.${value}`) }))}
          />
        }
        empty={
          <NoRows
            searched={Boolean(word)}
            notFound={t('use.nothing_found')}
            empty={t(order === 'unsolved' ? 'use.empty_unsolved' : 'use.empty')}
          />
        }
        onOpen={(one) => go(...entryPlace(one.id, one.is_shared))}
        columns={[
          {
            title: t('question'),
            render: (_, one) => (
              <span className="clamp-2">
                {one.question} {one.is_shared && <Tag color="blue">{t('shared.title')}</Tag>}
                {hits(one) + one.member_hits === 0 && <Tag>{t('use.unused')}</Tag>}
              </span>
            ),
          },
          number(t('use.hits'), hits),
          ...(isHeadquarters ? [number(t('use.members'), (one) => one.member_hits)] : []),
          number(t('use.answered'), (one) => one.answered),
          number(t('use.picked'), (one) => one.picked),
          number(t('use.chosen'), (one) => one.chosen),
          number(t('use.offered'), (one) => one.offered),
          number(t('use.solved'), (one) => one.solved),
          number(t('use.unsolved'), (one) => one.unsolved),
        ]}
      />
      {order !== 'unsolved' && list.data && list.data.entries > list.data.items.length && (
        <p className="muted">{t('use.some', { n: list.data.items.length })}</p>
      )}
    </Page>
  );
}
