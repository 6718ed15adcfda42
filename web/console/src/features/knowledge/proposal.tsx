import { Alert, Button, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReport } from '@/components/problem';
import { useRehearsed } from '@/components/use-rehearsed';
import { followed } from '@/lib/sentences';
import { useSession } from '@/lib/session';
import { fullMoment } from '@/lib/time';
import type { Entry, EntryAct, EntryProposal } from '@/lib/types';
import {
  useConfirmProposal,
  useKnowledgeSettings,
  usePropose,
  useRefuseProposal,
  useWithdrawProposal,
} from './api';
import { WordsDialog } from './words-dialog';

/** What an act on a whole entry needs where four eyes are asked for: a colleague. */
export interface Wish {
  entry: Entry;
  act: EntryAct;
  restores?: number;
}

/** Whether somebody else must confirm what is done to this entry as a whole. */
export function useAsksForTwo(): (entry: Entry) => boolean {
  const fourEyes = useKnowledgeSettings().data?.four_eyes ?? false;
  return (entry) => fourEyes && entry.version > 0;
}

/** Says what waits for a colleague, in a list. */
export function ProposalTag({ proposal }: { proposal: EntryProposal }) {
  const { t } = useTranslation('knowledge');
  const what = t(`proposal.waits.${proposal.act}`, { n: proposal.restores });
  if (proposal.open) return <Tag color="gold">{what}</Tag>;
  return (
    <Tag color={proposal.reason ? 'red' : undefined}>
      {t(proposal.reason ? 'proposal.refused' : 'proposal.over')}
    </Tag>
  );
}

/** Asks why, and proposes it. */
export function ProposeDialog(props: { wish: Wish; open: boolean; onClose: () => void }) {
  const { entry, act, restores } = props.wish;
  const { t } = useTranslation('knowledge');
  const report = useReport();
  const propose = usePropose(entry.id);
  return (
    <WordsDialog
      open={props.open}
      title={t(`proposal.title.${act}`, { n: restores })}
      text={t('proposal.text')}
      hint={t('proposal.hint')}
      ok={t('proposal.act')}
      busy={propose.isPending}
      onClose={props.onClose}
      onOk={(note) =>
        propose.mutateAsync({ act, restores, version: entry.version, note }).then(() => {
          report.done(t('proposal.done'));
          props.onClose();
        }, report.failed)
      }
    />
  );
}

/** What somebody proposes to do with the entry, and what whoever looks at it may do now. */
export function ProposalBar(props: {
  entry: Entry;
  proposal: EntryProposal;
  mayEdit: boolean;
  /** Shows a restoration's differences. */
  onCompare: (version: number) => void;
  onDeleted: () => void;
}) {
  const { entry, proposal, mayEdit } = props;
  const { act, restores: n } = proposal;
  const { t } = useTranslation('knowledge');
  const report = useReport();
  const rehearsed = useRehearsed();
  const me = useSession().user;
  const fourEyes = useKnowledgeSettings().data?.four_eyes ?? false;
  const confirm = useConfirmProposal(entry.id, act);
  const refuse = useRefuseProposal(entry.id);
  const withdraw = useWithdrawProposal(entry.id);
  const [trying, setTrying] = useState(false);
  const [asks, setAsks] = useState(false);
  const isOwn = proposal.proposed_by?.id === me.id;
  const mayConfirm = proposal.open && (!fourEyes || !isOwn);
  const doIt = () => {
    setTrying(true);
    const input = { act, entry: entry.id, version: n ?? undefined };
    rehearsed(input, (accept_fall) =>
      confirm.mutateAsync({ proposal: proposal.id, accept_fall }).then(() => {
        // the page of an entry that is gone asks for it no more
        if (act === 'delete') props.onDeleted();
      }),
    )
      .then(
        (note) =>
          note !== null && report.done(followed(t(`proposal.confirmed.${act}`, { n }), note)),
        report.failed,
      )
      .finally(() => setTrying(false));
  };
  const program = t('versions.program');
  const who = proposal.proposed_by?.name || program;
  const state = proposal.open
    ? t(`proposal.effect.${act}`, { n })
    : proposal.reason
      ? t('proposal.refused_text', {
          who: proposal.refused_by?.name || program,
          reason: proposal.reason,
        })
      : t('proposal.over_text');
  return (
    <Alert
      type={proposal.open ? 'warning' : proposal.reason ? 'error' : 'info'}
      showIcon
      style={{ marginBottom: 16 }}
      data-testid="proposal"
      title={t(`proposal.bar.${act}`, { who, n, at: fullMoment(proposal.proposed_at) })}
      description={
        <>
          {proposal.note && <p style={{ margin: '0 0 10px' }}>{proposal.note}</p>}
          <p className={proposal.reason ? undefined : 'muted'} style={{ margin: '0 0 10px' }}>
            {state}
          </p>
          <div className="bar-acts">
            {act === 'restore' && n && (
              <Button size="small" onClick={() => props.onCompare(n)}>
                {t('proposal.compare')}
              </Button>
            )}
            {mayEdit && mayConfirm && (
              <Button
                size="small"
                type="primary"
                danger={act === 'delete'}
                loading={trying || confirm.isPending}
                onClick={doIt}
              >
                {t(`proposal.confirm.${act}`)}
              </Button>
            )}
            {mayEdit && proposal.open && !isOwn && (
              <Button size="small" onClick={() => setAsks(true)}>
                {t('proposal.refuse')}
              </Button>
            )}
            {mayEdit && (isOwn || !proposal.open) && (
              <Button
                size="small"
                loading={withdraw.isPending}
                onClick={() => withdraw.mutate(undefined, { onError: report.failed })}
              >
                {t(proposal.reason ? 'proposal.put_away' : 'proposal.withdraw')}
              </Button>
            )}
          </div>
          {proposal.open && !mayConfirm && (
            <p className="muted" style={{ margin: '10px 0 0' }}>
              {t('proposal.four_eyes')}
            </p>
          )}
          <WordsDialog
            open={asks}
            title={t('proposal.refuse_title')}
            hint={t('proposal.refuse_hint')}
            ok={t('proposal.refuse')}
            required
            busy={refuse.isPending}
            onClose={() => setAsks(false)}
            onOk={(reason) =>
              refuse.mutate(
                { proposal: proposal.id, reason },
                { onSuccess: () => setAsks(false), onError: report.failed },
              )
            }
          />
        </>
      }
    />
  );
}
