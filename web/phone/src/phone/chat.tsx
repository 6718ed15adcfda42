import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { api, Refusal } from '../api';
import { Icon } from '../icons';
import { listen } from '../live';
import { told } from '../log/words';
import { useLanguage, useWords } from '../prefs';
import type { Account, Chat, ChatItem, Content, MenuButton, Person } from '../types';
import { Avatar, accountHue } from './avatar';
import { Bubble, type Opened } from './bubble';
import { CallbackSheet } from './callback';
import { Composer } from './composer';
import { MenuBar } from './menu-bar';
import { ScanSheet } from './scan';
import { Sheet } from './sheet';
import { Viewer } from './viewer';

interface Props {
  person: Person;
  account: Account;
  onBack: () => void;
  onPush: (number: number) => void;
}

type Open = 'more' | 'scan' | 'server' | null;

/** A gap longer than this gets a time line, as on a phone. */
const GAP = 5 * 60_000;

/** The chat of one person with one account, kept fresh by the live socket. */
export function ChatScreen({ person, account, onBack, onPush }: Props) {
  const t = useWords();
  const language = useLanguage();
  const [chat, setChat] = useState<Chat | null>(null);
  const [open, setOpen] = useState<Open>(null);
  const [seen, setSeen] = useState<Opened | null>(null);
  const [keyboard, setKeyboard] = useState(false);
  const [problem, setProblem] = useState('');
  const app = account.app_id;

  const loads = useRef({ asked: 0, shown: 0 });
  const reload = useCallback(async () => {
    loads.current.asked += 1;
    const turn = loads.current.asked;
    const found = await api.chat(app, person.id);
    // Answers overtake each other: one that was asked for before what is shown is old.
    if (turn <= loads.current.shown) return;
    loads.current.shown = turn;
    setChat(found);
  }, [app, person.id]);

  useEffect(() => {
    void reload();
    const unlisten = listen((frame) => {
      if (frame.chat?.app_id === app && frame.chat.person === person.id) void reload();
      if (frame.menu?.app_id === app || frame.hello || frame.clock) void reload();
      const typing = frame.typing;
      if (typing?.app_id === app && typing.person === person.id) {
        setChat((it) => it && { ...it, typing_until: typing.until });
      }
    });
    return () => {
      unlisten();
      // What is still on its way belongs to another chat.
      loads.current.shown = loads.current.asked;
    };
  }, [app, person.id, reload]);

  const act = async (work: Promise<unknown>) => {
    setProblem('');
    try {
      return await work;
    } catch (error) {
      setProblem(error instanceof Refusal ? error.message : String(error));
      return null;
    }
  };
  const send = (message: Record<string, unknown>) => act(api.send(app, person.id, message));
  const tap = async (path: number[]) => {
    const answer = (await act(api.click(app, person.id, path))) as { opens: string | null } | null;
    if (answer?.opens) setSeen({ url: withPerson(answer.opens, person.id) });
  };
  const menu = chat?.menu ?? null;
  const typing = useTyping(chat);
  return (
    <div class="screen">
      <div class="bar">
        <button type="button" class="bare" onClick={onBack} title={t('back')}>
          <Icon name="back" />
        </button>
        <span class="grow name">
          {typing ? <em>{t('typing')}</em> : account.name}
          {chat?.followed && <Allowance chat={chat} />}
        </span>
        <button type="button" class="bare" onClick={() => setOpen('more')} title={t('more')}>
          <Icon name="more" />
        </button>
      </div>
      {chat && (
        <Thread
          chat={chat}
          account={account}
          person={person}
          onOpen={setSeen}
          onPush={onPush}
          onTap={(item) => void send({ type: 'text', text: item.text, menu_id: item.id })}
        />
      )}
      {problem && (
        <button type="button" class="problem" onClick={() => setProblem('')}>
          {told(language, problem)}
        </button>
      )}
      {chat && !chat.followed && (
        <div class="follow">
          <p>{t('followFirst')}</p>
          <button
            type="button"
            class="primary wide"
            onClick={() => void act(api.follow(app, person.id))}
          >
            {t('follow')}
          </button>
          <button type="button" class="second wide" onClick={() => setOpen('scan')}>
            <Icon name="scan" size={18} /> {t('scan')}
          </button>
        </div>
      )}
      {chat?.followed &&
        (menu && menu.length > 0 && !keyboard ? (
          <MenuBar
            menu={menu}
            onTap={(path) => void tap(path)}
            onKeyboard={() => setKeyboard(true)}
          />
        ) : (
          <Composer
            hasMenu={Boolean(menu && menu.length > 0)}
            onMenu={() => setKeyboard(false)}
            onSend={(message) => void send(message)}
            onScan={() => setOpen('scan')}
          />
        ))}
      {open === 'scan' && (
        <ScanSheet
          app={app}
          onClose={() => setOpen(null)}
          onScan={(scene) => {
            setOpen(null);
            void act(api.scan(app, person.id, scene));
          }}
        />
      )}
      {open === 'more' && chat && (
        <More
          chat={chat}
          account={account}
          menu={menu}
          onClose={() => setOpen(null)}
          onScan={() => setOpen('scan')}
          onServer={() => setOpen('server')}
          onDone={reload}
        />
      )}
      {open === 'server' && <CallbackSheet app={app} onClose={() => setOpen(null)} />}
      {seen && <Viewer opened={seen} onClose={() => setSeen(null)} />}
    </div>
  );
}

