import { ArrowRightOutlined } from '@ant-design/icons';
import { Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { ContentView } from '@/components/content-view';
import { ProblemAlert } from '@/components/problem';
import { fullMoment } from '@/lib/time';
import type { Difference, DifferencePiece } from '@/lib/types';
import { useComparison } from './api';

type Change = Difference['changes'][number];

/** A text, a moment, a choice or a whole answer. */
function Piece({ field, piece }: { field: string; piece?: DifferencePiece | null }) {
  const { t } = useTranslation(['knowledge', 'content']);
  if (!piece) return <span className="muted">{t('diff.nothing')}</span>;
  if ('answer' in piece) return <ContentView content={piece.answer} />;
  if ('moment' in piece) return fullMoment(piece.moment);
  if (field === 'sharing') return t(`sharing.${piece.text}`);
  return field === 'answer_mode' ? t(`content:mode_${piece.text}`) : piece.text;
}

function ChangeLine({ field, change }: { field: string; change: Change }) {
  const { parts = [], before, after } = change;
  if (parts.length > 0) {
    return (
      <div className="diff-line diff-text">
        {parts.map((part, index) =>
          part.kind === 'same' ? (
            part.text
          ) : part.kind === 'removed' ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
            <del key={index}>{part.text}</del>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
            <ins key={index}>{part.text}</ins>
          ),
        )}
      </div>
    );
  }
  if (before && after) {
    return (
      <div className="diff-line diff-pair">
        <div className="diff-removed">
          <Piece field={field} piece={before} />
        </div>
        <ArrowRightOutlined className="muted" />
        <div className="diff-added">
          <Piece field={field} piece={after} />
        </div>
      </div>
    );
  }
  return (
    <div className={`diff-line ${after ? 'diff-added' : 'diff-removed'}`}>
      <b aria-hidden>{after ? '+' : '−'}</b> <Piece field={field} piece={after ?? before} />
    </div>
  );
}

/** What is different between two texts of an entry, field by field. */
export function Differences(props: { id: string; from: string; to: string }) {
  const { t } = useTranslation('knowledge');
  const { data, isError, error, refetch } = useComparison(props.id, props.from, props.to);
  if (isError) return <ProblemAlert error={error} onRetry={() => refetch()} />;
  if (!data) return <Skeleton active />;
  if (data.items.length === 0) return <p className="muted">{t('diff.same')}</p>;
  return (
    <div className="diff" data-testid="differences">
      {data.items.map(({ field, about, changes }) => (
        <section key={`${field} ${about}`}>
          <h4>
            {t(`field.${field}`)}
            {about && <span className="muted"> · {about}</span>}
          </h4>
          {changes.map((change, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one comparison never moves
            <ChangeLine key={index} field={field} change={change} />
          ))}
        </section>
      ))}
    </div>
  );
}
