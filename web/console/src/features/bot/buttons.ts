import { byteLength } from '@/lib/bytes';
import { contentGap } from '@/lib/content';
import type { AccountButton, ButtonKind } from '@/lib/types';

/** A button's place: its column, and its row when it stands in a column's list. */
export type Place = [number] | [number, number];

/** Limits of the platform (WeChat documentation, custom menus). */
export const MOST_BUTTONS = 3;
export const MOST_CHILDREN = 5;
export const NAME_BYTES = { top: 16, child: 60 };
export const KEY_BYTES = 128;
export const URL_BYTES = 1024;

export const KINDS: ButtonKind[] = [
  'click',
  'view',
  'mini_program',
  'scancode_push',
  'scancode_waitmsg',
  'pic_sysphoto',
  'pic_photo_or_album',
  'pic_weixin',
  'location_select',
];

/** Kinds that were made in the platform's own console; they are kept as they are. */
const FOREIGN = /^(media_id|view_limited|article_id|article_view_limited)$/;

/** Kinds that come back to us with a key. */
export function hasKey(kind: ButtonKind): boolean {
  return !['view', 'mini_program', 'sub'].includes(kind) && !FOREIGN.test(kind);
}

export function buttonAt(buttons: AccountButton[], place: Place): AccountButton | undefined {
  const [top, child] = place;
  return child === undefined ? buttons[top] : buttons[top]?.children?.[child];
}

function oneGap(button: AccountButton, top: boolean): string | null {
  const limit = top ? NAME_BYTES.top : NAME_BYTES.child;
  if (!button.name.trim()) return 'buttons.need_name';
  if (byteLength(button.name) > limit) return 'buttons.long_name';
  if (button.kind === 'sub') return button.children?.length ? null : 'buttons.need_child';
  if (button.kind === 'view') {
    if (!/^https?:\/\/\S+$/.test(button.url ?? '')) return 'buttons.need_url';
    return byteLength(button.url ?? '') > URL_BYTES ? 'buttons.long_url' : null;
  }
  if (button.kind === 'mini_program') {
    return button.app_id && button.page_path && button.url ? null : 'buttons.need_app';
  }
  if (button.kind === 'click') {
    if (!button.key) return 'buttons.need_key';
    if (!button.action && !button.answers?.length) return 'buttons.need_answer';
  }
  if (byteLength(button.key ?? '') > KEY_BYTES) return 'buttons.long_key';
  return button.answers?.some((one) => contentGap(one)) ? 'buttons.need_answer' : null;
}

/** The first thing the platform would refuse; null when all is well. */
export function buttonGap(buttons: AccountButton[]): { place: Place; gap: string } | null {
  for (const [top, button] of buttons.entries()) {
    const gap = oneGap(button, true);
    if (gap) return { place: [top], gap };
    for (const [row, child] of (button.children ?? []).entries()) {
      const inner = oneGap(child, false);
      if (inner) return { place: [top, row], gap: inner };
    }
  }
  return null;
}

/** Keeps only what belongs to the button's kind. */
export function tidyButton(button: AccountButton): AccountButton {
  const { kind } = button;
  const name = button.name.trim();
  if (kind === 'sub') return { name, kind, children: (button.children ?? []).map(tidyButton) };
  if (FOREIGN.test(kind)) return { ...button, name };
  const kept: AccountButton = { name, kind };
  if (hasKey(kind) && button.key) kept.key = button.key;
  if ((kind === 'view' || kind === 'mini_program') && button.url) kept.url = button.url;
  if (kind === 'mini_program') {
    kept.app_id = button.app_id;
    kept.page_path = button.page_path;
  }
  if (hasKey(kind) && button.action) kept.action = button.action;
  else if (hasKey(kind) && button.answers?.length) kept.answers = button.answers;
  return kept;
}
