import { ArrowDownOutlined, ArrowUpOutlined, WarningFilled } from '@ant-design/icons';
import { Alert, Checkbox, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { sideEffects } from '@/lib/rehearsal';
import type { Rehearsal, RehearsalDifference, ReplayOutcome } from '@/lib/types';
import { reasonText } from './reasons';
import './findings.css';

const COLOR = { answered: 'success', suggested: 'processing', rule: 'default', nothing: 'warning' };

/** What the bot does with a question, in one line. */
export function OutcomeLine({ outcome }: { outcome: ReplayOutcome }) {
  const { t } = useTranslation(['guard', 'reasons']);
  const { kind, question, confidence, reason } = outcome;
  return (
    <div className="outcome">
      <Tag color={COLOR[kind]}>{t(`kind.${kind}`)}</Tag>
      <span>
        {kind === 'rule' ? reason && reasonText(reason, t) : kind !== 'nothing' && question}
        {kind !== 'rule' && confidence != null && (
          <small className="muted nowrap"> {Math.round(confidence * 100)}%</small>
        )}
      </span>
    </div>
  );
}

/** The test sets before and after: which fares better, which worse. */
function Scores({ found }: { found: Rehearsal }) {
  const { t } = useTranslation('guard');
  if (found.sets.length === 0) return null;
  return (
    <ul className="scores">
      {found.sets.map((one) => (
        <li key={one.set} className={one.after < one.before ? 'falls' : undefined}>
          <span className="grow ellipsis">{one.name}</span>
          <b className="nowrap">
            {one.before} → {one.after}
          </b>
          <span className="muted nowrap">{t('of', { n: one.checked })}</span>
          {one.after < one.before && <ArrowDownOutlined />}
          {one.after > one.before && <ArrowUpOutlined />}
        </li>
      ))}
    </ul>
  );
}

/** What the members' test sets say of a change that headquarters shares. */
function Members({ found }: { found: Rehearsal }) {
  const { t } = useTranslation('guard');
  const { members } = found;
  if (!members) return null;
  return (
    <div data-testid="rehearsed-members">
      <p className="muted">
        {t('members.asked', { n: members.asked })}
        {members.left_out > 0 && ` ${t('members.left_out', { n: members.left_out })}`}
        {members.falls.length === 0 && members.asked > 0 && ` ${t('members.quiet')}`}
      </p>
      {members.falls.length > 0 && (
        <ul className="scores">
          {members.falls.map((one) => (
            <li key={one.set} className="falls">
              <span className="grow ellipsis">
                {one.member} · {one.name}
              </span>
              <b className="nowrap">
                {one.before} → {one.after}
              </b>
              <span className="muted nowrap">{t('of', { n: one.checked })}</span>
              <ArrowDownOutlined />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const TONE = { loss: 'error', change: 'warning', gain: 'success' };

/** What a change would do: the sets, and each question that would come out differently. */
export function Findings(props: {
  found: Rehearsal;
  /** Falls are accepted by a tick. */
  accepted?: boolean;
  onAccept?: (accepted: boolean) => void;
}) {
  const { found } = props;
  const { t } = useTranslation('guard');
  const others = sideEffects(found).length;
  return (
    <div className="findings" data-testid="findings">
      <Alert
        type={found.falls ? 'error' : others > 0 ? 'warning' : 'success'}
        showIcon
        icon={found.falls ? <WarningFilled /> : undefined}
        title={
          found.falls
            ? t('falls')
            : others > 0
              ? t('others', { n: others })
              : t('quiet', { n: found.done })
        }
        description={
          <span className="muted">
            {t('asked', { sets: found.done - found.customers, customers: found.customers })}
            {found.left_out > 0 && ` ${t('left_out', { n: found.left_out })}`}
          </span>
        }
      />
      <Scores found={found} />
      <Members found={found} />
      {found.differences.length > 0 && (
        <Table<RehearsalDifference>
          size="small"
          rowKey={(one) => `${one.set ?? ''}|${one.question}`}
          dataSource={found.differences}
          tableLayout="fixed"
          pagination={found.differences.length > 8 && { pageSize: 8, showSizeChanger: false }}
          columns={[
            {
              title: t('question'),
              render: (_, one) => (
                <>
                  <div className="clamp-2">{one.question}</div>
                  <small className="muted">
                    {one.set
                      ? (found.sets.find((set) => set.set === one.set)?.name ?? t('watched'))
                      : t('customer')}
                  </small>
                </>
              ),
            },
            {
              title: t('before'),
              render: (_, one) => <OutcomeLine outcome={one.before} />,
            },
            {
              title: t('after'),
              render: (_, one) => <OutcomeLine outcome={one.after} />,
            },
            {
              width: 92,
              render: (_, one) => (
                <Tag color={one.own ? 'default' : TONE[one.effect]}>
                  {t(one.own ? 'effect.own' : `effect.${one.effect}`)}
                </Tag>
              ),
            },
          ]}
        />
      )}
      {found.different > found.differences.length && (
        <p className="muted">
          {t('some', { n: found.differences.length, total: found.different })}
        </p>
      )}
      {found.falls && props.onAccept && (
        <Checkbox
          data-testid="accept-fall"
          checked={props.accepted}
          onChange={({ target }) => props.onAccept?.(target.checked)}
        >
          {t('accept')}
        </Checkbox>
      )}
    </div>
  );
}
