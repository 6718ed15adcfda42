import { useTranslation } from 'react-i18next';
import type { AnswerCandidate } from '@/lib/types';
import './points.css';

type Point = AnswerCandidate['points'][number];

/** Points below this are noughts in a list that shows two places. */
const LEAST = 0.005;

/** What each feature gave to a candidate's score, as people see it: the largest first. */
export function shownPoints(points: Point[]): Point[] {
  return points
    .filter((one) => Math.abs(one.points) >= LEAST)
    .sort((one, other) => Math.abs(other.points) - Math.abs(one.points));
}

/** The score of a candidate, and what each feature gave to it. */
export function Points({ points }: { points: Point[] }) {
  const { t } = useTranslation('reasons');
  return (
    <dl className="points" data-testid="points">
      {shownPoints(points).map((one) => (
        <div key={one.feature}>
          <dt>{t(`feature.${one.feature.replaceAll('.', '_')}`, { defaultValue: one.feature })}</dt>
          <dd className="muted">{one.points.toFixed(2)}</dd>
        </div>
      ))}
    </dl>
  );
}
