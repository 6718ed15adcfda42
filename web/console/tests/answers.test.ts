import { expect, test } from 'vitest';
import { isBegun } from '@/components/phone';
import { ANSWER_TYPES, contentGap, emptyContent } from '@/lib/content';
import { changeLanguage, startI18n } from '@/lib/i18n';
import { explain, fieldProblems, ProblemError } from '@/lib/problem';

test('what only comes in is not offered as an answer', () => {
  for (const type of ['location', 'link', 'event', 'system']) {
    expect(ANSWER_TYPES as readonly string[]).not.toContain(type);
  }
});

test('every new answer lacks something, and says what', () => {
  for (const type of ANSWER_TYPES) expect(contentGap(emptyContent(type)), type).toMatch(/^need_/);
});

test('the phone waits for a picture to be chosen', () => {
  expect(isBegun({ type: 'image', media: '' })).toBe(false);
  expect(isBegun({ type: 'image', media: 'med_1' })).toBe(true);
  expect(isBegun({ type: 'text', text: ' ' })).toBe(false);
  const menu = { type: 'menu', head: '', items: [{ id: '1', text: '' }], tail: '' } as const;
  expect(isBegun({ ...menu, items: [...menu.items] })).toBe(false);
  expect(isBegun({ ...menu, items: [{ id: '1', text: '是' }] })).toBe(true);
  expect(isBegun({ type: 'file', name: '' })).toBe(false);
  expect(isBegun({ type: 'file', name: 'a.pdf' })).toBe(true);
});

test('a refused answer is named by its number, and a field without one is not', async () => {
  await startI18n();
  await changeLanguage('zh-CN');
  const refused = (fields: Record<string, string>) =>
    fieldProblems(new ProblemError({ status: 422, code: 'content.empty', fields } as never));
  const words = explain(new ProblemError({ status: 422, code: 'content.empty' } as never));
  expect(refused({ 'answers[2]': 'empty' })).toEqual([
    { name: ['answers'], errors: [`第 2 条：${words}`] },
  ]);
  expect(refused({ question: 'empty' })).toEqual([{ name: ['question'], errors: [words] }]);
});
