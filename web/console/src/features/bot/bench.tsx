import { ReloadOutlined, SendOutlined } from '@ant-design/icons';
import { Button, Dropdown, Input, Progress, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { contentLine } from '@/components/content-text';
import { Nothing, Page } from '@/components/page';
import { Phone, type PhoneLine } from '@/components/phone';
import { Points } from '@/components/points';
import { useReport } from '@/components/problem';
import { Reasons } from '@/components/reasons';
import { entryPlace } from '@/lib/entry';
import { useGo } from '@/lib/go';
import type { Content, TestAnswer } from '@/lib/types';
import { askBot } from './api';
import { Trial } from './trial';
import './bot.css';

interface Turn {
  nth: number;
  asked: Content;
  answer: TestAnswer;
}

function Explanation({ turn }: { turn: Turn }) {
  const { t } = useTranslation(['bot', 'content']);
  const go = useGo();
  const { answer } = turn;
  return (
    <>
      <h3>
        {t('bench.steps')} <span className="muted">“{contentLine(turn.asked, t)}”</span>
      </h3>
      <Reasons reasons={answer.reasons} />
      {answer.generates && <Trial asked={turn.asked} />}
      {answer.candidates.length > 0 && (
        <>
          <h3>{t('bench.candidates')}</h3>
          {answer.candidates.map((one) => (
            <div className="candidate" key={one.entry}>
              <Progress
                type="circle"
                size={44}
                percent={Math.round(one.confidence * 100)}
                format={(percent) => percent}
              />
              <div className="grow" style={{ minWidth: 0 }}>
                <button
                  type="button"
                  className="plain"
                  onClick={() => go(...entryPlace(one.entry, one.is_shared))}
                >
                  <b>{one.question}</b>
                </button>{' '}
                {one.is_shared && <Tag color="blue">{t('bench.shared')}</Tag>}
                <div className="kb-tags">
                  {one.why.map((piece) => (
                    <Tag key={piece.text}>
                      {piece.text}
                      {piece.by_sound && ` (${t('bench.by_sound')})`}
                    </Tag>
                  ))}
                  {one.synonyms.map((word) => (
                    <Tag key={`${word.written} ${word.form}`} color="cyan">
                      {word.written} = {word.form}
                    </Tag>
                  ))}
                </div>
                <details data-testid="score">
                  <summary className="muted">
                    {t('bench.score', { n: one.score.toFixed(2) })}
                  </summary>
                  <Points points={one.points} />
                </details>
              </div>
            </div>
          ))}
        </>
      )}
    </>
  );
}

/** Type as a customer; see the answer as the phone shows it, and why. */
export default function Bench() {
  const { t } = useTranslation(['bot', 'common', 'content']);
  const report = useReport();
  const [turns, setTurns] = useState<Turn[]>([]);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const ask = async (content: Content) => {
    setBusy(true);
    try {
      const answer = await askBot(content, turns.at(-1)?.answer.session);
      setTurns((before) => [...before, { nth: before.length, asked: content, answer }]);
      setText('');
    } catch (error) {
      report.failed(error);
    } finally {
      setBusy(false);
    }
  };
  const lines = turns.flatMap((turn): PhoneLine[] => [
    { from: 'customer', content: turn.asked },
    ...turn.answer.replies.map((content) => ({ from: 'account' as const, content })),
  ]);
  const events: Record<string, Content> = {
    follow: { type: 'event', event: 'follow' },
    location: { type: 'location', latitude: 31.2304, longitude: 121.4737, label: t('bench.place') },
  };
  const send = () => {
    if (text.trim()) ask({ type: 'text', text: text.trim() });
  };
  return (
    <Page
      title={t('common:nav.bench')}
      hint={t('bench.hint')}
      actions={
        <Button
          icon={<ReloadOutlined />}
          disabled={turns.length === 0}
          onClick={() => setTurns([])}
        >
          {t('bench.restart')}
        </Button>
      }
    >
      <div className="row-2 flip">
        <Phone
          title={t('bench.title')}
          hint={t('bench.empty')}
          lines={lines}
          bottom={
            <div className="phone-input">
              <Dropdown
                trigger={['click']}
                menu={{
                  items: Object.keys(events).map((key) => ({
                    key,
                    label: t(`bench.event.${key}`),
                  })),
                  onClick: ({ key }) => {
                    const event = events[key];
                    if (event) ask(event);
                  },
                }}
              >
                <Button aria-label={t('bench.more')}>+</Button>
              </Dropdown>
              <Input
                autoFocus
                value={text}
                placeholder={t('bench.write')}
                onChange={(event) => setText(event.target.value)}
                onPressEnter={(event) => {
                  if (!event.nativeEvent.isComposing) send();
                }}
                data-testid="bench-input"
              />
              <Button
                type="primary"
                aria-label={t('bench.send')}
                icon={<SendOutlined />}
                loading={busy}
                onClick={send}
              />
            </div>
          }
        />
        <div className="panel explain">
          {turns.length === 0 && <Nothing text={t('bench.nothing')} />}
          {turns.toReversed().map((turn, back) =>
            back === 0 ? (
              <Explanation key={turn.nth} turn={turn} />
            ) : (
              <details key={turn.nth} className="earlier">
                <summary className="muted ellipsis">{contentLine(turn.asked, t)}</summary>
                <Explanation turn={turn} />
              </details>
            ),
          )}
        </div>
      </div>
    </Page>
  );
}
