import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { byteLength } from '@/lib/bytes';
import { isLong, isUrl } from '@/lib/content';
import type { Article, Content, MenuChoice } from '@/lib/types';
import { MediaField } from './media-field';

type Change = (content: Content) => void;

/** How a field looks that must be filled: red once the form was checked and it is not. */
const need = (checked: boolean | undefined, isFilled: unknown) =>
  checked && !isFilled ? 'error' : undefined;

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="field-line">
      <span className="muted">{label}</span>
      {children}
    </div>
  );
}

function ArticlesFields(props: { items: Article[]; checked?: boolean; onChange: Change }) {
  const { items, checked, onChange } = props;
  const { t } = useTranslation('content');
  const put = (index: number, change: Partial<Article>) =>
    onChange({
      type: 'articles',
      items: items.map((one, at) => (at === index ? { ...one, ...change } : one)),
    });
  return (
    <>
      {items.map((article, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: articles have no id and keep their order
        <div className="field-group" key={index}>
          <Line label={t('field.title')}>
            <Input
              value={article.title}
              status={need(checked, article.title.trim())}
              maxLength={64}
              onChange={(event) => put(index, { title: event.target.value })}
            />
          </Line>
          <Line label={t('field.description')}>
            <Input
              value={article.description}
              maxLength={120}
              onChange={(event) => put(index, { description: event.target.value })}
            />
          </Line>
          <Line label={t('field.url')}>
            <Input
              value={article.url}
              status={need(checked, isUrl(article.url))}
              placeholder="https://"
              onChange={(event) => put(index, { url: event.target.value.trim() })}
            />
          </Line>
          <Line label={t('field.picture')}>
            <MediaField
              kind="image"
              value={article.picture ?? undefined}
              onChange={(media) => put(index, { picture: media.id })}
            />
          </Line>
          {items.length > 1 && (
            <Button
              size="small"
              type="text"
              danger
              icon={<DeleteOutlined />}
              onClick={() =>
                onChange({ type: 'articles', items: items.filter((_, at) => at !== index) })
              }
            >
              {t('remove')}
            </Button>
          )}
        </div>
      ))}
      {items.length < 8 && (
        <Button
          size="small"
          icon={<PlusOutlined />}
          onClick={() =>
            onChange({
              type: 'articles',
              items: [...items, { title: '', description: '', url: '' }],
            })
          }
        >
          {t('add_article')}
        </Button>
      )}
    </>
  );
}

function ChoicesFields(props: {
  items: MenuChoice[];
  checked?: boolean;
  onChange: (items: MenuChoice[]) => void;
}) {
  const { t } = useTranslation('content');
  const { items, checked, onChange } = props;
  const nextId = String(Math.max(0, ...items.map((one) => Number(one.id) || 0)) + 1);
  return (
    <>
      {items.map((item) => (
        <Line key={item.id} label={item.id}>
          <Input
            value={item.text}
            status={need(checked, item.text.trim())}
            placeholder={t('field.item')}
            onChange={(event) =>
              onChange(
                items.map((one) =>
                  one.id === item.id ? { ...one, text: event.target.value } : one,
                ),
              )
            }
            suffix={
              items.length > 1 && (
                <DeleteOutlined
                  aria-label={t('remove')}
                  onClick={() => onChange(items.filter((one) => one.id !== item.id))}
                />
              )
            }
          />
        </Line>
      ))}
      <Button
        size="small"
        icon={<PlusOutlined />}
        onClick={() => onChange([...items, { id: nextId, text: '' }])}
      >
        {t('add_item')}
      </Button>
    </>
  );
}

/** The fields of one content. `checked`: the form was found wrong, so what must be filled and is not is marked. */
export function ContentFields(props: { content: Content; checked?: boolean; onChange: Change }) {
  const { content, checked, onChange } = props;
  const { t } = useTranslation('content');
  const text = (
    label: string,
    value: string | null | undefined,
    put: (value: string) => Content,
    isNeeded = false,
  ) => (
    <Line label={t(`field.${label}`)}>
      <Input
        value={value ?? ''}
        status={need(isNeeded && checked, value?.trim())}
        onChange={(event) => onChange(put(event.target.value))}
      />
    </Line>
  );
  switch (content.type) {
    case 'text':
      return (
        <>
          <Input.TextArea
            autoSize={{ minRows: 3, maxRows: 12 }}
            value={content.text}
            status={need(checked, content.text.trim())}
            placeholder={t('field.text')}
            onChange={(event) => onChange({ ...content, text: event.target.value })}
          />
          <small className={isLong(content) ? 'm-warning' : 'muted'}>
            {t('bytes', { n: byteLength(content.text) })}
            {isLong(content) && ` · ${t('too_long')}`}
          </small>
        </>
      );
    case 'image':
      return (
        <MediaField
          kind="image"
          value={content.media}
          onChange={(media) => onChange({ ...content, media: media.id })}
        />
      );
    case 'voice':
      return (
        <>
          <MediaField
            kind="voice"
            value={content.media}
            onChange={(media) => onChange({ ...content, media: media.id })}
          />
          {text('transcript', content.transcript, (transcript) => ({ ...content, transcript }))}
        </>
      );
    case 'video':
      return (
        <>
          <MediaField
            kind="video"
            value={content.media}
            onChange={(media) => onChange({ ...content, media: media.id })}
          />
          {text('title', content.title, (title) => ({ ...content, title }))}
          {text('description', content.description, (description) => ({ ...content, description }))}
        </>
      );
    case 'file':
      return (
        <MediaField
          kind="file"
          value={content.media ?? undefined}
          onChange={(media) =>
            onChange({ ...content, media: media.id, name: media.name, size: media.size })
          }
        />
      );
    case 'articles':
      return <ArticlesFields items={content.items} checked={checked} onChange={onChange} />;
    case 'menu':
      return (
        <>
          {text('head', content.head, (head) => ({ ...content, head }))}
          <ChoicesFields
            items={content.items}
            checked={checked}
            onChange={(items) => onChange({ ...content, items })}
          />
          {text('tail', content.tail, (tail) => ({ ...content, tail }))}
        </>
      );
    case 'mini_program':
      return (
        <>
          {text('title', content.title, (title) => ({ ...content, title }), true)}
          {text(
            'app_id',
            content.app_id,
            (app_id) => ({ ...content, app_id: app_id.trim() }),
            true,
          )}
          {text('page_path', content.page_path, (page_path) => ({ ...content, page_path }), true)}
          <Line label={t('field.thumbnail')}>
            <MediaField
              kind="image"
              value={content.thumbnail ?? undefined}
              onChange={(media) => onChange({ ...content, thumbnail: media.id })}
            />
          </Line>
        </>
      );
    default:
      return null;
  }
}
