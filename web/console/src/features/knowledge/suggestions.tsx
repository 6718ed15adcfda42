import { Button, Popconfirm, Skeleton, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Nothing } from '@/components/page';
import { ProblemAlert, useReport } from '@/components/problem';
import { useRehearsed } from '@/components/use-rehearsed';
import { api } from '@/lib/api';
import { useGo } from '@/lib/go';
import { followed } from '@/lib/sentences';
import { fullMoment } from '@/lib/time';
import type { EntrySuggestions } from '@/lib/types';
import { useKnowledgeSettings } from './api';
import { useAcceptSuggestions, useDismissSuggestions, useSuggestions } from './learning-api';

function OfEntry({ item }: { item: EntrySuggestions }) {
  const { t } = useTranslation('knowledge');
  const go = useGo();
  const report = useReport();
  const accept = useAcceptSuggestions();
  const rehearsed = useRehearsed();
  const fourEyes = useKnowledgeSettings().data?.four_eyes ?? false;
  const [trying, setTrying] = useState(false);
  const dismiss = useDismissSuggestions();
  const { entry, questions } = item;
  const take = async (texts: string[]) => {
    setTrying(true);
    try {
      const now = await api.get('/knowledge/entries/{id}', { path: { id: entry } });
      let published = false;
      const run = async (accept_fall: boolean) => {
        ({ published } = await accept.mutateAsync({ entry, questions: texts, accept_fall }));
      };
      let note: string | null = '';
      // What becomes a draft changes no answer yet: it is tried when it is published.
      if (fourEyes || now.draft) {
        await run(false);
      } else {
        const { question, valid_from, valid_until } = now;
        const similar = [...new Set([...now.similar, ...texts])];
        const text = { question, similar, valid_from, valid_until };
        note = await rehearsed({ act: 'write', entry, ...text }, run);
      }
      if (note === null) return;
      const done = t(published ? 'suggestion.published' : 'suggestion.drafted');
      report.done(followed(done, note));
    } catch (error) {
      report.failed(error);
    } finally {
      setTrying(false);
    }
  };
  const busy = trying || accept.isPending || dismiss.isPending;
  return (
    <div className="panel l-entry" data-testid="suggestion">
      <div className="l-line">
        <button
          type="button"
          className="plain grow ellipsis"
          onClick={() => go(`/knowledge/entries/${entry}`)}
        >
          <b>{item.question}</b>
        </button>
        {questions.length > 1 && (
          <Button
            size="small"
            disabled={busy}
            onClick={() => take(questions.slice(0, 50).map((one) => one.text))}
          >
            {t('suggestion.accept_all', { n: Math.min(questions.length, 50) })}
          </Button>
        )}
      </div>
      {questions.map((one) => (
        <div key={one.text} className="l-line l-question">
          <span className="grow">
            {one.text}{' '}
            <Tooltip title={t('suggestion.last', { at: fullMoment(one.last_at) })}>
              <small className="muted nowrap">{t('suggestion.count', { n: one.count })}</small>
            </Tooltip>{' '}
            {one.instead && (
              <Tooltip title={t('suggestion.instead_hint')}>
                <Tag color="orange">{t('suggestion.instead', { question: one.instead })}</Tag>
              </Tooltip>
            )}
          </span>
          <span className="nowrap">
            <Button type="link" size="small" disabled={busy} onClick={() => take([one.text])}>
              {t('suggestion.accept')}
            </Button>
            <Popconfirm
              title={t('suggestion.dismiss_title')}
              description={t('suggestion.dismiss_text')}
              okText={t('suggestion.dismiss')}
              onConfirm={() =>
                dismiss.mutate({ entry, questions: [one.text] }, { onError: report.failed })
              }
            >
              <Button type="link" size="small" danger disabled={busy}>
                {t('suggestion.dismiss')}
              </Button>
            </Popconfirm>
          </span>
        </div>
      ))}
    </div>
  );
}

/** Questions for which agents chose an entry that the base would not have found surely. */
export function Suggestions() {
  const { t } = useTranslation('knowledge');
  const list = useSuggestions();
  const items = list.data?.items ?? [];
  return (
    <>
      <h2 className="l-head">
        {t('suggestion.title')}
        {(list.data?.total ?? 0) > 0 && <small className="muted"> {list.data?.total}</small>}
      </h2>
      <p className="muted">{t('suggestion.hint')}</p>
      {list.isPending && <Skeleton active />}
      {list.isError && <ProblemAlert error={list.error} onRetry={() => list.refetch()} />}
      {list.isSuccess && items.length === 0 && (
        <div className="panel">
          <Nothing text={t('suggestion.empty')} />
        </div>
      )}
      {items.map((item) => (
        <OfEntry key={item.entry} item={item} />
      ))}
    </>
  );
}
