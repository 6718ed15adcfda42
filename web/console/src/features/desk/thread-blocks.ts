import type { Message } from '@/lib/types';

/** What the thread draws, top to bottom. */
export type Block =
  | { kind: 'divider'; id: string; at: string }
  | { kind: 'moment'; id: string; at: string }
  | { kind: 'message'; id: string; message: Message }
  | { kind: 'bot'; id: string; messages: Message[]; past: boolean };

/** Shorter talks with the bot are not worth folding. */
const FOLD_FROM = 4;
const PAUSE = 10 * 60_000;

function withBot(message: Message): boolean {
  const { kind } = message.author;
  return (kind === 'bot' || kind === 'customer') && message.content.type !== 'event';
}

/** Adds messages, with the clock wherever the talk paused. */
function spread(messages: Message[], blocks: Block[]) {
  let before: number | undefined;
  for (const message of messages) {
    const at = Date.parse(message.at);
    if (before !== undefined && at - before > PAUSE) {
      blocks.push({ kind: 'moment', id: `at-${message.number}`, at: message.at });
    }
    before = at;
    blocks.push({ kind: 'message', id: message.id, message });
  }
}

/**
 * Cuts a thread into conversations and their talks with the bot into foldable runs. A run counts
 * only if the bot spoke in it; it is `past` when its conversation is not the open one.
 */
export function blocksOf(messages: Message[], current: string): Block[] {
  const blocks: Block[] = [];
  let conversation: string | undefined;
  for (let index = 0; index < messages.length; ) {
    const message = messages[index] as Message;
    if (message.conversation !== conversation) {
      conversation = message.conversation;
      blocks.push({ kind: 'divider', id: `d-${message.number}`, at: message.at });
    }
    let end = index;
    while (messages[end]?.conversation === conversation && withBot(messages[end] as Message)) end++;
    const run = messages.slice(index, end);
    if (run.length >= FOLD_FROM && run.some((one) => one.author.kind === 'bot')) {
      blocks.push({
        kind: 'bot',
        id: `b-${message.number}`,
        messages: run,
        past: conversation !== current,
      });
      index = end;
    } else {
      const upTo = Math.max(end, index + 1);
      spread(messages.slice(index, upTo), blocks);
      index = upTo;
    }
  }
  return blocks;
}
