import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const FLOORS = ['lib', 'components', 'features', 'app'];

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(name) ? [path] : [];
  });
}

const place = (path: string) => {
  const [, floor = '', feature = ''] = path.split('/');
  return { floor, feature };
};

test('imports run downward, and no feature imports another', () => {
  const wrong: string[] = [];
  for (const path of sources('src')) {
    const here = place(path);
    if (!FLOORS.includes(here.floor)) continue;
    for (const [, target] of readFileSync(path, 'utf8').matchAll(/from '@\/([^']+)'/g)) {
      const there = place(`src/${target}`);
      const upward = FLOORS.indexOf(there.floor) > FLOORS.indexOf(here.floor);
      const sideways =
        here.floor === 'features' && there.floor === 'features' && here.feature !== there.feature;
      if (upward || sideways) wrong.push(`${path} imports ${target}`);
    }
    for (const [, target] of readFileSync(path, 'utf8').matchAll(/from '(\.\.\/[^']+)'/g)) {
      wrong.push(`${path} leaves its folder by ${target}; write @/…`);
    }
  }
  expect(wrong).toEqual([]);
});

test('files stay small enough to read', () => {
  const long = sources('src').filter((path) => {
    if (path.endsWith('schema.ts')) return false;
    return readFileSync(path, 'utf8').split('\n').length > 400;
  });
  expect(long.filter((path) => !path.endsWith('lib/types.ts'))).toEqual([]);
});
