import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Plugin } from 'vite';
import type { Conversation, Message } from '../src/lib/types';
import * as data from './data.ts';

type Handler = (match: RegExpMatchArray, query: URLSearchParams, body: never) => unknown;

const sockets = new Set<Duplex>();
let seq = 100;

function frame(socket: Duplex, value: unknown) {
  const payload = Buffer.from(JSON.stringify(value));
  const head =
    payload.length < 126
      ? Buffer.from([0x81, payload.length])
      : Buffer.from([0x81, 126, payload.length >> 8, payload.length & 255]);
  socket.write(Buffer.concat([head, payload]));
}

function tell(event: object) {
  seq++;
  for (const socket of sockets) frame(socket, { seq, ...event });
}

function say(thread: string, conversation: string, part: Partial<Message>): Message {
  const list = data.messages[thread] ?? [];
  data.messages[thread] = list;
  const message = {
    id: `msg_x${Date.now()}`,
    thread,
    conversation,
    number: (list.at(-1)?.number ?? 0) + 1,
    at: new Date().toISOString(),
    ...part,
  } as Message;
  list.push(message);
  const found = data.conversations.find((one) => one.id === conversation);
  if (found) found.last_message = message;
  tell({ event: 'message.created', thread, conversation, number: message.number });
  return message;
}

const page = <T>(items: T[]) => ({ items, next: null });
const find = (id = '') => data.conversations.find((one) => one.id === id) as Conversation;
let signedIn = process.env.MOCK_SIGNED_OUT !== '1';

