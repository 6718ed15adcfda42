import { Alert, Button, Input, Modal, Progress, Radio, Skeleton } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert, useReport } from '@/components/problem';
import { explainCode } from '@/lib/problem';
import type { DraftBatchAct, DraftLeft, DraftSelection, StageName } from '@/lib/types';
import { useKnowledgeSettings } from './api';
import { useBatch, useBegin, usePreview, useRunning, useStop } from './batch-api';
import { Rehearsed } from './rehearsed';

const ACTS: DraftBatchAct[] = ['submit', 'publish', 'return', 'discard'];

/** So many of the drafts that are left are named for each reason. */
const MOST_NAMED = 5;

/** The drafts that are left, by reason, the first of each by name. */
function LeftDrafts(props: { reasons: Record<string, number>; left: DraftLeft[] }) {
  const { t } = useTranslation('knowledge');
  const reasons = Object.entries(props.reasons).sort((a, b) => b[1] - a[1]);
  return (
    <ul className="batch-left" data-testid="batch-left">
      {reasons.map(([code, count]) => {
        const named = props.left.filter((one) => one.code === code).slice(0, MOST_NAMED);
        return (
          <li key={code}>
            <b>{t('batch.left', { n: count })}</b> {explainCode(code) ?? code}
            {named.map((one) => (
              <div key={one.entry} className="ellipsis">
                <a href={`/knowledge/entries/${one.entry}`} target="_blank" rel="noreferrer">
                  {one.question || one.entry}
                </a>
              </div>
            ))}
            {count > named.length && named.length > 0 && (
              <span className="muted">{t('batch.more', { n: count - named.length })}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** How an act goes on, and what came of it. */
function Course({ id }: { id: string }) {
  const { t } = useTranslation('knowledge');
  const report = useReport();
  const found = useBatch(id);
  const stop = useStop(id);
  if (found.isError) return <ProblemAlert error={found.error} onRetry={() => found.refetch()} />;
  if (!found.data) return <Skeleton active paragraph={{ rows: 2 }} />;
  const { act, drafts, through, done, reasons, left, ended_at, cancelled } = found.data;
  return (
    <div data-testid="batch-course">
      {ended_at ? (
        <Alert
          type={done === drafts ? 'success' : 'warning'}
          showIcon
          title={t(`batch.done.${act}`, { n: done })}
          description={
            cancelled
              ? t('batch.stopped', { n: drafts - through })
              : done < drafts
                ? t('batch.not_all', { n: drafts - done })
                : undefined
          }
        />
      ) : (
        <>
          <p className="muted">{t('batch.goes_on')}</p>
          <div className="batch-progress">
            <Progress
              percent={Math.floor((100 * through) / Math.max(drafts, 1))}
              format={() => `${through} / ${drafts}`}
            />
            <Button
              size="small"
              loading={stop.isPending}
              onClick={() => stop.mutate(undefined, { onError: report.failed })}
            >
              {t('batch.stop')}
            </Button>
          </div>
        </>
      )}
      {left.length > 0 && <LeftDrafts reasons={reasons} left={left} />}
    </div>
  );
}

/** What would be done with the drafts, and whether anything speaks against it. */
function Plan(props: {
  selection: DraftSelection;
  first: DraftBatchAct;
  onBegun: (id: string) => void;
  onClose: () => void;
}) {
  const { selection, onBegun } = props;
  const { t } = useTranslation(['knowledge', 'common']);
  const [act, setAct] = useState(props.first);
  const [note, setNote] = useState('');
  // null: not known yet
  const [falls, setFalls] = useState<boolean | null>(null);
  const [accepted, setAccepted] = useState(false);
  const preview = usePreview(act, selection, true);
  const begin = useBegin();
  const found = preview.data;
  const choose = (chosen: DraftBatchAct) => {
    setAct(chosen);
    setFalls(null);
    setAccepted(false);
    begin.reset();
  };
  const waits = Boolean(found?.rehearsal) && falls === null;
  const ready =
    Boolean(found?.taken) &&
    !preview.isFetching &&
    !waits &&
    !(falls && !accepted) &&
    (act !== 'return' || note.trim() !== '');
  return (
    <>
      <Radio.Group
        optionType="button"
        value={act}
        onChange={({ target }) => choose(target.value)}
        options={ACTS.map((value) => ({ value, label: t(`batch.act.${value}`) }))}
      />
      <p className="muted" style={{ margin: '12px 0' }}>
        {t(`batch.hint.${act}`)}
      </p>
      {preview.isError && <ProblemAlert error={preview.error} onRetry={() => preview.refetch()} />}
      {preview.isFetching && <Skeleton active paragraph={{ rows: 2 }} />}
      {found && !preview.isFetching && (
        <>
          <Alert
            type={found.taken > 0 ? 'info' : 'warning'}
            showIcon
            data-testid="batch-taken"
            title={t(found.taken > 0 ? `batch.takes.${act}` : 'batch.takes.nothing', {
              n: found.taken,
            })}
          />
          {found.left.length > 0 && <LeftDrafts reasons={found.reasons} left={found.left} />}
          {found.taken > 0 && (act === 'submit' || act === 'return') && (
            <Input.TextArea
              style={{ marginTop: 12 }}
              autoSize={{ minRows: 2, maxRows: 6 }}
              maxLength={500}
              aria-label={t(`batch.note.${act}`)}
              placeholder={t(`batch.note.${act}`)}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
          {found.taken > 0 && found.rehearsal && (
            <div style={{ marginTop: 16 }}>
              <Rehearsed
                id={found.rehearsal}
                accepted={accepted}
                onFound={setFalls}
                onAccept={setAccepted}
              />
            </div>
          )}
        </>
      )}
      {begin.isError && (
        <div style={{ marginTop: 12 }}>
          <ProblemAlert
            error={begin.error}
            onRetry={() => {
              begin.reset();
              preview.refetch();
            }}
          />
        </div>
      )}
      <div className="kb-acts">
        <Button onClick={props.onClose}>{t('common:cancel')}</Button>
        <Button
          type="primary"
          danger={act === 'discard'}
          disabled={!ready}
          loading={begin.isPending}
          onClick={() =>
            found &&
            begin.mutate(
              { act, selection, seen: found.seen, note, accept_fall: accepted },
              { onSuccess: (batch) => onBegun(batch.id) },
            )
          }
        >
          {t(`batch.ok.${act}`, { n: found?.taken ?? 0 })}
        </Button>
      </div>
    </>
  );
}

/** Acts on many drafts: first what would be done, then how it goes on. */
export function BatchDialog(props: {
  open: boolean;
  /** Which drafts; absent when an act is only followed. */
  selection?: DraftSelection;
  /** The stage that is shown: the next step of it is offered first. */
  stage?: StageName;
  /** The act that is followed. */
  batch?: string;
  onBegun: (id: string) => void;
  onClose: () => void;
}) {
  const { open, selection, stage, batch } = props;
  const { t } = useTranslation(['knowledge', 'common']);
  const fourEyes = useKnowledgeSettings().data?.four_eyes ?? false;
  const first = stage === 'review' || !fourEyes ? 'publish' : 'submit';
  return (
    <Modal
      open={open}
      title={t('batch.title')}
      width={720}
      footer={
        batch ? (
          <Button type="primary" onClick={props.onClose}>
            {t('common:close')}
          </Button>
        ) : null
      }
      destroyOnHidden
      onCancel={props.onClose}
    >
      {batch ? (
        <Course id={batch} />
      ) : (
        selection && (
          <Plan
            selection={selection}
            first={first}
            onBegun={props.onBegun}
            onClose={props.onClose}
          />
        )
      )}
    </Modal>
  );
}

/** Says that an act goes on, for who closed its dialog or came by another way. */
export function RunningNotice(props: { mayEdit: boolean; onShow: (id: string) => void }) {
  const { t } = useTranslation('knowledge');
  const running = useRunning(props.mayEdit);
  if (!running) return null;
  return (
    <Alert
      type="info"
      showIcon
      style={{ marginBottom: 12 }}
      title={t('batch.running', { through: running.through, drafts: running.drafts })}
      action={
        <Button size="small" onClick={() => props.onShow(running.id)}>
          {t('batch.show')}
        </Button>
      }
    />
  );
}
