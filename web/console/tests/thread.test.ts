import { expect, test } from 'vitest';
import { blocksOf } from '@/features/desk/thread-blocks';
import { mergeMessages, renewStretch } from '@/features/desk/thread-cache';
import type { Message } from '@/lib/types';

function message(number: number, kind: string, conversation = 'c1', minute = number): Message {
  return {
    id: `m${number}`,
    thread: 't',
    conversation,
    number,
    direction: kind === 'customer' ? 'in' : 'out',
    author: { kind: kind as 'bot' },
    content: { type: 'text', text: String(number) },
    at: new Date(Date.UTC(2026, 0, 1, 9, minute)).toISOString(),
  };
}

test('merging keeps order, drops doubles and takes the newer state', () => {
  const known = [message(1, 'customer'), message(3, 'bot')];
  const sent = { ...message(3, 'bot'), delivery: { state: 'sent' as const } };
  const merged = mergeMessages(known, [sent, message(2, 'bot')]);
  expect(merged.map((one) => one.number)).toEqual([1, 2, 3]);
  expect(merged[2]?.delivery?.state).toBe('sent');
});

test('a stretch never has a hole', () => {
  const known = { items: [message(1, 'customer'), message(2, 'bot')], before: null };
  const near = renewStretch(known, { items: [message(3, 'bot')], next: 3 });
  expect(near.items).toHaveLength(3);
  expect(near.before).toBeNull();
  const far = renewStretch(known, { items: [message(90, 'bot')], next: 90 });
  expect(far.items.map((one) => one.number)).toEqual([90]);
  expect(far.before).toBe(90);
});

test('talks with the bot fold, by conversation', () => {
  const talk = ['customer', 'bot', 'customer', 'bot'].map((kind, at) => message(at + 1, kind));
  const blocks = blocksOf(
    [...talk, message(5, 'agent'), message(6, 'customer', 'c2', 30), message(7, 'bot', 'c2', 55)],
    'c2',
  );
  expect(blocks.map((block) => block.kind)).toEqual([
    'divider',
    'bot',
    'message',
    'divider',
    'message',
    'moment',
    'message',
  ]);
  const [, run] = blocks;
  expect(run?.kind === 'bot' && run.past && run.messages.length === 4).toBe(true);
});
