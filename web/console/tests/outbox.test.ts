import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { outbox } from '@/features/desk/outbox';

interface Sent {
  url: string;
  key: string | undefined;
  text: string;
}

const sent: Sent[] = [];
let answers: (() => Response)[] = [];

const stored = (number: number) => () =>
  new Response(JSON.stringify({ id: `m${number}`, thread: 't', number, content: {} }), {
    status: 201,
  });
const gone = () => {
  throw new TypeError('network');
};
const refused = () =>
  new Response(JSON.stringify({ code: 'conversation.closed', status: 409 }), { status: 409 });

beforeEach(() => {
  vi.useFakeTimers();
  sent.length = 0;
  localStorage.clear();
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    const { content } = JSON.parse(String(init.body));
    sent.push({ url, key: headers['Idempotency-Key'], text: content.text });
    const answer = answers.shift();
    if (!answer) throw new Error('an unexpected call');
    return answer();
  });
});
afterEach(() => {
  for (const item of outbox.snapshot()) outbox.drop(item.key);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = () => vi.advanceTimersByTimeAsync(10);
const say = (text: string) => outbox.send('t', 'cnv_1', { type: 'text', text });

test('a lost network keeps the message, its key and the order', async () => {
  outbox.open('me', new QueryClient());
  answers = [gone, stored(1), stored(2)];
  say('one');
  say('two');
  await settle();
  expect(outbox.snapshot().map((item) => item.state)).toEqual(['waiting', 'sending']);
  expect(localStorage.getItem('chudian.outbox.me')).toContain('one');
  await vi.advanceTimersByTimeAsync(3100);
  expect(sent.map((one) => one.text)).toEqual(['one', 'one', 'two']);
  expect(sent[0]?.key).toBe(sent[1]?.key);
  expect(sent[2]?.key).not.toBe(sent[1]?.key);
  expect(outbox.snapshot()).toEqual([]);
});

test('a refusal is shown and does not hold up the next message', async () => {
  outbox.open('me', new QueryClient());
  answers = [refused, stored(2), stored(3)];
  say('one');
  say('two');
  await settle();
  expect(sent.map((one) => one.text)).toEqual(['one', 'two']);
  const [left] = outbox.snapshot();
  expect(left?.state).toBe('failed');
  expect(left?.problem?.code).toBe('conversation.closed');
  outbox.retry(left?.key ?? '');
  await settle();
  expect(sent[2]?.key).toBe(sent[0]?.key);
  expect(outbox.snapshot()).toEqual([]);
});
