/** What the simulator's admin API answers. */

export interface Account {
  app_id: string;
  original_id: string;
  name: string;
  account_kind: 'service' | 'subscription' | 'test';
  callback: { url: string; mode: string; format: string; verified: boolean } | null;
  followers: number;
}

/** The callback settings as the operator types them. */
export interface Callback {
  url: string;
  token: string;
  aes_key: string;
  mode: 'safe' | 'compatible' | 'plain';
}

export interface Person {
  id: string;
  name: string;
  hue: number;
  city: string;
  follows: string[];
}

export interface Article {
  title: string;
  description?: string;
  url?: string;
  picture?: string | null;
  picture_url?: string;
}

/** A message as the phone draws it; `type` says which fields are there. */
export interface Content {
  type: string;
  text?: string;
  code?: string;
  media?: string;
  thumbnail?: string | null;
  title?: string;
  description?: string;
  url?: string;
  duration?: number | null;
  recognition?: string;
  items?: (Article & { id?: string; text?: string })[];
  latitude?: number;
  longitude?: number;
  label?: string;
  head?: string;
  tail?: string;
  app_id?: string;
  page_path?: string;
  rows?: { label: string; value: string }[];
  mini_program?: { appid?: string; pagepath?: string } | null;
  name?: string;
  size?: number;
  event?: string;
  more?: number;
}

export interface ChatItem {
  number: number;
  at: number;
  from: 'person' | 'account' | 'notice';
  via: string;
  content: Content;
  speaker?: string;
  push?: number;
}

export interface MenuButton {
  name: string;
  type?: string;
  key?: string;
  url?: string;
  sub_button?: MenuButton[];
}

export interface Chat {
  person: string;
  app_id: string;
  openid: string;
  now: number;
  followed: boolean;
  refuses: boolean;
  at_desk: boolean;
  allowance: { left: number | null; until: number } | null;
  typing_until: number;
  menu: MenuButton[] | null;
  items: ChatItem[];
}

export type LineKind = 'push' | 'attempt' | 'reply' | 'failure' | 'api_call' | 'fault' | 'note';

export interface Line {
  seq: number;
  at: number;
  kind: LineKind;
  ok: boolean;
  app_id?: string;
  openid?: string;
  push?: number;
  summary: string;
  detail: Record<string, unknown> | null;
}

export type Effect =
  | { kind: 'errcode'; errcode: number; errmsg?: string }
  | { kind: 'http'; status: number }
  | { kind: 'delay' | 'late'; milliseconds: number }
  | { kind: 'drop_before' | 'drop_after' | 'old_key' }
  | { kind: 'late_answer'; attempts: number }
  | { kind: 'duplicate'; copies: number; overlapping: boolean };

export interface Fault {
  on: 'api' | 'callback';
  path?: string;
  app_id?: string;
  rate?: number;
  next?: number;
  effect: Effect;
  hits?: number;
}

/** Times that testers may change. */
export interface Settings {
  callback_timeout_ms: number;
  retry_gap_ms: number;
  menu_cache_seconds: number;
  job_delay_ms: number;
  log: boolean;
}

/** A frame of the live socket: one of these members is there. */
export interface Frame {
  hello?: { seq: number };
  log?: Line;
  chat?: { app_id: string; person: string; item: ChatItem };
  typing?: { app_id: string; person: string; until: number };
  menu?: { app_id: string };
  accounts?: boolean;
  people?: boolean;
  faults?: Fault[];
  clock?: number;
  lagged?: number;
}
