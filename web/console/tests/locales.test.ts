import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import en from '@/locales/en-US';
import zh from '@/locales/zh-CN';

type Tree = { [key: string]: string | Tree };

function keys(tree: Tree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'string' ? [prefix + name] : keys(value, `${prefix}${name}.`),
  );
}

function values(tree: Tree): [string, string][] {
  return Object.entries(tree).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string'
      ? [[name, value]]
      : values(value).map(([inner, text]) => [`${name}.${inner}`, text]),
  );
}

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(name) ? [path] : [];
  });
}

const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((one) => one[1]).sort();

describe('the two languages', () => {
  test('have the same keys', () => {
    expect(keys(en as Tree).sort()).toEqual(keys(zh as Tree).sort());
  });

  test('leave nothing empty and fill the same holes', () => {
    const english = new Map(values(en as Tree));
    for (const [key, text] of values(zh as Tree)) {
      expect(text.trim(), key).not.toBe('');
      expect(holes(english.get(key) ?? ''), key).toEqual(holes(text));
    }
  });
});

test('every text the pages ask for exists', () => {
  const known = new Set(keys(zh as Tree));
  const missing: string[] = [];
  for (const path of sources('src')) {
    const text = readFileSync(path, 'utf8');
    const space = text.match(/useTranslation\(\[?'(\w+)'/)?.[1] ?? 'common';
    for (const [, asked] of text.matchAll(/\bt\(\s*'([^'$]+)'/g)) {
      const key = (asked as string).includes(':')
        ? (asked as string).replace(':', '.')
        : `${space}.${asked}`;
      if (!known.has(key)) missing.push(`${path}: ${asked}`);
    }
  }
  expect(missing).toEqual([]);
});

test('no page carries Chinese words of its own', () => {
  const allowed = /触点|中文|就绪|示忙|工作台|公众号/;
  const found: string[] = [];
  for (const path of sources('src')) {
    if (path.includes('locales')) continue;
    readFileSync(path, 'utf8')
      .split('\n')
      .forEach((line, index) => {
        const words = line.replace(/(\/\/|\/?\*).*$/, '').match(/[\u4e00-\u9fff]+/g) ?? [];
        for (const word of words)
          if (!allowed.test(word)) found.push(`${path}:${index + 1} ${word}`);
      });
  }
  expect(found).toEqual([]);
});