const routes: [string, RegExp, Handler][] = [
  [
    'GET',
    /^\/session$/,
    () => (signedIn ? data.session : { $status: 401, code: 'session.missing' }),
  ],
  [
    'POST',
    /^\/session$/,
    (_, __, body: { password: string }) => {
      if (body.password === 'wrong')
        return { $status: 401, code: 'session.refused', detail: 'wrong' };
      signedIn = true;
      return data.session;
    },
  ],
  [
    'DELETE',
    /^\/session$/,
    () => {
      signedIn = false;
    },
  ],
  ['GET', /^\/setup$/, () => ({ open: process.env.MOCK_SETUP === '1' })],
  [
    'GET',
    /^\/conversations$/,
    (_, query) =>
      page(
        data.conversations.filter((one) => {
          const view = query.get('view');
          const fits =
            view === 'mine'
              ? one.stage === 'serving'
              : view === 'queue'
                ? one.stage === 'queued'
                : view === 'bot'
                  ? one.stage === 'bot'
                  : view === 'closed'
                    ? one.stage === 'closed'
                    : one.stage !== 'closed';
          return fits && one.contact.name.includes(query.get('query') ?? '');
        }),
      ),
  ],
  ['GET', /^\/conversations\/(\w+)$/, (match) => find(match[1])],
  [
    'POST',
    /^\/conversations\/(\w+)\/messages$/,
    (match, _, body: { content: Message['content'] }) => {
      const one = find(match[1]);
      setTimeout(
        () =>
          say(one.thread, one.id, {
            direction: 'in',
            author: { kind: 'customer' },
            content: { type: 'text', text: '好的，明白了' },
          }),
        2500,
      );
      return say(one.thread, one.id, {
        direction: 'out',
        author: { kind: 'agent', id: data.me.id, name: data.me.name },
        content: body.content,
        delivery: { state: 'sent' },
      });
    },
  ],
  [
    'POST',
    /^\/conversations\/(\w+)\/(take|release|transfer|close|typing)$/,
    (match) => {
      const one = find(match[1]);
      if (match[2] === 'take')
        Object.assign(one, {
          stage: 'serving',
          agent: { id: data.me.id, name: data.me.name },
          waiting_since: null,
        });
      if (match[2] === 'release') Object.assign(one, { stage: 'queued', agent: null });
      if (match[2] === 'close') Object.assign(one, { stage: 'closed' });
      tell({ event: 'conversation.changed', thread: one.thread, conversation: one.id });
    },
  ],
  [
    'GET',
    /^\/threads\/(\w+)\/messages$/,
    (match, query) => {
      const all = data.messages[match[1] ?? ''] ?? [];
      const after = query.get('after');
      const before = Number(query.get('before') ?? Number.POSITIVE_INFINITY);
      const limit = Number(query.get('limit') ?? 50);
      if (after)
        return {
          items: all.filter((one) => one.number > Number(after)).slice(0, limit),
          next: null,
        };
      const items = all.filter((one) => one.number < before).slice(-limit);
      return { items, next: (items[0]?.number ?? 1) > 1 ? items[0]?.number : null };
    },
  ],
  ['GET', /^\/threads\/\w+\/draft$/, () => ({ text: '' })],
  ['PUT', /^\/threads\/\w+\/(draft|read)$/, () => undefined],
  [
    'GET',
    /^\/threads\/\w+\/allowance$/,
    () => ({ left: 4, until: data.ago(-47 * 60), why: 'window' }),
  ],
  ['GET', /^\/agents$/, () => data.agents],
  [
    'PUT',
    /^\/agent-state$/,
    (_, __, body: object) => {
      Object.assign(data.agents[0] as object, body);
    },
  ],
  [
    'GET',
    /^\/contacts$/,
    (_, query) => page(data.contacts.filter((one) => one.name.includes(query.get('query') ?? ''))),
  ],
  ['GET', /^\/contacts\/(\w+)$/, (match) => data.contacts.find((one) => one.id === match[1])],
  [
    'PATCH',
    /^\/contacts\/(\w+)$/,
    (match, _, body: object) =>
      Object.assign(data.contacts.find((one) => one.id === match[1]) as object, body),
  ],
  [
    'GET',
    /^\/media\/(\w+)$/,
    (match) => ({
      id: match[1],
      kind: 'image',
      mime: 'image/svg+xml',
      name: 'x.svg',
      size: 2048,
      state: 'stored',
      url: '',
    }),
  ],
  ['GET', /^\/knowledge\/categories$/, () => data.categories],
  [
    'GET',
    /^\/knowledge\/entries$/,
    (_, query) =>
      page(
        data.entries.filter(
          (one) =>
            one.question.includes(query.get('query') ?? '') &&
            (!query.get('category') || one.category === query.get('category')),
        ),
      ),
  ],
  [
    'GET',
    /^\/knowledge\/entries\/(\w+)$/,
    (match) => data.entries.find((one) => one.id === match[1]),
  ],
  [
    'PUT',
    /^\/knowledge\/entries\/(\w+)$/,
    (match, _, body: object) =>
      Object.assign(data.entries.find((one) => one.id === match[1]) as object, body),
  ],
  [
    'POST',
    /^\/knowledge\/imports$/,
    () => ({
      rows: 120,
      created: 100,
      updated: 12,
      unchanged: 6,
      errors: [
        { row: 8, column: 'question', message: 'the question is empty' },
        { row: 77, column: 'answer', message: 'the answer is empty' },
      ],
    }),
  ],
  ['GET', /^\/keywords$/, () => page(data.keywords)],
  ['GET', /^\/keywords\/(\w+)$/, (match) => data.keywords.find((one) => one.id === match[1])],
  ['GET', /^\/text-menu$/, () => data.textMenu],
  [
    'PUT',
    /^\/text-menu$/,
    (_, __, body: object) =>
      Object.assign(data.textMenu, body, { version: data.textMenu.version + 1 }),
  ],
  ['GET', /^\/inboxes\/\w+\/account-menu$/, () => data.accountMenu],
  [
    'PUT',
    /^\/inboxes\/\w+\/account-menu$/,
    (_, __, body: object) => Object.assign(data.accountMenu, body, { state: 'draft' }),
  ],
  [
    'POST',
    /^\/inboxes\/\w+\/account-menu\/(publication|pull)$/,
    () => Object.assign(data.accountMenu, { state: 'published' }),
  ],
  ['GET', /^\/bot\/settings$/, () => data.botSettings],
  ['PUT', /^\/bot\/settings$/, (_, __, body: object) => Object.assign(data.botSettings, body)],
  [
    'POST',
    /^\/bot\/test$/,
    () => ({
      replies: [
        { type: 'text', text: '话费变高通常有三个原因：套餐外流量、增值业务、上月未结清的费用。' },
      ],
      session: null,
      reasons: data.reasons,
      candidates: [
        { entry: 'ent_0', question: '话费为什么突然变高', score: 0.83, why: ['话费', '贵 ≈ 高'] },
        { entry: 'ent_1', question: '怎么查询本月账单', score: 0.41, why: ['本月'] },
      ],
    }),
  ],
  ['GET', /^\/inboxes$/, () => page(data.inboxes)],
  ['GET', /^\/inboxes\/(\w+)$/, (match) => data.inboxes.find((one) => one.id === match[1])],
  ['POST', /^\/inboxes$/, () => data.inboxes[1]],
  [
    'POST',
    /^\/inboxes\/\w+\/checks$/,
    () => ({
      steps: [
        { name: 'url', state: 'ok', title: '', message: 'verified' },
        {
          name: 'token',
          state: 'failed',
          title: '',
          message: '40125 invalid appsecret',
          advice: 'Copy the AppSecret again',
        },
        { name: 'address_list', state: 'waiting', title: '', message: '' },
        { name: 'menu', state: 'waiting', title: '', message: '' },
      ],
    }),
  ],
  ['GET', /^\/users$/, () => page(data.users)],
  [
    'GET',
    /^\/roles$/,
    () =>
      ['administrator', 'supervisor', 'agent', 'editor', 'marketer', 'engineer', 'auditor'].map(
        (role) => ({ role, permissions: data.permissions.slice(0, 8) }),
      ),
  ],
  [
    'GET',
    /^\/tenants$/,
    () =>
      page([
        data.tenant,
        ...['和声移动', '江城银行', '清源燃气'].map((name, index) => ({
          ...data.tenant,
          id: `tnt_${index}`,
          parent: data.tenant.id,
          kind: 'member',
          name,
          code: ['tel', 'bank', 'gas'][index],
        })),
      ]),
  ],
  [
    'GET',
    /^\/api-keys$/,
    () =>
      page([
        {
          id: 'key_1',
          name: '账单系统',
          scopes: ['contact.read', 'knowledge.read'],
          created_at: data.ago(9000),
          expires_at: data.ago(-90000),
          last_used_at: data.ago(5),
        },
      ]),
  ],
  [
    'GET',
    /^\/audit-log$/,
    () =>
      page(
        [1, 2, 3, 4].map((n) => ({
          number: 40 - n,
          at: data.ago(n * 17),
          actor: { kind: 'user', id: data.me.id, name: data.me.name },
          action: ['inbox.created', 'user.disabled', 'knowledge.changed', 'session.opened'][n - 1],
          target: 'inb_tel',
          detail: { name: '和声移动' },
        })),
      ),
  ],
  ['GET', /^\/audit-log\/verification$/, () => ({ ok: true, checked: 1284 })],
  [
    'GET',
    /^\/inbound$/,
    () =>
      page([
        {
          id: 'ibd_1',
          inbox: { id: 'inb_tel', name: '和声移动' },
          outcome: 'applied',
          at: data.ago(1),
        },
      ]),
  ],
];