/** Authorisation pages need to know who holds the phone. */
function withPerson(url: string, person: string) {
  if (!url.includes('/connect/oauth2/authorize')) return url;
  const [address, fragment] = url.split('#');
  return `${address}&sim_person=${person}${fragment ? `#${fragment}` : ''}`;
}

/** Whether the account's "is typing" is still fresh; ends by itself. */
function useTyping(chat: Chat | null) {
  const [, again] = useState(0);
  const left = chat ? chat.typing_until - chat.now : 0;
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => again((it) => it + 1), Math.min(left, 20_000));
    return () => clearTimeout(timer);
  }, [left]);
  return left > 0;
}

function Allowance({ chat }: { chat: Chat }) {
  const t = useWords();
  const open = chat.allowance;
  if (chat.at_desk) return <small>{t('atDesk')}</small>;
  if (!open) return <small>{t('windowClosed')}</small>;
  const minutes = Math.max(0, Math.round((open.until - chat.now) / 60_000));
  const clock =
    minutes >= 60
      ? t('hoursLeft', { h: Math.floor(minutes / 60), m: minutes % 60 })
      : t('minutesLeft', { m: minutes });
  const left = open.left === null ? t('unlimited') : t('left', { n: open.left });
  return (
    <small>
      {t('windowOpen')} · {left} · {clock}
    </small>
  );
}

interface ThreadProps {
  chat: Chat;
  account: Account;
  person: Person;
  onOpen: (opened: Opened) => void;
  onPush: (number: number) => void;
  onTap: (item: { id?: string; text?: string }) => void;
}

