import { byteLength } from './bytes';
import type { Content, ContentType } from './types';

/**
 * What may be written as an answer, in the order of the chooser. Places and links only come in: no platform takes
 * them from us, and the server refuses them. Cards lead to a page.
 */
export const ANSWER_TYPES = [
  'text',
  'image',
  'articles',
  'voice',
  'video',
  'file',
  'menu',
  'mini_program',
] as const satisfies ContentType[];

export type AnswerType = (typeof ANSWER_TYPES)[number];

/** One text message of the platform holds this many bytes of UTF-8. */
export const TEXT_BYTES = 2048;

/** A new, still empty content of a type. */
export function emptyContent(type: AnswerType): Content {
  switch (type) {
    case 'text':
      return { type, text: '' };
    case 'image':
    case 'voice':
    case 'video':
      return { type, media: '' };
    case 'file':
      return { type, name: '' };
    case 'articles':
      return { type, items: [{ title: '', description: '', url: '' }] };
    case 'menu':
      return { type, head: '', items: [{ id: '1', text: '' }], tail: '' };
    case 'mini_program':
      return { type, title: '', app_id: '', page_path: '' };
  }
}

/** Whether an article can lead there. */
export const isUrl = (text: string) => /^https?:\/\/\S+$/.test(text);

/** The text key that says what an answer still lacks; null when it is whole. */
export function contentGap(content: Content): string | null {
  switch (content.type) {
    case 'text':
      return content.text.trim() ? null : 'need_text';
    case 'image':
    case 'voice':
    case 'video':
      return content.media ? null : 'need_media';
    case 'file':
      return content.media ? null : 'need_media';
    case 'articles':
      if (content.items.length === 0) return 'need_items';
      if (content.items.some((one) => !one.title.trim())) return 'need_title';
      return content.items.every((one) => isUrl(one.url)) ? null : 'need_url';
    case 'menu':
      if (content.items.length === 0) return 'need_items';
      return content.items.every((one) => one.text.trim()) ? null : 'need_text';
    case 'mini_program':
      return content.title.trim() && content.app_id && content.page_path ? null : 'need_title';
    default:
      return null;
  }
}

export function isLong(content: Content): boolean {
  return content.type === 'text' && byteLength(content.text) > TEXT_BYTES;
}
