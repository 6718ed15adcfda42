import { SendOutlined } from '@ant-design/icons';
import { Button, Input, Skeleton, Tag, Tooltip } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { contentLine } from '@/components/content-text';
import { ContentView } from '@/components/content-view';
import { Points } from '@/components/points';
import { ProblemAlert } from '@/components/problem';
import { entryPlace } from '@/lib/entry';
import { useGo } from '@/lib/go';
import { useSettled } from '@/lib/list';
import type { AnswerCandidate } from '@/lib/types';
import { useCandidates } from './api';
import { keyOf, rankOf, type Take, takeOf } from './take';

const SOURCE_COLOUR = { entry: 'cyan', quick_reply: 'purple', given: 'gold' };

/** Digits take a candidate: alone while nobody types, with Alt always. Shift sends it. */
function useDigits(take: (rank: number, send: boolean) => void) {
  const current = useRef(take);
  current.current = take;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
      if (!digit || event.ctrlKey || event.metaKey) return;
      const { target } = event;
      const typing =
        target instanceof HTMLElement &&
        (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable);
      if (typing && !event.altKey) return;
      if (document.querySelector('.ant-modal-wrap:not([style*="display: none"])')) return;
      event.preventDefault();
      current.current(rankOf(digit), event.shiftKey);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** A probability for people: nothing that is listed is impossible. */
function percent(share: number): string {
  return share < 0.01 ? '<1%' : `${Math.round(share * 100)}%`;
}

/** Why a candidate stands in the list, and all of what it says. */
function Why({ candidate }: { candidate: AnswerCandidate }) {
  const { t } = useTranslation('desk');
  const go = useGo();
  return (
    <div className="a-why">
      <h4>{t(`answers.title_${candidate.source}`)}</h4>
      <div>{candidate.title}</div>
      {candidate.wording && (
        <>
          <h4>{t('answers.wording')}</h4>
          <div>{candidate.wording}</div>
        </>
      )}
      <h4>{t('answers.matched')}</h4>
      {candidate.why.length === 0 && <div className="muted">{t('answers.nothing_matched')}</div>}
      {candidate.why.map((piece) => (
        <Tag key={piece.text}>
          {piece.text}
          {piece.by_sound && ` (${t('answers.by_sound')})`}
        </Tag>
      ))}
      <h4>
        {t('answers.points')} {candidate.score.toFixed(2)}
      </h4>
      <Points points={candidate.points} />
      {candidate.chosen > 0 && (
        <div className="muted">{t('answers.chosen', { n: candidate.chosen })}</div>
      )}
      {candidate.by && <div className="muted">{t('answers.by', { name: candidate.by })}</div>}
      <h4>{t('answers.whole')}</h4>
      {candidate.answers.map((content, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: answers have no id
        <div className="a-content" key={index}>
          <ContentView content={content} />
        </div>
      ))}
      {candidate.source === 'entry' && (
        <Button
          size="small"
          type="link"
          onClick={() => go(...entryPlace(candidate.id, candidate.is_shared))}
          style={{ padding: 0 }}
        >
          {t('answers.open')}
        </Button>
      )}
    </div>
  );
}

function Row(props: {
  candidate: AnswerCandidate;
  rank: number;
  open: boolean;
  onFlip: () => void;
  onTake?: (send: boolean) => void;
}) {
  const { t } = useTranslation(['desk', 'content']);
  const { candidate, onTake } = props;
  const key = keyOf(props.rank);
  return (
    <div className={props.open ? 'a-row open' : 'a-row'} data-testid="candidate">
      <div className="a-head">
        <Tooltip title={onTake ? t('answers.insert', { key }) : t('answers.closed')}>
          <button
            type="button"
            className="a-key"
            aria-label={t('answers.insert', { key })}
            disabled={!onTake}
            onClick={() => onTake?.(false)}
          >
            {key}
          </button>
        </Tooltip>
        <button
          type="button"
          className="plain a-title"
          aria-expanded={props.open}
          title={t('answers.why')}
          onClick={props.onFlip}
        >
          <b className="clamp-2">{candidate.title}</b>
        </button>
        <Tooltip title={t('answers.confidence')}>
          <span className="a-sure">{percent(candidate.confidence)}</span>
        </Tooltip>
        {onTake && (
          <Tooltip title={t('answers.send', { key })}>
            <Button
              size="small"
              type="text"
              aria-label={t('answers.send', { key })}
              icon={<SendOutlined />}
              onClick={() => onTake(true)}
            />
          </Tooltip>
        )}
      </div>
      {!props.open && (
        <button type="button" className="plain a-text" tabIndex={-1} onClick={props.onFlip}>
          <span className="a-line ellipsis">
            {candidate.source !== 'entry' && (
              <Tag color={SOURCE_COLOUR[candidate.source]}>
                {candidate.by ?? t(`answers.source.${candidate.source}`)}
              </Tag>
            )}
            {candidate.answers.map((content) => contentLine(content, t)).join(' ')}
          </span>
        </button>
      )}
      {props.open && <Why candidate={candidate} />}
    </div>
  );
}

/** 答案: the ten best answers to what the customer just asked, each under a key. */
export function Answers(props: {
  thread: string;
  /** Absent while this agent may not write here. */
  onTake?: (take: Take, send: boolean) => void;
}) {
  const { t } = useTranslation('desk');
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<string>();
  const list = useCandidates(props.thread, useSettled(search.trim()));
  const { onTake } = props;
  const take = (candidate: AnswerCandidate, send: boolean) => {
    if (list.data) onTake?.(takeOf(list.data, candidate), send);
  };
  useDigits((rank, send) => {
    const candidate = list.data?.items[rank - 1];
    if (candidate) take(candidate, send);
  });
  const { text = '', items = [] } = list.data ?? {};
  return (
    <div className="a-list">
      <Input.Search
        allowClear
        size="small"
        value={search}
        maxLength={200}
        placeholder={t('answers.search')}
        aria-label={t('answers.search')}
        onChange={(event) => setSearch(event.target.value)}
      />
      {text && (
        <div className="muted a-for clamp-2" data-testid="candidates-for">
          {t(search.trim() ? 'answers.found' : 'answers.for', { text })}
        </div>
      )}
      {list.isError && <ProblemAlert error={list.error} onRetry={() => list.refetch()} />}
      {list.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
      {list.isSuccess && items.length === 0 && (
        <p className="muted">{t(text ? 'answers.nothing' : 'answers.no_question')}</p>
      )}
      {items.map((candidate, index) => (
        <Row
          key={candidate.id}
          candidate={candidate}
          rank={index + 1}
          open={open === candidate.id}
          onFlip={() => setOpen(open === candidate.id ? undefined : candidate.id)}
          onTake={onTake && ((send) => take(candidate, send))}
        />
      ))}
      {items.length > 0 && onTake && <p className="muted a-hint">{t('answers.hint')}</p>}
    </div>
  );
}