function Thread({ chat, account, person, onOpen, onPush, onTap }: ThreadProps) {
  const view = useRef<HTMLDivElement>(null);
  const lines = useRef<HTMLDivElement>(null);
  const count = chat.items.length;
  const toEnd = () => view.current?.scrollTo({ top: view.current.scrollHeight });
  useLayoutEffect(() => {
    if (count > 0) toEnd();
  }, [count]);
  // Pictures grow when they arrive: who was at the end stays there.
  useEffect(() => {
    if (!view.current || !lines.current) return;
    let height = view.current.scrollHeight;
    const watch = new ResizeObserver(() => {
      const box = view.current;
      if (!box) return;
      const wasAtEnd = height - box.scrollTop - box.clientHeight < 80;
      height = box.scrollHeight;
      if (wasAtEnd) toEnd();
    });
    watch.observe(lines.current);
    watch.observe(view.current);
    return () => watch.disconnect();
  }, []);
  return (
    <div class="scroll thread" role="log" ref={view}>
      <div ref={lines}>
        {chat.items.map((item, index) => {
          const before = chat.items[index - 1];
          return (
            <div key={item.number}>
              {(!before || item.at - before.at > GAP) && <Moment at={item.at} />}
              <Row item={item} {...{ chat, account, person, onOpen, onPush, onTap }} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Moment({ at }: { at: number }) {
  const language = useLanguage();
  const text = new Date(at).toLocaleString(language, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  return <p class="moment">{text}</p>;
}

function Row({
  item,
  chat,
  account,
  person,
  onOpen,
  onPush,
  onTap,
}: ThreadProps & { item: ChatItem }) {
  const t = useWords();
  if (item.from === 'notice') return <p class="notice">{notice(item.content, t)}</p>;
  if (item.content.type === 'event') return <p class="notice">{event(item.content, t)}</p>;
  const mine = item.from === 'person';
  const wide = item.content.type === 'articles' || item.content.type === 'template';
  return (
    <div class={`line ${mine ? 'mine' : 'theirs'} ${wide ? 'wide' : ''}`}>
      {!wide &&
        (mine ? (
          <Avatar name={person.name} hue={person.hue} />
        ) : (
          <Avatar name={item.speaker ?? account.name} hue={accountHue(account.app_id)} />
        ))}
      <div class="said">
        {item.speaker && <span class="speaker">{item.speaker}</span>}
        <Bubble
          content={item.content}
          app={chat.app_id}
          mine={mine}
          onOpen={onOpen}
          onTap={onTap}
        />
        <Via item={item} onPush={onPush} />
      </div>
    </div>
  );
}

/** How a line came, small and grey; a push can be followed into the log. */
function Via({ item, onPush }: { item: ChatItem; onPush: (number: number) => void }) {
  const t = useWords();
  const names = {
    passive: 'via_passive',
    custom: 'via_custom',
    mass: 'via_mass',
    template: 'via_template',
    subscription: 'via_subscription',
    preview: 'via_preview',
    material: 'via_material',
  } as const;
  const name = item.via in names ? t(names[item.via as keyof typeof names]) : '';
  if (!name && !item.push) return null;
  return (
    <span class="via">
      {name}
      {item.push && (
        <button type="button" onClick={() => onPush(item.push ?? 0)}>
          {t('pushNumber', { n: item.push })}
        </button>
      )}
    </span>
  );
}

function notice(content: Content, t: ReturnType<typeof useWords>) {
  if (content.code === 'followed') return t('noticeFollowed');
  if (content.code === 'unfollowed') return t('noticeUnfollowed');
  if (content.code === 'unavailable') return t('noticeUnavailable');
  return content.text;
}

function event(content: Content, t: ReturnType<typeof useWords>) {
  const label = content.label ?? '';
  if (content.event === 'scan') return t('eventScan', { label });
  if (content.event === 'menu') return t('eventMenu', { label });
  return t('eventRaw', { label });
}

interface MoreProps {
  chat: Chat;
  account: Account;
  menu: MenuButton[] | null;
  onClose: () => void;
  onScan: () => void;
  onServer: () => void;
  onDone: () => void;
}

function More({ chat, account, onClose, onScan, onServer, onDone }: MoreProps) {
  const t = useWords();
  const { app_id: app, person } = chat;
  const then = (work: Promise<unknown>) => {
    onClose();
    void work.then(onDone);
  };
  return (
    <Sheet title={account.name} onClose={onClose}>
      <dl class="values">
        <div>
          <dt>app_id</dt>
          <dd>{app}</dd>
        </div>
        <div>
          <dt>openid</dt>
          <dd>{chat.openid}</dd>
        </div>
        <div>
          <dt>callback</dt>
          <dd>{account.callback ? `${account.callback.mode} · ${account.callback.url}` : '—'}</dd>
        </div>
      </dl>
      <div class="stack">
        <button type="button" class="second wide" onClick={onScan}>
          <Icon name="scan" size={18} /> {t('scan')}
        </button>
        <button type="button" class="second wide" onClick={onServer}>
          {t('serverSettings')}
        </button>
        <button
          type="button"
          class="second wide"
          onClick={() => then(api.settings(app, person, { paid: true }))}
        >
          {t('paid')}
        </button>
        <button
          type="button"
          class="second wide"
          onClick={() => then(api.settings(app, person, { refuses: !chat.refuses }))}
        >
          {t(chat.refuses ? 'accept' : 'refuse')}
        </button>
        {chat.followed && (
          <button type="button" class="danger wide" onClick={() => then(api.unfollow(app, person))}>
            {t('unfollow')}
          </button>
        )}
      </div>
    </Sheet>
  );
}
