import { Alert, Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '@/lib/problem';
import { fullMoment } from '@/lib/time';

interface Versioned {
  version: number | string;
}

/** A save that was refused because somebody else saved first. */
export function isOutdated(error: unknown): boolean {
  const { status, code } = problemOf(error);
  return status === 409 && code.endsWith('.changed');
}

/**
 * Which version an editor began from. The live stream brings newer ones while somebody types: an
 * untouched form follows them at once (`onNewer`), a changed one keeps its own text and its own
 * number, so that saving cannot quietly undo another's work.
 */
export function useEditVersion<T extends Versioned>(
  newest: T | undefined,
  changed: boolean,
  onNewer: (newest: T) => void,
) {
  const [began, setBegan] = useState<T['version'] | undefined>(newest?.version);
  const isBehind = newest !== undefined && began !== newest.version;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new version or the end of editing counts
  useEffect(() => {
    if (!newest || !isBehind || changed) return;
    setBegan(newest.version);
    onNewer(newest);
  }, [newest?.version, changed]);
  return {
    /** What goes along with a save. */
    version: began,
    /** Somebody saved while this form was being changed. */
    isBehind: isBehind && changed,
    /** Gives the own changes up. */
    takeTheirs: () => {
      if (!newest) return;
      setBegan(newest.version);
      onNewer(newest);
    },
    /** Keeps the own changes; the next save replaces the other's. */
    keepMine: () => setBegan(newest?.version),
    /** The own save was stored as this version, and the form goes on from it. */
    stored: (version: T['version']) => setBegan(version),
  };
}

/** Says that somebody else saved meanwhile, and offers both ways on. */
export function OutdatedNote(props: {
  at?: string | null;
  onTheirs: () => void;
  onMine: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Alert
      type="warning"
      showIcon
      style={{ marginBottom: 16 }}
      data-testid="outdated"
      title={t('outdated.title')}
      description={
        <>
          <p style={{ margin: '0 0 10px' }}>
            {props.at && `${t('outdated.at', { at: fullMoment(props.at) })} `}
            {t('outdated.text')}
          </p>
          <Button size="small" onClick={props.onTheirs}>
            {t('outdated.theirs')}
          </Button>{' '}
          <Button size="small" onClick={props.onMine}>
            {t('outdated.mine')}
          </Button>
        </>
      }
    />
  );
}
