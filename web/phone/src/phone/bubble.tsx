import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { mediaUrl } from '../api';
import { Icon } from '../icons';
import { useWords } from '../prefs';
import type { Article, Content } from '../types';

/** What a tap opens over the chat: a page or a picture. */
export interface Opened {
  url?: string;
  picture?: string;
}

interface Props {
  content: Content;
  app: string;
  mine: boolean;
  onOpen: (opened: Opened) => void;
  onTap: (item: { id?: string; text?: string }) => void;
}

/** One message in its own shape. */
export function Bubble({ content, app, mine, onOpen, onTap }: Props) {
  const file = (id: string) => mediaUrl(app, id);
  switch (content.type) {
    case 'text':
      return (
        <p class="bubble">
          <Text text={content.text ?? ''} onOpen={onOpen} onTap={onTap} />
        </p>
      );
    case 'menu':
      return <MenuMessage content={content} onOpen={onOpen} onTap={onTap} />;
    case 'image':
      return <Picture url={file(content.media ?? '')} more={content.more} onOpen={onOpen} />;
    case 'voice':
      return <Voice url={file(content.media ?? '')} content={content} mine={mine} />;
    case 'video':
      return <Video content={content} file={file} />;
    case 'articles':
      return <Articles items={content.items ?? []} file={file} onOpen={onOpen} />;
    case 'template':
      return <Template content={content} onOpen={onOpen} />;
    case 'location':
      return <Place content={content} />;
    case 'link':
      return <LinkCard content={content} onOpen={onOpen} />;
    case 'mini_program':
      return <MiniProgram content={content} file={file} />;
    case 'music':
      return <Music content={content} />;
    case 'file':
      return (
        <div class="card file">
          <span class="grow">
            <b>{content.name}</b>
            <small>{Math.ceil((content.size ?? 0) / 1024)} KB</small>
          </span>
          <Icon name="file" size={34} />
        </div>
      );
    default:
      return <p class="bubble">[{content.type}]</p>;
  }
}

const codes: Record<string, string> = {
  微笑: '🙂',
  呲牙: '😁',
  流泪: '😢',
  强: '👍',
  抱拳: '🙏',
  玫瑰: '🌹',
  OK: '👌',
  愉快: '😊',
  握手: '🤝',
};

