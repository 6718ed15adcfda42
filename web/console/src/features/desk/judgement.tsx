import { CloseCircleOutlined, LikeFilled, LikeOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Popover, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert, useReport } from '@/components/problem';
import { api } from '@/lib/api';
import { entryPlace } from '@/lib/entry';
import { useGo } from '@/lib/go';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fullMoment } from '@/lib/time';
import type { Message, Judgement as Said } from '@/lib/types';
import { useCandidates } from './api';

const keyOf = (thread: string) => ['threads', thread, 'judgements'];

/** What colleagues said of the bot's answers in a thread. */
function useJudgements(thread: string) {
  return useQuery({
    queryKey: keyOf(thread),
    staleTime: 60_000,
    queryFn: () => api.get('/threads/{id}/judgements', { path: { id: thread } }),
  });
}

/** The bot answered from the base: only then is there an entry to be right. */
export function isFromBase(message: Message): boolean {
  return message.author.kind === 'bot' && message.reasons?.at(-1)?.code === 'knowledge.answer';
}

/** Which entry would have been right: the ten candidates, without the one that answered. */
function Instead(props: {
  thread: string;
  asked: string;
  answered?: unknown;
  onChoose: (entry?: string) => void;
}) {
  const { t } = useTranslation('desk');
  const list = useCandidates(props.thread, props.asked);
  const items = (list.data?.items ?? []).filter(
    (one) => one.source === 'entry' && one.id !== props.answered,
  );
  return (
    <div className="j-instead" data-testid="judge-instead">
      {list.isError && <ProblemAlert error={list.error} onRetry={() => list.refetch()} />}
      {items.map((one) => (
        <Button
          key={one.id}
          block
          type="text"
          className="j-choice"
          onClick={() => props.onChoose(one.id)}
        >
          <span className="ellipsis">{one.title}</span>
        </Button>
      ))}
      <Button block type="dashed" loading={list.isPending} onClick={() => props.onChoose()}>
        {t('judge.none')}
      </Button>
    </div>
  );
}

/** What was said, by whom, and the way back. */
function Verdict({ said, onBack }: { said: Said; onBack?: () => void }) {
  const { t } = useTranslation('desk');
  const go = useGo();
  const { instead } = said;
  return (
    <span className="j-said" data-testid="judged">
      <Tooltip title={t('judge.by', { name: said.by, at: fullMoment(said.at) })}>
        <Tag color={said.right ? 'green' : 'red'}>
          {t(said.right ? 'judge.is_right' : 'judge.is_wrong')}
        </Tag>
      </Tooltip>
      {instead && (
        <button
          type="button"
          className="plain link"
          onClick={() => go(...entryPlace(instead.id, instead.is_shared))}
        >
          {t('judge.instead', { question: instead.question })}
        </button>
      )}
      {onBack && (
        <button type="button" className="plain m-why" onClick={onBack}>
          {t('judge.back')}
        </button>
      )}
    </span>
  );
}

/** 对/错: a colleague says whether the bot's answer was right; the base learns from it. */
export function Judgement({
  message,
  thread,
  asked,
}: {
  message: Message;
  thread: string;
  asked: string;
}) {
  const { t } = useTranslation('desk');
  const report = useReport();
  const queries = useQueryClient();
  const mayJudge = useCan(PERMISSIONS.conversationAnswer);
  const [choosing, setChoosing] = useState(false);
  const list = useJudgements(thread);
  const fresh = () => queries.invalidateQueries({ queryKey: keyOf(thread) });
  const judge = useMutation({
    mutationFn: (body: { right: boolean; instead?: string }) =>
      api.put('/messages/{id}/judgement', { path: { id: message.id }, body }),
    onSuccess: (judged) => {
      queries.setQueryData(keyOf(thread), judged);
      report.done(t('judge.thanks'));
    },
    onError: (error) => {
      report.failed(error);
      fresh();
    },
  });
  const back = useMutation({
    mutationFn: () => api.remove('/messages/{id}/judgement', { path: { id: message.id } }),
    onError: report.failed,
    onSettled: () => {
      fresh();
    },
  });
  const said = list.data?.items.find((one) => one.message === message.id);
  if (said) return <Verdict said={said} onBack={mayJudge ? () => back.mutate() : undefined} />;
  if (!mayJudge || !list.isSuccess) return null;
  return (
    <span className="j-ask">
      <Tooltip title={t('judge.right')}>
        <Button
          type="text"
          size="small"
          aria-label={t('judge.right')}
          icon={judge.isPending ? <LikeFilled /> : <LikeOutlined />}
          onClick={() => judge.mutate({ right: true })}
        />
      </Tooltip>
      <Popover
        trigger="click"
        placement="leftTop"
        open={choosing}
        onOpenChange={setChoosing}
        title={t('judge.which')}
        destroyOnHidden
        content={
          <Instead
            thread={thread}
            asked={asked}
            answered={message.reasons?.at(-1)?.params?.entry}
            onChoose={(instead) => {
              setChoosing(false);
              judge.mutate({ right: false, instead });
            }}
          />
        }
      >
        <Button
          type="text"
          size="small"
          aria-label={t('judge.wrong')}
          title={t('judge.wrong')}
          icon={<CloseCircleOutlined />}
        />
      </Popover>
    </span>
  );
}
