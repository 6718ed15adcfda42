import { PauseCircleFilled, PlayCircleFilled } from '@ant-design/icons';
import { Button } from 'antd';
import type AmrRecorder from 'benz-amr-recorder';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

/**
 * Plays AMR, the format of WeChat's voice messages, which browsers do not know. The decoder is
 * large and fetched only when somebody listens.
 */
export function AmrPlayer({ url, onFail }: { url: string; onFail: () => void }) {
  const { t } = useTranslation('content');
  const player = useRef<AmrRecorder>(undefined);
  const [state, setState] = useState<'idle' | 'loading' | 'playing'>('idle');
  const [seconds, setSeconds] = useState<number>();
  useEffect(() => () => player.current?.stop(), []);
  const load = async () => {
    const [{ default: Recorder }, answer] = await Promise.all([
      import('benz-amr-recorder'),
      fetch(url, { credentials: 'same-origin' }),
    ]);
    const amr = new Recorder();
    await amr.initWithBlob(await answer.blob());
    // What has no sound would play for ever: its end is never told.
    if (!(amr.getDuration() > 0)) throw new Error('nothing to hear');
    amr.onStop(() => setState('idle'));
    amr.onEnded(() => setState('idle'));
    setSeconds(Math.max(1, Math.round(amr.getDuration())));
    player.current = amr;
    return amr;
  };
  const toggle = async () => {
    if (state === 'playing') {
      player.current?.stop();
      return;
    }
    setState('loading');
    try {
      const amr = player.current ?? (await load());
      amr.play();
      setState('playing');
    } catch {
      onFail();
    }
  };
  return (
    <Button
      shape="round"
      loading={state === 'loading'}
      icon={state === 'playing' ? <PauseCircleFilled /> : <PlayCircleFilled />}
      onClick={toggle}
    >
      {t(state === 'playing' ? 'voice_stop' : 'voice_play')}{' '}
      {seconds !== undefined && `${seconds}″`}
    </Button>
  );
}
