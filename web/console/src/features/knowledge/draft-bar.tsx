import { Alert, App, Button, DatePicker, Modal } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReport } from '@/components/problem';
import { useRehearsed } from '@/components/use-rehearsed';
import { explainCode } from '@/lib/problem';
import { followed } from '@/lib/sentences';
import { fullMoment } from '@/lib/time';
import type { Entry, EntryDraft } from '@/lib/types';
import { useDiscard, usePublish, useReturn, useUnschedule } from './api';
import { WordsDialog } from './words-dialog';

/** Asks for a moment. */
export function MomentDialog(props: {
  open: boolean;
  busy: boolean;
  onOk: (at: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation('knowledge');
  const [at, setAt] = useState<Dayjs | null>(null);
  return (
    <Modal
      open={props.open}
      title={t('schedule.title')}
      okText={t('schedule.ok')}
      confirmLoading={props.busy}
      okButtonProps={{ disabled: !at || at.isBefore(dayjs()) }}
      destroyOnHidden
      afterClose={() => setAt(null)}
      onCancel={props.onClose}
      onOk={() => at && props.onOk(at.toISOString())}
    >
      <p className="muted">{t('schedule.hint')}</p>
      <DatePicker
        showTime={{ format: 'HH:mm' }}
        format="YYYY-MM-DD HH:mm"
        disabledDate={(day) => day.isBefore(dayjs(), 'day')}
        value={at}
        onChange={(chosen) => setAt(chosen)}
      />
    </Modal>
  );
}

/** How far the draft has come, and what whoever looks at it may do now. */
export function DraftBar(props: {
  entry: Entry;
  draft: EntryDraft;
  mayEdit: boolean;
  /** The form was changed: what is shown is not what would be published. */
  changed: boolean;
  onCompare: () => void;
  /** The draft is gone, and so is the form's text. */
  onDiscarded: () => void;
}) {
  const { entry, draft } = props;
  const { t } = useTranslation(['knowledge', 'common']);
  const { modal } = App.useApp();
  const report = useReport();
  const publish = usePublish(entry.id);
  const rehearsed = useRehearsed();
  const [trying, setTrying] = useState(false);
  const back = useReturn(entry.id);
  const unschedule = useUnschedule(entry.id);
  const discard = useDiscard(entry.id);
  const [asks, setAsks] = useState<'reason' | null>(null);
  const { revision, stage } = draft;
  const confirmDiscard = () =>
    modal.confirm({
      title: t('discard.title'),
      content: t(entry.version > 0 ? 'discard.text' : 'discard.text_new'),
      okText: t('discard.ok'),
      okButtonProps: { danger: true },
      onOk: () => discard.mutateAsync(undefined).then(props.onDiscarded, report.failed),
    });
  // The news may take this bar away before the answer comes; callbacks given to `mutate` would go with it.
  const publishNow = () => {
    setTrying(true);
    const { version } = entry;
    rehearsed({ act: 'draft', entry: entry.id }, (accept_fall) =>
      publish.mutateAsync({ revision, version, accept_fall }),
    )
      .then((note) => note !== null && report.done(followed(t('published'), note)), report.failed)
      .finally(() => setTrying(false));
  };
  const who = draft.stage_by?.name || t('versions.program');
  const why =
    stage === 'returned'
      ? (explainCode(draft.reason ?? '') ?? draft.reason)
      : stage === 'scheduled'
        ? t('bar.scheduled_text')
        : draft.note;
  const title = {
    writing: t(entry.version > 0 ? 'bar.writing' : 'bar.writing_new', {
      n: entry.version,
      at: fullMoment(draft.updated_at),
      who: draft.updated_by?.name || t('versions.program'),
    }),
    review: t('bar.review', { who, at: fullMoment(draft.stage_at) }),
    returned: t('bar.returned', { who }),
    scheduled: t('bar.scheduled', { who, at: fullMoment(draft.publish_at) }),
  }[stage];
  return (
    <Alert
      type={stage === 'returned' ? 'error' : stage === 'writing' ? 'info' : 'warning'}
      showIcon
      style={{ marginBottom: 16 }}
      data-testid="draft"
      title={title}
      description={
        <>
          {why && <p style={{ margin: '0 0 10px' }}>{why}</p>}
          <div className="bar-acts">
            {entry.version > 0 && (
              <Button size="small" onClick={props.onCompare}>
                {t('bar.compare')}
              </Button>
            )}
            {props.mayEdit && stage === 'review' && draft.may_publish && (
              <Button
                size="small"
                type="primary"
                disabled={props.changed}
                loading={trying || publish.isPending}
                onClick={publishNow}
              >
                {t('publish')}
              </Button>
            )}
            {props.mayEdit && stage === 'review' && (
              <Button size="small" onClick={() => setAsks('reason')}>
                {t('return.ok')}
              </Button>
            )}
            {props.mayEdit && stage === 'scheduled' && (
              <Button
                size="small"
                loading={unschedule.isPending}
                onClick={() => unschedule.mutate(revision, { onError: report.failed })}
              >
                {t('schedule.cancel')}
              </Button>
            )}
            {props.mayEdit && (
              <Button size="small" danger type="text" onClick={confirmDiscard}>
                {t('discard.ok')}
              </Button>
            )}
          </div>
          {stage === 'review' && !draft.may_publish && (
            <p className="muted" style={{ margin: '10px 0 0' }}>
              {t('bar.four_eyes')}
            </p>
          )}
          <WordsDialog
            open={asks === 'reason'}
            title={t('return.title')}
            hint={t('return.hint')}
            ok={t('return.ok')}
            required
            busy={back.isPending}
            onClose={() => setAsks(null)}
            onOk={(reason) =>
              back.mutate(
                { revision, reason },
                { onSuccess: () => setAsks(null), onError: report.failed },
              )
            }
          />
        </>
      }
    />
  );
}
