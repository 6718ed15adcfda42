import { RiseOutlined } from '@ant-design/icons';
import { Alert, Button, Popconfirm, Progress, Space, Switch, Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { Falls } from '@/components/falls';
import { Loaded } from '@/components/loaded';
import { Page } from '@/components/page';
import { useReport } from '@/components/problem';
import { useRehearsed } from '@/components/use-rehearsed';
import { useGo } from '@/lib/go';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { followed } from '@/lib/sentences';
import { duration, fullMoment, shortMoment } from '@/lib/time';
import type { Learning, Training } from '@/lib/types';
import { useForgetLearnt, useLearning, useLearnNow, useSetNightly } from './learning-api';
import { Suggestions } from './suggestions';
import './learning.css';

const COLOURS = {
  waiting: 'blue',
  training: 'blue',
  trained: 'green',
  refused: 'orange',
  lacking: 'orange',
  failed: 'red',
  unchanged: 'default',
} as const;

/** How much there is, and how much there must be. */
function Missing({ training }: { training: Training }) {
  const { t } = useTranslation('knowledge');
  const { lesson } = training.report;
  const lines = [
    { key: 'wordings', have: lesson.similar + lesson.confirmed, need: lesson.needed },
    { key: 'entries', have: lesson.taught, need: lesson.taught_needed },
  ];
  return (
    <Alert
      type="info"
      showIcon
      title={t('learning.lacking_title')}
      description={
        <>
          {lines.map(({ key, have, need }) => (
            <div key={key} className="l-missing">
              <span>{t(`learning.lacking.${key}`, { have, need })}</span>
              <Progress
                size="small"
                showInfo={false}
                percent={need > 0 ? Math.min(100, (100 * have) / need) : 0}
                status={have >= need ? 'success' : 'normal'}
              />
            </div>
          ))}
          <p className="muted">{t('learning.lacking_advice')}</p>
        </>
      }
    />
  );
}

type Gauge = NonNullable<Training['report']['gauge']>;

/** How two bases did on the same wordings. */
function Compared(props: { gauge: Gauge; heads: [string, string]; testId: string }) {
  const { t } = useTranslation('knowledge');
  const { gauge, heads, testId } = props;
  const percent = (n: number, of: number) => (of > 0 ? `${Math.round((100 * n) / of)}%` : '–');
  const rows = [
    { key: 'right', of: gauge.asked, more: true },
    { key: 'answered', of: gauge.asked, more: true },
    { key: 'wrong', of: gauge.asked, more: false },
    { key: 'false_answers', of: gauge.strangers, more: false },
  ] as const;
  // Trainings of earlier versions did not look at places.
  const hasPlaces = gauge.before.place > 0 || gauge.after.place > 0;
  return (
    <table className="l-figures" data-testid={testId}>
      <thead>
        <tr>
          <th />
          <th>{heads[0]}</th>
          <th>{heads[1]}</th>
        </tr>
      </thead>
      <tbody>
        {hasPlaces && (
          <tr>
            <td>
              <Tooltip
                title={t('learning.figure_hint.place', {
                  doubt: gauge.doubt.toFixed(3),
                  won: gauge.won,
                  lost: gauge.lost,
                })}
              >
                <span>{t('learning.figure.place')}</span>
              </Tooltip>
            </td>
            <td>{gauge.before.place.toFixed(3)}</td>
            <td className={gauge.after.place > gauge.before.place ? 'l-better' : undefined}>
              {gauge.after.place.toFixed(3)}
            </td>
          </tr>
        )}
        {rows.map(({ key, of, more }) => {
          const [before, after] = [gauge.before[key], gauge.after[key]];
          const better = more ? after > before : after < before;
          return (
            <tr key={key}>
              <td>
                <Tooltip title={t(`learning.figure_hint.${key}`, { of })}>
                  <span>{t(`learning.figure.${key}`)}</span>
                </Tooltip>
              </td>
              <td>{percent(before, of)}</td>
              <td className={better ? 'l-better' : undefined}>{percent(after, of)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** What a training was tried on, and how it did before and after. */
function Figures({ training }: { training: Training }) {
  const { t } = useTranslation('knowledge');
  const { gauge, model_gauge, model_learnt, comparer_learnt, lesson } = training.report;
  if (!gauge) return null;
  return (
    <>
      <p>
        {t('learning.from', {
          entries: lesson.entries,
          similar: lesson.similar,
          confirmed: lesson.confirmed,
        })}{' '}
        <span className="muted">{t('learning.tried', { n: gauge.asked })}</span>
      </p>
      <Compared
        gauge={gauge}
        heads={[t('learning.before'), t('learning.after')]}
        testId="figures"
      />
      {comparer_learnt && <p className="muted">{t('learning.comparer')}</p>}
      {model_gauge && (
        <>
          <p>{t('learning.model')}</p>
          <Compared
            gauge={model_gauge}
            heads={[t('learning.model_before'), t('learning.model_after')]}
            testId="model-figures"
          />
          {!model_learnt && <p className="muted">{t('learning.model_unused')}</p>}
        </>
      )}
    </>
  );
}

/** From which confidence on the bot answers, and why. */
function Threshold({ threshold, state }: Pick<Learning, 'threshold' | 'state'>) {
  const { t } = useTranslation('knowledge');
  const go = useGo();
  const maySet = useCan(PERMISSIONS.botEdit);
  const { answer, by, learnt } = threshold;
  const why =
    by === 'fixed' && learnt === undefined
      ? t('learning.threshold.fixed_plain')
      : by === 'usual' && state === 'refused'
        ? t('learning.threshold.kept')
        : t(`learning.threshold.${by}`, { n: (learnt ?? answer).toFixed(2) });
  return (
    <div className="panel l-state" data-testid="threshold" data-by={by}>
      <div className="l-line">
        <strong className="grow">{t('learning.threshold.title', { n: answer.toFixed(2) })}</strong>
        {maySet && (
          <Button size="small" type="text" onClick={() => go('/bot/settings')}>
            {t('learning.threshold.settings')}
          </Button>
        )}
      </div>
      <p className="muted">{why}</p>
    </div>
  );
}

/** Why the newest training does not count. */
function Objection({ training }: { training: Training }) {
  const { t } = useTranslation('knowledge');
  const reason = (training.report.reason ?? '').replace('learning.', '');
  return (
    <Alert
      type="warning"
      showIcon
      title={t(`learning.reason.${reason}`, { defaultValue: t('learning.reason.other') })}
      description={
        <>
          <Falls falls={training.report.falls ?? []} />
          <Figures training={training} />
        </>
      }
    />
  );
}

function State({ learning }: { learning: Learning }) {
  const { t } = useTranslation('knowledge');
  const report = useReport();
  const mayManage = useCan(PERMISSIONS.knowledgeManage);
  const forget = useForgetLearnt();
  const rehearsed = useRehearsed();
  const { state, current } = learning;
  const newest = learning.trainings.find((one) => one.state !== 'unchanged');
  const open = state === 'waiting' || state === 'training';
  return (
    <div className="panel l-state" data-testid="learning" data-state={state}>
      {open && (
        <>
          <p>{t(`learning.state.${state}`)}</p>
          <Progress percent={learning.progress ?? 0} status="active" />
        </>
      )}
      {state === 'lacking' && newest && <Missing training={newest} />}
      {(state === 'refused' || state === 'failed') && newest && <Objection training={newest} />}
      {current ? (
        <>
          <div className="l-line">
            <Tag color="green">{t('learning.in_force')}</Tag>
            <span className="grow">
              {t('learning.since', { at: shortMoment(current.ended_at ?? '') })}
            </span>
            {mayManage && (
              <Popconfirm
                title={t('learning.forget_title')}
                description={t('learning.forget_text')}
                okText={t('learning.forget')}
                okButtonProps={{ danger: true }}
                onConfirm={() =>
                  rehearsed({ act: 'forget_learning' }, (accept) =>
                    forget.mutateAsync(accept),
                  ).then(
                    (note) => note !== null && report.done(followed(t('learning.forgotten'), note)),
                    report.failed,
                  )
                }
              >
                <Button size="small" type="text" danger loading={forget.isPending}>
                  {t('learning.forget')}
                </Button>
              </Popconfirm>
            )}
          </div>
          <Figures training={current} />
        </>
      ) : (
        !open && <p className="muted">{t('learning.nothing')}</p>
      )}
    </div>
  );
}

/** The last times of learning, one line each. */
function History({ trainings }: { trainings: Training[] }) {
  const { t } = useTranslation('knowledge');
  const over = trainings.filter((one) => one.ended_at);
  if (over.length === 0) return null;
  return (
    <>
      <h2 className="l-head">{t('learning.history')}</h2>
      <div className="panel l-history">
        {over.map((one) => (
          <div key={one.id} className="l-line">
            <span className="l-when nowrap" title={fullMoment(one.ended_at)}>
              {shortMoment(one.ended_at ?? '')}
            </span>
            <Tag color={COLOURS[one.state]}>{t(`learning.tag.${one.state}`)}</Tag>
            <span className="grow muted ellipsis">
              {one.asked_by ? one.asked_by.name : t('learning.by_night')}
            </span>
            <span className="muted nowrap">{duration(one.report.milliseconds)}</span>
          </div>
        ))}
      </div>
    </>
  );
}

/** 学习: what the base learnt from its own wordings and from agents' choices, and what they suggest. */
export default function LearningPage() {
  const { t } = useTranslation(['knowledge', 'common']);
  const report = useReport();
  const mayManage = useCan(PERMISSIONS.knowledgeManage);
  const learning = useLearning();
  const start = useLearnNow();
  const nightly = useSetNightly();
  return (
    <Loaded title={t('common:nav.learning')} query={learning}>
      {(data) => (
        <Page
          narrow
          title={t('common:nav.learning')}
          hint={t('learning.hint')}
          actions={
            <Space>
              <Tooltip title={t('learning.nightly_hint')}>
                <Space size={6}>
                  <Switch
                    size="small"
                    aria-label={t('learning.nightly')}
                    checked={data.nightly}
                    disabled={!mayManage}
                    loading={nightly.isPending}
                    onChange={(on) => nightly.mutate(on, { onError: report.failed })}
                  />
                  {t('learning.nightly')}
                </Space>
              </Tooltip>
              <Button
                type="primary"
                icon={<RiseOutlined />}
                disabled={data.state === 'waiting' || data.state === 'training'}
                loading={start.isPending}
                onClick={() => start.mutate(undefined, { onError: report.failed })}
              >
                {t('learning.now')}
              </Button>
            </Space>
          }
        >
          <State learning={data} />
          <Threshold threshold={data.threshold} state={data.state} />
          <Suggestions />
          <History trainings={data.trainings} />
        </Page>
      )}
    </Loaded>
  );
}
