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

/** The keys a source asks for, each with the namespaces of the nearest `useTranslation` above. */
function asked(text: string): { key: string; whole: boolean }[] {
  const found: { key: string; whole: boolean }[] = [];
  let spaces = ['common'];
  const pattern = /useTranslation\(([^)]*)\)|\bt\(\s*(?:'([^']+)'|`([^`$]*)\$\{)|\? '([\w.:]+)' :/g;
  for (const [, list, literal, prefix] of text.matchAll(pattern)) {
    if (list !== undefined) {
      spaces = [...list.matchAll(/'(\w+)'/g)].map((one) => one[1] as string);
      if (spaces.length === 0) spaces = ['common'];
      continue;
    }
    const name = literal ?? prefix;
    if (name === undefined) continue;
    const key = name.includes(':') ? name.replace(':', '.') : `${spaces[0]}.${name}`;
    found.push({ key, whole: literal !== undefined });
  }
  return found;
}

test('every text the pages ask for exists', () => {
  const known = keys(zh as Tree);
  const missing: string[] = [];
  for (const path of sources('src')) {
    for (const { key, whole } of asked(readFileSync(path, 'utf8'))) {
      const fits = whole ? known.includes(key) : known.some((one) => one.startsWith(key));
      if (!fits) missing.push(`${path}: ${key}`);
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
