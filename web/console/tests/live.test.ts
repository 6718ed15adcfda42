import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveConnection } from '@/lib/live';
import type { LiveEvent } from '@/lib/types';

/** A socket the test plays the server on. */
class FakeSocket {
  onmessage?: (frame: { data: string }) => void;
  onclose?: () => void;
  onerror?: () => void;
  readonly url: string;
  constructor(url: string) {
    this.url = url;
  }
  close() {
    this.onclose?.();
  }
  say(frame: unknown) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

function start() {
  const sockets: FakeSocket[] = [];
  const events: LiveEvent[] = [];
  const resets: number[] = [];
  const connection = new LiveConnection(
    {
      onEvent: (event) => events.push(event),
      onReset: () => resets.push(1),
      onSignedOut: () => {},
    },
    (url) => {
      const socket = new FakeSocket(url);
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  );
  connection.start();
  const socket = (index: number) => sockets[index] as FakeSocket;
  return { connection, sockets, socket, events, resets };
}

const event = (seq: number) => ({ seq, event: 'message.created', thread: 't', number: seq });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('resumes after the last number it saw: no gap, no double', () => {
  const { connection, socket, events } = start();
  socket(0).say({ hello: { seq: 10 } });
  expect(connection.state).toBe('open');
  socket(0).say(event(11));
  socket(0).say(event(12));
  socket(0).close();
  expect(connection.state).toBe('lost');
  vi.advanceTimersByTime(1000);
  expect(socket(1).url).toMatch(/after=12$/);
  socket(1).say({ hello: { seq: 15 } });
  for (const seq of [12, 13, 14, 15]) socket(1).say(event(seq));
  expect(events.map((one) => one.seq)).toEqual([11, 12, 13, 14, 15]);
});

test('waits longer after each failure, and not at all when asked to', () => {
  const { connection, sockets, socket } = start();
  socket(0).close();
  vi.advanceTimersByTime(700);
  expect(sockets).toHaveLength(2);
  socket(1).close();
  vi.advanceTimersByTime(700);
  expect(sockets).toHaveLength(2);
  connection.retryNow();
  expect(sockets).toHaveLength(3);
  connection.stop();
  vi.advanceTimersByTime(60_000);
  expect(sockets).toHaveLength(3);
});

test('a reset asks for everything anew and goes on from the number it names', () => {
  const { socket, resets, events } = start();
  socket(0).say({ hello: { seq: 9 } });
  socket(0).say({ reset: true, seq: 12 });
  expect(resets).toHaveLength(1);
  socket(0).say(event(12));
  socket(0).say(event(13));
  expect(events.map((one) => one.seq)).toEqual([13]);
  socket(0).close();
  vi.advanceTimersByTime(1000);
  expect(socket(1).url).toMatch(/after=13$/);
});