function picture(response: ServerResponse) {
  response.setHeader('Content-Type', 'image/svg+xml');
  response.end(
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="400"><rect width="320" height="400" fill="#e8f3f1"/><rect x="24" y="24" width="272" height="60" rx="8" fill="#0f8f83"/><g fill="#9fb8b4"><rect x="24" y="110" width="200" height="14"/><rect x="24" y="140" width="240" height="14"/><rect x="24" y="170" width="160" height="14"/></g></svg>',
  );
}

async function answer(request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? '', 'http://mock');
  const path = url.pathname.replace('/api/v1', '');
  if (/^\/media\/\w+\/file$/.test(path)) return picture(response);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks).toString();
  const body = raw.startsWith('{') ? JSON.parse(raw) : undefined;
  for (const [method, pattern, handler] of routes) {
    const match = path.match(pattern);
    if (request.method !== method || !match) continue;
    const result = handler(match, url.searchParams, body as never) as
      | { $status?: number }
      | undefined;
    response.statusCode = result?.$status ?? (result === undefined ? 204 : 200);
    response.setHeader('Content-Type', 'application/json');
    response.end(result === undefined ? '' : JSON.stringify(result));
    return;
  }
  response.statusCode = 404;
  response.end(JSON.stringify({ code: 'route.missing', detail: `${request.method} ${path}` }));
}

/** Answers the API from memory while pages are drawn. */
export function mockServer(): Plugin {
  return {
    name: 'mock-server',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if (request.url?.startsWith('/api/v1')) answer(request, response).catch(next);
        else next();
      });
      server.httpServer?.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
        if (!request.url?.startsWith('/api/v1/live')) return;
        const key = request.headers['sec-websocket-key'];
        const accept = createHash('sha1')
          .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest('base64');
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        );
        frame(socket, { hello: { seq } });
        sockets.add(socket);
        for (const name of ['close', 'end', 'error']) socket.on(name, () => sockets.delete(socket));
      });
    },
  };
}
