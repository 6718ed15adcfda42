import { App, Progress } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fallsOf, problemOf } from '@/lib/problem';
import { gains, rehearse, sideEffects } from '@/lib/rehearsal';
import type { Rehearsal, RehearsalInput } from '@/lib/types';
import { Falls } from './falls';
import { Findings } from './findings';

/** A rehearsal that takes longer is shown. */
const PATIENCE = 500;

/** The findings with their own tick: a dialog that was opened by a call knows no state of ours. */
function Asked({ found, onAccept }: { found: Rehearsal; onAccept: (accepted: boolean) => void }) {
  const [accepted, setAccepted] = useState(false);
  return (
    <Findings
      found={found}
      accepted={accepted}
      onAccept={(now) => {
        setAccepted(now);
        onAccept(now);
      }}
    />
  );
}

/**
 * Tries an act before it is done. When nothing changes for other questions, it is done at once; otherwise who
 * acts sees what would, and decides. Gives a sentence on what was tried, or `null` when it was not done.
 */
export function useRehearsed() {
  const { t } = useTranslation(['guard', 'common']);
  const { modal } = App.useApp();
  const mayTry = useCan(PERMISSIONS.knowledgeEdit);

  /** Shows what was found; true when it is to be done all the same. */
  const ask = (found: Rehearsal) =>
    new Promise<boolean>((decide) => {
      const dialog = modal.confirm({
        width: 820,
        icon: null,
        title: t('title'),
        content: (
          <Asked
            found={found}
            onAccept={(accepted) => dialog.update({ okButtonProps: { disabled: !accepted } })}
          />
        ),
        okText: t('go_on'),
        cancelText: t('back'),
        okButtonProps: { disabled: found.falls },
        onOk: () => decide(true),
        onCancel: () => decide(false),
      });
    });

  /** Who may not see customers' questions acts at once, and is told by how much the test sets would fall. */
  const blindly = async (run: (accept_fall: boolean) => Promise<unknown>) => {
    try {
      await run(false);
      return '';
    } catch (error) {
      if (problemOf(error).code !== 'knowledge.score_falls') throw error;
      const accepted = await new Promise<boolean>((decide) => {
        modal.confirm({
          title: t('falls'),
          content: (
            <>
              <Falls falls={fallsOf(error)} />
              <p className="muted">{t('blind')}</p>
            </>
          ),
          okText: t('go_on'),
          cancelText: t('back'),
          okButtonProps: { danger: true },
          onOk: () => decide(true),
          onCancel: () => decide(false),
        });
      });
      if (!accepted) return null;
      await run(true);
      return '';
    }
  };

  /** Tries it, and shows how far that is when it takes a while. `null`: given up. */
  const findings = async (input: RehearsalInput): Promise<Rehearsal | null> => {
    const stop = new AbortController();
    let dialog: ReturnType<typeof modal.info> | undefined;
    const bar = (done: number, total: number) => (
      <Progress percent={total ? Math.round((100 * done) / total) : 0} />
    );
    let shown = bar(0, 0);
    const timer = setTimeout(() => {
      dialog = modal.info({
        title: t('trying'),
        content: shown,
        okText: t('common:cancel'),
        onOk: () => stop.abort(),
      });
    }, PATIENCE);
    try {
      return await rehearse(
        input,
        ({ done, total }) => {
          shown = bar(done, total);
          dialog?.update({ content: shown });
        },
        stop.signal,
      );
    } catch (error) {
      if (stop.signal.aborted) return null;
      throw error;
    } finally {
      clearTimeout(timer);
      dialog?.destroy();
    }
  };

  return async (
    input: RehearsalInput,
    run: (accept_fall: boolean) => Promise<unknown>,
  ): Promise<string | null> => {
    if (!mayTry) return blindly(run);
    const found = await findings(input);
    if (!found) return null;
    const isQuiet = !found.falls && sideEffects(found).length === 0;
    if (!isQuiet && !(await ask(found))) return null;
    try {
      await run(found.falls);
    } catch (error) {
      // somebody changed something since: look again
      if (problemOf(error).code !== 'knowledge.score_falls') throw error;
      const again = await findings(input);
      if (!again || !(await ask(again))) return null;
      await run(true);
    }
    if (!isQuiet || found.done === 0) return '';
    const more = gains(found);
    return more > 0 ? t('done_gains', { n: found.done, more }) : t('done_quiet', { n: found.done });
  };
}
