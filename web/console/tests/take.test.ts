import { describe, expect, it } from 'vitest';
import { fitting } from '@/features/desk/slash';
import { keyOf, partsOf, rankOf, takeOf, withInserted } from '@/features/desk/take';
import type { AnswerCandidate, Candidates, Content, QuickReply } from '@/lib/types';

const text = (words: string): Content => ({ type: 'text', text: words });
const place: Content = { type: 'location', latitude: 31, longitude: 121 };

function candidate(id: string): AnswerCandidate {
  return {
    source: 'entry',
    is_shared: false,
    id,
    title: id,
    answers: [text(id)],
    score: 1,
    confidence: 1,
    why: [],
    points: [],
    chosen: 0,
  };
}

describe('taking an answer', () => {
  it('names the tenth place by 0', () => {
    expect([1, 9, 10].map(keyOf)).toEqual(['1', '9', '0']);
    expect(['1', '9', '0'].map(rankOf)).toEqual([1, 9, 10]);
  });

  it('says which candidate of which question it was', () => {
    const items = [candidate('ent_a'), candidate('ent_b')];
    const list: Candidates = { message: 'msg_1', text: '宽带断了', items };
    expect(takeOf(list, items[1] as AnswerCandidate).choice).toEqual({
      asked: 'msg_1',
      source: 'entry',
      id: 'ent_b',
      rank: 2,
    });
    const searched = { ...list, message: undefined };
    expect(takeOf(searched, items[0] as AnswerCandidate).choice).toMatchObject({
      query: '宽带断了',
      rank: 1,
    });
  });

  it('parts the words from what has none', () => {
    const parts = partsOf([text('请重启'), place, text('再试')]);
    expect(parts).toEqual({ text: '请重启\n\n再试', rest: [place] });
  });

  it('replaces an untouched insertion and keeps typed words', () => {
    expect(withInserted('', undefined, '新')).toBe('新');
    expect(withInserted('旧', '旧', '新')).toBe('新');
    expect(withInserted('您好，', '旧', '新')).toBe('您好，\n新');
  });
});

describe('quick replies after "/"', () => {
  const reply = (title: string, shortcut: string, words: string): QuickReply => ({
    id: title,
    shared: true,
    title,
    shortcut,
    answers: [text(words)],
    version: 1,
    updated_at: '2026-01-01T00:00:00Z',
  });
  const all = [
    reply('说明', '', '报修请打电话'),
    reply('宽带报修', '', 'a'),
    reply('问候', '报', 'b'),
    reply('地址', 'dz', 'c'),
  ];

  it('come by shortcut, then by title, then by words', () => {
    expect(fitting(all, '报').map((one) => one.title)).toEqual(['问候', '宽带报修', '说明']);
    expect(fitting(all, 'DZ').map((one) => one.title)).toEqual(['地址']);
    expect(fitting(all, '')).toHaveLength(4);
  });
});