/** Text with the links that the platform allows: `<a href>` and bare addresses. No other markup. */
function Text({ text, onOpen, onTap }: { text: string } & Pick<Props, 'onOpen' | 'onTap'>) {
  const parts: ComponentChildren[] = [];
  const pattern =
    /<a\s[^>]*?href\s*=\s*["']([^"']*)["'][^>]*>([\s\S]*?)<\/a>|(https?:\/\/[^\s<>"，。！？]+)/gi;
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    parts.push(emoticons(text.slice(from, found.index)));
    from = found.index + found[0].length;
    const [, href, label, bare] = found;
    parts.push(
      <Anchor href={href ?? bare ?? ''} label={label ?? bare ?? ''} {...{ onOpen, onTap }} />,
    );
  }
  parts.push(emoticons(text.slice(from)));
  return <>{parts}</>;
}

function emoticons(text: string) {
  return text.replace(/\[([^[\]]{1,4})\]/g, (whole, name: string) => codes[name] ?? whole);
}

function Anchor({
  href,
  label,
  onOpen,
  onTap,
}: { href: string; label: string } & Pick<Props, 'onOpen' | 'onTap'>) {
  const open = () => {
    if (href.startsWith('weixin://bizmsgmenu')) {
      const query = new URLSearchParams(href.split('?')[1] ?? '');
      onTap({ text: query.get('msgmenucontent') ?? label, id: query.get('msgmenuid') ?? '' });
    } else if (/^https?:/i.test(href)) {
      onOpen({ url: href });
    }
  };
  return (
    <button type="button" class="anchor" onClick={open}>
      {label}
    </button>
  );
}

function MenuMessage({
  content,
  onOpen,
  onTap,
}: { content: Content } & Pick<Props, 'onOpen' | 'onTap'>) {
  return (
    <div class="bubble menu-message">
      {content.head && <Text text={content.head} onOpen={onOpen} onTap={onTap} />}
      {content.items?.map((item) => (
        <button key={item.id} type="button" class="anchor" onClick={() => onTap(item)}>
          {item.text}
        </button>
      ))}
      {content.tail && <Text text={content.tail} onOpen={onOpen} onTap={onTap} />}
    </div>
  );
}

function Picture({
  url,
  more,
  onOpen,
}: {
  url: string;
  more: number | undefined;
  onOpen: Props['onOpen'];
}) {
  return (
    <button type="button" class="picture" onClick={() => onOpen({ picture: url })}>
      <img src={url} alt="" loading="lazy" />
      {more ? <span>+{more}</span> : null}
    </button>
  );
}

function Voice({ url, content, mine }: { url: string; content: Content; mine: boolean }) {
  const t = useWords();
  const sound = useRef<HTMLAudioElement | null>(null);
  const [state, setState] = useState<'still' | 'playing' | 'mute'>('still');
  const seconds = content.duration ?? 3;
  const play = async () => {
    if (state === 'playing') {
      sound.current?.pause();
      return setState('still');
    }
    sound.current ??= new Audio(url);
    sound.current.onended = () => setState('still');
    try {
      await sound.current.play();
      setState('playing');
    } catch {
      setState('mute');
    }
  };
  return (
    <div class="said">
      <button
        type="button"
        class={`bubble voice ${state === 'playing' ? 'playing' : ''}`}
        style={{ width: `${Math.min(200, 74 + seconds * 6)}px` }}
        onClick={() => void play()}
      >
        {mine && <span>{seconds}″</span>}
        <Icon name="wave" size={20} />
        {!mine && <span>{seconds}″</span>}
      </button>
      {content.recognition && <p class="transcript">{content.recognition}</p>}
      {state === 'mute' && <small class="quiet">{t('amr')}</small>}
    </div>
  );
}

function Video({ content, file }: { content: Content; file: (id: string) => string }) {
  const [playing, setPlaying] = useState(false);
  const url = file(content.media ?? '');
  return (
    <div class="card video">
      {playing ? (
        // biome-ignore lint/a11y/useMediaCaption: what people send has no captions
        <video src={url} controls autoPlay />
      ) : (
        <button type="button" onClick={() => setPlaying(true)} title={content.title ?? ''}>
          {content.thumbnail && <img src={file(content.thumbnail)} alt="" />}
          <span class="round">
            <Icon name="play" size={30} />
          </span>
        </button>
      )}
      {content.title && <b>{content.title}</b>}
    </div>
  );
}

/** A picture that may not be there: then nothing is drawn. */
function Maybe({ url, kind }: { url: string | undefined; kind: string }) {
  const [broken, setBroken] = useState(false);
  if (!url || broken) return <span class={`${kind} blank`} />;
  return <img class={kind} src={url} alt="" onError={() => setBroken(true)} />;
}

function Articles({
  items,
  file,
  onOpen,
}: {
  items: Article[];
  file: (id: string) => string;
  onOpen: Props['onOpen'];
}) {
  const [first, ...rest] = items;
  if (!first) return null;
  const url = (item: Article) =>
    item.picture_url || (item.picture ? file(item.picture) : undefined);
  return (
    <div class="articles">
      <button type="button" class="lead" onClick={() => onOpen({ url: first.url })}>
        <Maybe url={url(first)} kind="cover" />
        <b>{first.title}</b>
        {rest.length === 0 && first.description && <p>{first.description}</p>}
      </button>
      {rest.map((item, index) => (
        <button key={index} type="button" class="next" onClick={() => onOpen({ url: item.url })}>
          <span class="grow">{item.title}</span>
          <Maybe url={url(item)} kind="thumb" />
        </button>
      ))}
    </div>
  );
}

function Template({ content, onOpen }: { content: Content; onOpen: Props['onOpen'] }) {
  const t = useWords();
  const target = content.url || '';
  return (
    <div class="template">
      <b>{content.title}</b>
      <dl>
        {content.rows?.map((row) => (
          <div key={row.label}>
            <dt>{row.label}</dt>
            <dd>{row.value}</dd>
          </div>
        ))}
      </dl>
      {(target || content.mini_program?.appid) && (
        <button type="button" class="foot" onClick={() => target && onOpen({ url: target })}>
          {content.mini_program?.appid ? t('miniProgram') : t('details')} ›
        </button>
      )}
    </div>
  );
}

function Place({ content }: { content: Content }) {
  const { latitude = 0, longitude = 0 } = content;
  return (
    <div class="card place">
      <b>{content.label || `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`}</b>
      <small>
        {latitude.toFixed(4)}, {longitude.toFixed(4)}
      </small>
      <svg viewBox="0 0 220 90" aria-hidden="true">
        <rect width="220" height="90" class="land" />
        <path d="M0 62 C60 40 90 88 220 52 V90 H0z" class="water" />
        <path d="M-5 30 L225 18 M60 -5 L82 95 M150 -5 L138 95" class="road" />
        <path d="M110 62c10-13 15-20 15-27a15 15 0 10-30 0c0 7 5 14 15 27z" class="pin" />
        <circle cx="110" cy="35" r="5.5" fill="#fff" />
      </svg>
    </div>
  );
}

function LinkCard({ content, onOpen }: { content: Content; onOpen: Props['onOpen'] }) {
  return (
    <button type="button" class="card link" onClick={() => onOpen({ url: content.url })}>
      <b>{content.title}</b>
      <span class="two">
        <small class="grow">{content.description}</small>
        <span class="stamp">
          <Icon name="link" />
        </span>
      </span>
    </button>
  );
}

function MiniProgram({ content, file }: { content: Content; file: (id: string) => string }) {
  const t = useWords();
  return (
    <div class="card mini">
      <small>{content.app_id}</small>
      <b>{content.title}</b>
      <Maybe url={content.thumbnail ? file(content.thumbnail) : undefined} kind="cover" />
      <small class="foot">{t('miniProgram')}</small>
    </div>
  );
}

function Music({ content }: { content: Content }) {
  return (
    <div class="card link">
      <b>{content.title}</b>
      <small>{content.description}</small>
      {/* biome-ignore lint/a11y/useMediaCaption: music has no captions */}
      {content.url && <audio src={content.url} controls />}
    </div>
  );
}
