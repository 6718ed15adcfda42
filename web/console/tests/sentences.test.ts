import { expect, test } from 'vitest';
import { followed } from '@/lib/sentences';

test('what was done and what came of trying it are two sentences', () => {
  const cases = [
    ['已保存', '已试 3 个问题。', '已保存。已试 3 个问题。'],
    ['已发布，机器人立即使用。', '已试 3 个问题。', '已发布，机器人立即使用。已试 3 个问题。'],
    ['Saved', ' 3 questions tried.', 'Saved. 3 questions tried.'],
    [
      'Published; the bot uses it at once.',
      ' 3 questions tried.',
      'Published; the bot uses it at once. 3 questions tried.',
    ],
    ['已保存', '', '已保存'],
  ] as const;
  for (const [done, note, expected] of cases) expect(followed(done, note)).toBe(expected);
});
