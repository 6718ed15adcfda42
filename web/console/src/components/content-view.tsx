import {
  AudioOutlined,
  DownloadOutlined,
  EnvironmentOutlined,
  FileOutlined,
  LinkOutlined,
  PlayCircleOutlined,
  ReloadOutlined,
} from '@ant-design/icons';
import { Button, Image, Spin } from 'antd';
import { type ReactNode, type SyntheticEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fileSize } from '@/lib/bytes';
import { mediaUrl, useMedia } from '@/lib/media';
import type { Article, Content } from '@/lib/types';
import { AmrPlayer } from './amr-player';
import './content-view.css';

/** Only addresses a browser may open; anything else is shown as text. */
function safeUrl(url: string): string | undefined {
  return /^https?:\/\//i.test(url) ? url : undefined;
}

const URL_IN_TEXT = /(https?:\/\/[^\s<>"'，。；、）]+)/;

function TextView({ text }: { text: string }) {
  const parts = text.split(URL_IN_TEXT);
  return (
    <div className="c-text">
      {parts.map((part, index) =>
        index % 2 === 1 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
          <a key={index} href={part} target="_blank" rel="noreferrer noopener">
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </div>
  );
}

/** Shows a stored file, or says that it is still on its way or lost. */
function Stored({ id, children }: { id: string; children: (url: string) => ReactNode }) {
  const { t } = useTranslation('content');
  const media = useMedia(id);
  const state = media.data?.state;
  if (state === 'pending') {
    return (
      <div className="c-hint">
        <Spin size="small" /> {t('pending')}
      </div>
    );
  }
  if (state === 'lost') return <div className="c-hint">{t('lost')}</div>;
  if (media.isError) {
    return (
      <Button size="small" icon={<ReloadOutlined />} onClick={() => media.refetch()}>
        {t('unreadable')}
      </Button>
    );
  }
  return children(mediaUrl(id));
}

function Voice({ id, transcript }: { id: string; transcript?: string | null }) {
  const { t } = useTranslation('content');
  const media = useMedia(id);
  const [silent, setSilent] = useState(false);
  const player = (url: string) => {
    if (silent) {
      return (
        <a className="c-file" href={url} download>
          <AudioOutlined />
          <span>{t('voice_download')}</span>
          <DownloadOutlined />
        </a>
      );
    }
    // Not before the kind is known: an AMR in `<audio>` fails, and would be taken for one that cannot be played.
    if (!media.data) return <Spin size="small" />;
    if (media.data.mime.includes('amr')) {
      return <AmrPlayer url={url} onFail={() => setSilent(true)} />;
    }
    return (
      // biome-ignore lint/a11y/useMediaCaption: the transcript stands below when there is one
      <audio controls preload="metadata" src={url} onError={() => setSilent(true)} />
    );
  };
  return (
    <div className="c-voice">
      <Stored id={id}>{player}</Stored>
      {transcript && <div className="c-transcript">{transcript}</div>}
    </div>
  );
}

function FileCard(props: { id?: string | null; name: string; size?: number | null }) {
  const { t } = useTranslation('content');
  const { id, name, size } = props;
  const inside = (
    <>
      <FileOutlined className="c-file-icon" />
      <span className="c-file-name">
        <b>{name}</b>
        <small>{size == null ? t('type.file') : fileSize(size)}</small>
      </span>
    </>
  );
  if (!id) return <div className="c-file">{inside}</div>;
  return (
    <Stored id={id}>
      {(url) => (
        <a className="c-file" href={url} download={name}>
          {inside}
          <DownloadOutlined />
        </a>
      )}
    </Stored>
  );
}

function pictureOf(article: Article): string | undefined {
  if (article.picture) return mediaUrl(article.picture);
  return article.picture_url ? safeUrl(article.picture_url) : undefined;
}

/** A picture that does not load leaves its place empty. */
function hide(event: SyntheticEvent<HTMLImageElement>) {
  event.currentTarget.style.display = 'none';
}

function Articles({ items }: { items: Article[] }) {
  return (
    <div className="c-articles">
      {items.map((article, index) => {
        const picture = pictureOf(article);
        return (
          <a
            // biome-ignore lint/suspicious/noArrayIndexKey: articles have no id and keep their order
            key={index}
            className={index === 0 ? 'c-article first' : 'c-article'}
            href={safeUrl(article.url)}
            target="_blank"
            rel="noreferrer noopener"
          >
            {index === 0 && (
              <span className="c-article-cover">
                {picture && <img src={picture} alt="" onError={hide} />}
              </span>
            )}
            <span className="c-article-words">
              <b>{article.title}</b>
              {index === 0 && items.length === 1 && article.description && (
                <small>{article.description}</small>
              )}
            </span>
            {index > 0 && (
              <span className="c-article-thumb">
                {picture && <img src={picture} alt="" onError={hide} />}
              </span>
            )}
          </a>
        );
      })}
    </div>
  );
}

function Card(props: {
  icon: ReactNode;
  title: string;
  text?: string;
  href?: string;
  foot?: string;
}) {
  const inside = (
    <>
      <span className="c-card-icon">{props.icon}</span>
      <span className="c-card-words">
        <b>{props.title}</b>
        {props.text && <small>{props.text}</small>}
        {props.foot && <em>{props.foot}</em>}
      </span>
    </>
  );
  return props.href ? (
    <a className="c-card" href={props.href} target="_blank" rel="noreferrer noopener">
      {inside}
    </a>
  ) : (
    <div className="c-card">{inside}</div>
  );
}

/** One content as a customer or agent sees it, without the bubble around it. */
export function ContentView({ content }: { content: Content }) {
  const { t } = useTranslation('content');
  switch (content.type) {
    case 'text':
      return <TextView text={content.text} />;
    case 'image':
      return (
        <Stored id={content.media}>
          {(url) => <Image className="c-image" src={url} alt={t('type.image')} />}
        </Stored>
      );
    case 'voice':
      return <Voice id={content.media} transcript={content.transcript} />;
    case 'video':
      return (
        <div className="c-video">
          <Stored id={content.media}>
            {(url) => (
              // biome-ignore lint/a11y/useMediaCaption: a customer's video has no captions
              <video
                controls
                preload="metadata"
                src={url}
                poster={content.thumbnail ? mediaUrl(content.thumbnail) : undefined}
              />
            )}
          </Stored>
          {content.title && (
            <div className="c-transcript">
              <PlayCircleOutlined /> {content.title}
            </div>
          )}
        </div>
      );
    case 'file':
      return <FileCard id={content.media} name={content.name} size={content.size} />;
    case 'articles':
      return <Articles items={content.items} />;
    case 'location':
      return (
        <Card
          icon={<EnvironmentOutlined />}
          title={content.label || t('type.location')}
          text={`${content.latitude.toFixed(5)}, ${content.longitude.toFixed(5)}`}
          href={`https://apis.map.qq.com/uri/v1/marker?marker=coord:${content.latitude},${content.longitude};title:${encodeURIComponent(content.label ?? '')}`}
        />
      );
    case 'menu':
      return (
        <div className="c-menu">
          {content.head && <TextView text={content.head} />}
          {content.items.map((item) => (
            <span key={item.id} className="c-choice">
              {item.text}
            </span>
          ))}
          {content.tail && <TextView text={content.tail} />}
        </div>
      );
    case 'mini_program':
      return (
        <Card
          icon={<span className="c-mini">S</span>}
          title={content.title}
          text={content.page_path}
          foot={t('type.mini_program')}
        />
      );
    case 'link':
      return (
        <Card
          icon={<LinkOutlined />}
          title={content.title}
          text={content.description}
          href={safeUrl(content.url)}
        />
      );
    case 'event':
    case 'system':
      return <span>{t(`type.${content.type}`)}</span>;
    case 'unsupported':
      return (
        <span className="c-hint">
          {t('unsupported', { kind: content.kind })} {content.note}
        </span>
      );
  }
}
