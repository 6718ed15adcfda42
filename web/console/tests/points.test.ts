import { expect, test } from 'vitest';
import { shownPoints } from '@/components/points';

const point = (feature: string, points: number) => ({ feature, points });

test('points stand by weight, and what rounds to nought is left out', () => {
  const given = [
    point('length', 0.02),
    point('model', 0.004),
    point('terms', 0.3),
    point('learnt', -0.1),
  ];
  expect(shownPoints(given).map((one) => one.feature)).toEqual(['terms', 'learnt', 'length']);
  // what was given is not put into another order
  expect(given[0]?.feature).toBe('length');
});
