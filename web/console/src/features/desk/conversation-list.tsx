import { EditOutlined, UserOutlined, WechatFilled } from '@ant-design/icons';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Avatar, Badge, Input, Skeleton, Tabs } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { contentLine } from '@/components/content-text';
import { Nothing } from '@/components/page';
import { ProblemAlert } from '@/components/problem';
import { duration, shortMoment, useNow } from '@/lib/time';
import type { Conversation, View } from '@/lib/types';
import { useConversations } from './api';

const VIEWS: View[] = ['mine', 'queue', 'bot', 'all', 'closed'];
const ROW = 76;

/** Waiting colours with age: a minute is fine, three are not. */
export function urgency(waited: number): 'calm' | 'soon' | 'late' {
  if (waited < 60_000) return 'calm';
  return waited < 180_000 ? 'soon' : 'late';
}

const SEEDS = ['#0f8f83', '#5b7db1', '#a06a4c', '#7a6bb0', '#4f8a5b', '#b0617f', '#5f7480'];

/** A steady colour for a person, from the id. */
export function colourOf(id: string): string {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return SEEDS[sum % SEEDS.length] ?? '#0f8f83';
}

export function PersonAvatar({ id, name, size = 40 }: { id: string; name: string; size?: number }) {
  // "Customer aB3" and many alike: the last word tells them apart
  const initial = [...(name.trim().split(/\s+/).at(-1) ?? '')][0];
  return (
    <Avatar size={size} style={{ background: colourOf(id), flex: 'none' }}>
      {initial ?? <UserOutlined />}
    </Avatar>
  );
}

function Row(props: { item: Conversation; active: boolean; now: number; onOpen: () => void }) {
  const { t } = useTranslation(['desk', 'content', 'common']);
  const { item, now } = props;
  const waited = item.waiting_since ? now - Date.parse(item.waiting_since) : null;
  const last = item.last_message;
  const moment = last?.at ?? item.opened_at;
  const who = last?.author.kind;
  return (
    <button
      type="button"
      className={props.active ? 'plain d-row active' : 'plain d-row'}
      onClick={props.onOpen}
      data-testid="conversation"
    >
      <Badge count={item.unread} size="small" offset={[-4, 4]}>
        <span className="d-avatar">
          <PersonAvatar id={item.contact.id} name={item.contact.name} />
          <WechatFilled className="d-channel" title={t('common:channel.wechat')} />
        </span>
      </Badge>
      <span className="d-row-words">
        <span className="d-row-line">
          <b className="ellipsis">{item.contact.name}</b>
          <small className="muted">{shortMoment(moment, now)}</small>
        </span>
        <span className="d-row-line">
          <span className="d-last ellipsis">
            {item.draft && (
              <em className="d-draft">
                <EditOutlined /> {t('draft')}
              </em>
            )}
            {(who === 'bot' || who === 'agent') && `${t(`author.${who}`)}: `}
            {last ? contentLine(last.content, t) : ''}
          </span>
        </span>
        <span className="d-row-line">
          <small className="muted ellipsis">
            {item.inbox.name}
            {item.agent
              ? ` · ${item.agent.name}`
              : item.stage === 'bot'
                ? ` · ${t('stage.bot')}`
                : ''}
          </small>
          {waited !== null && item.stage !== 'closed' && (
            <small className={`d-wait ${urgency(waited)}`}>
              {t('waiting', { time: duration(waited) })}
            </small>
          )}
        </span>
      </span>
    </button>
  );
}

interface Props {
  view: View;
  onView: (view: View) => void;
  search: string;
  onSearch: (text: string) => void;
  selected?: string;
  onOpen: (conversation: Conversation) => void;
  list: ReturnType<typeof useConversations>;
}

/** The left column: which conversation is next. */
export function ConversationList(props: Props) {
  const { t } = useTranslation(['desk', 'common']);
  const now = useNow(10);
  const box = useRef<HTMLDivElement>(null);
  const mine = useConversations('mine', '');
  const queue = useConversations('queue', '');
  const { list } = props;
  const counts: Partial<Record<View, number>> = {
    mine: mine.items.filter((item) => item.unread > 0).length,
    queue: queue.items.length,
  };
  const rows = useVirtualizer({
    count: list.items.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const virtual = rows.getVirtualItems();
  const lastShown = virtual.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && lastShown >= list.items.length - 5) fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, lastShown, list.items.length]);
  return (
    <section className="d-list" aria-label={t('common:nav.desk')}>
      <div className="d-list-head">
        <Input.Search
          allowClear
          value={props.search}
          placeholder={t('search')}
          onChange={(event) => props.onSearch(event.target.value)}
        />
      </div>
      <Tabs
        className="d-tabs"
        size="small"
        activeKey={props.view}
        onChange={(key) => props.onView(key as View)}
        items={VIEWS.map((view) => ({
          key: view,
          label: (
            <span>
              {t(`view.${view}`)}
              {Boolean(counts[view]) && (
                <span className={view === 'queue' ? 'd-count hot' : 'd-count'}>
                  {(counts[view] ?? 0) >= 50 ? '50+' : counts[view]}
                </span>
              )}
            </span>
          ),
        }))}
      />
      <div className="d-rows" ref={box}>
        {list.isPending && (
          <Skeleton active avatar paragraph={{ rows: 2 }} style={{ padding: 16 }} />
        )}
        {list.isError && <ProblemAlert error={list.error} onRetry={() => list.refetch()} />}
        {list.isSuccess && list.items.length === 0 && (
          <Nothing text={props.search ? t('nothing_found') : t(`empty.${props.view}`)} />
        )}
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {virtual.map((row) => {
            const item = list.items[row.index];
            return (
              item && (
                <div
                  key={item.id}
                  style={{ position: 'absolute', insetInline: 0, top: row.start, height: ROW }}
                >
                  <Row
                    item={item}
                    now={now}
                    active={item.id === props.selected}
                    onOpen={() => props.onOpen(item)}
                  />
                </div>
              )
            );
          })}
        </div>
      </div>
    </section>
  );
}
