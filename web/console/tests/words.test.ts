import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import errors from '@/locales/zh-CN/errors.json';
import settings from '@/locales/zh-CN/settings.json';

/** The server's sources, without the tests at their feet. */
function server(folder = '../../crates/chudian/src'): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return server(path);
    if (!name.endsWith('.rs') || name === 'tests.rs') return [];
    return [readFileSync(path, 'utf8').split('#[cfg(test)]')[0] ?? ''];
  });
}

const found = (pattern: RegExp) =>
  new Set(server().flatMap((text) => [...text.matchAll(pattern)].map((one) => one[1] ?? '')));

/** Refusals that only programs meet, or the operator at the start; the pages never cause them. */
const NOT_FOR_PAGES = [
  /^(actor|callback|live|load|secrets|token)\./,
  /^request\.(?!too_large|limit|multipart|body)/,
  /^database\.(undone|url)$/,
  /^(api_key\.wrong|contact\.identity_missing|page\.direction)$/,
];

test('every refusal of the server has words of ours', () => {
  const codes = found(
    /Error::(?:invalid|denied|missing|conflict|busy|upstream|unauthenticated)\(\s*"([a-z_.]+)"/g,
  );
  expect(codes.size).toBeGreaterThan(80);
  const silent = [...codes].filter(
    (code) =>
      !(code.replaceAll('.', '_') in errors) &&
      !NOT_FOR_PAGES.some((pattern) => pattern.test(code)),
  );
  expect(silent).toEqual([]);
});

test('every act in the audit log has words of ours', () => {
  const acts = found(/\brecord\(\s*\w+,\s*&?\w+(?:\.actor\(\))?,\s*"([a-z_.]+)"/g);
  expect(acts.size).toBeGreaterThan(25);
  const known = settings.audit.action;
  expect([...acts].filter((act) => !(act.replaceAll('.', '_') in known))).toEqual([]);
});
