import type { TFunction } from 'i18next';
import type { Content } from '@/lib/types';

/** What the customer did, in words. */
export function eventText(content: Extract<Content, { type: 'event' }>, t: TFunction): string {
  const known = t(`content:event.${content.event}`, {
    label: content.label || content.key || '',
    defaultValue: '',
  });
  if (known) return known;
  return t('content:event.other', { event: content.event });
}

/** A system note, in words. */
export function systemText(content: Extract<Content, { type: 'system' }>, t: TFunction): string {
  const key = `content:system.${content.code.replaceAll('.', '_')}`;
  const known = t(key, { ...content.params, defaultValue: '' });
  const words = known || t('content:system.other', { code: content.code });
  const remark = content.params?.note ?? content.params?.reason;
  return typeof remark === 'string' && remark ? `${words} · ${remark}` : words;
}

/** One line for lists: the text itself or the kind in brackets. */
export function contentLine(content: Content, t: TFunction): string {
  const kind = `[${t(`content:type.${content.type}`)}]`;
  switch (content.type) {
    case 'text':
      return content.text;
    case 'event':
      return `[${eventText(content, t)}]`;
    case 'system':
      return `[${systemText(content, t)}]`;
    case 'voice':
      return content.transcript ? `${kind} ${content.transcript}` : kind;
    case 'file':
      return `${kind} ${content.name}`;
    case 'articles':
      return `${kind} ${content.items[0]?.title ?? ''}`;
    case 'location':
      return `${kind} ${content.label ?? ''}`;
    case 'link':
    case 'mini_program':
    case 'video':
      return `${kind} ${content.title ?? ''}`;
    case 'menu':
      return `${kind} ${content.head ?? content.items[0]?.text ?? ''}`;
    default:
      return kind;
  }
}
