/** The shapes of the HTTP API, in the words of the server. */

export type Id = string;
/** A moment, RFC 3339. */
export type Moment = string;

export interface Page<T> {
  items: T[];
  /** Hand it back as `after` for the rest; missing on the last page. */
  next?: string | null;
}

export type Role =
  | 'administrator'
  | 'supervisor'
  | 'agent'
  | 'editor'
  | 'marketer'
  | 'engineer'
  | 'auditor';

export interface User {
  id: Id;
  login: string;
  name: string;
  role: Role;
  locale?: string | null;
  disabled: boolean;
  created_at: Moment;
  last_login_at?: Moment | null;
}

export interface Tenant {
  id: Id;
  parent?: Id | null;
  kind: 'headquarters' | 'member';
  name: string;
  code: string;
  time_zone: string;
  created_at: Moment;
  closed: boolean;
}

export interface Session {
  user: User;
  tenant: Tenant;
  permissions: string[];
  csrf_token: string;
  demo: boolean;
}

export interface Article {
  title: string;
  description?: string;
  url: string;
  picture?: Id;
  picture_url?: string;
}

export interface MenuChoice {
  id: string;
  text: string;
}

/** One typed body for messages, answers, menu leaves and welcomes. */
export type Content =
  | { type: 'text'; text: string }
  | { type: 'image'; media: Id }
  | { type: 'voice'; media: Id; transcript?: string }
  | { type: 'video'; media: Id; thumbnail?: Id; title?: string; description?: string }
  | { type: 'file'; media?: Id; name: string; size?: number }
  | { type: 'articles'; items: Article[] }
  | { type: 'location'; latitude: number; longitude: number; scale?: number; label?: string }
  | { type: 'menu'; head?: string; items: MenuChoice[]; tail?: string }
  | { type: 'mini_program'; title: string; app_id: string; page_path: string; thumbnail?: Id }
  | { type: 'link'; title: string; description?: string; url: string }
  | { type: 'event'; event: string; key?: string; label?: string }
  | { type: 'system'; code: string; params?: Record<string, unknown> }
  | { type: 'unsupported'; kind: string; note?: string };

export type ContentType = Content['type'];

export interface Reason {
  step: string;
  outcome: 'matched' | 'passed' | 'stopped';
  code: string;
  params?: Record<string, unknown>;
}

export type DeliveryState =
  | 'in_reply'
  | 'planned'
  | 'sending'
  | 'sent'
  | 'failed'
  | 'unknown'
  | 'refused';

export interface Delivery {
  state: DeliveryState;
  reason?: { code: string; message: string } | null;
  parts?: number | null;
}

export interface Message {
  id: Id;
  thread: Id;
  conversation: Id;
  number: number;
  direction: 'in' | 'out';
  author: { kind: 'customer' | 'bot' | 'agent' | 'system'; id?: Id | null; name?: string | null };
  content: Content;
  at: Moment;
  platform_at?: Moment | null;
  delivery?: Delivery | null;
  reasons?: Reason[] | null;
}

export type Stage = 'bot' | 'queued' | 'serving' | 'closed';
export type View = 'mine' | 'queue' | 'bot' | 'all' | 'closed';

export interface Conversation {
  id: Id;
  thread: Id;
  contact: { id: Id; name: string };
  inbox: { id: Id; name: string; kind: string };
  stage: Stage;
  /** Rises with every change of hands; a message sent with an older one is refused. */
  owner_epoch?: number;
  agent?: { id: Id; name: string } | null;
  opened_at: Moment;
  waiting_since?: Moment | null;
  unread: number;
  last_message?: Message | null;
  draft: boolean;
}

export interface Messages {
  items: Message[];
  next?: number | null;
}

/** What the platform still lets us send; `left` is null where nothing is counted. */
export interface Allowance {
  left: number | null;
  until?: Moment | null;
  why?: string | null;
}

export type AgentState = 'ready' | 'away' | 'offline';

export interface Agent {
  user: { id: Id; name: string };
  state: AgentState;
  serving: number;
  capacity: number;
}

export interface Media {
  id: Id;
  kind: 'image' | 'voice' | 'video' | 'file';
  mime: string;
  name: string;
  size: number;
  state: 'stored' | 'pending' | 'lost';
  url: string;
}

export interface Identity {
  id: Id;
  inbox: { id: Id; name: string; kind: string };
  source_id: string;
  followed: boolean;
  followed_at?: Moment | null;
  source?: string | null;
  allowance?: Allowance | null;
}

export interface Contact {
  id: Id;
  name: string;
  remark?: string | null;
  tags: string[];
  note?: string | null;
  created_at: Moment;
  identities: Identity[];
}

export interface Category {
  id: Id;
  name: string;
  parent?: Id | null;
}

export type AnswerMode = 'in_order' | 'random';

export interface EntryInput {
  category?: Id | null;
  question: string;
  similar: string[];
  answers: Content[];
  answer_mode: AnswerMode;
  valid_from?: Moment | null;
  valid_until?: Moment | null;
  enabled: boolean;
}

export interface Entry extends EntryInput {
  id: Id;
  version: number;
  updated_at: Moment;
  updated_by?: { id: Id; name: string } | string | null;
}

export interface ImportReport {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  errors: { row: number; column?: string | null; message: string }[];
}

export type KeywordMatch = 'exact' | 'contains_all' | 'contains_any' | 'prefix' | 'regex';

export interface KeywordInput {
  words: string[];
  match: KeywordMatch;
  answers: Content[];
  answer_mode: AnswerMode;
  priority: number;
  valid_from?: Moment | null;
  valid_until?: Moment | null;
  enabled: boolean;
}

export interface Keyword extends KeywordInput {
  id: Id;
  updated_at: Moment;
}

export interface MenuNode {
  title: string;
  /** Shown above the choices. */
  text?: string;
  items: { digit: string; node: MenuNode }[];
  answers?: Content[];
  action?: 'person';
}

export interface TextMenu {
  version: number;
  root: MenuNode;
}

export type ButtonKind =
  | 'click'
  | 'view'
  | 'mini_program'
  | 'sub'
  | 'scan'
  | 'scan_wait'
  | 'photo'
  | 'photo_or_album'
  | 'album'
  | 'location'
  | 'material'
  | 'article';

export interface AccountButton {
  name: string;
  kind: ButtonKind;
  material?: string;
  /** What a tap does at ours instead of being answered. */
  action?: 'person' | 'text_menu';
  key?: string;
  url?: string;
  app_id?: string;
  page_path?: string;
  answers?: Content[];
  children?: AccountButton[];
}

export interface AccountMenu {
  buttons: AccountButton[];
  state?: string | null;
  published_at?: Moment | null;
  updated_at?: Moment | null;
}

export interface ServiceHours {
  weekdays: number[];
  from: string;
  until: string;
}

export interface Holiday {
  from: string;
  until: string;
  text?: string;
}

export interface BotSettings {
  welcome: Content[];
  welcome_by_source: { source: string; answers: Content[] }[];
  fallback: Content[];
  hand_over_words: string[];
  hand_over_text: string;
  queue_full_text?: string | null;
  night_text?: string | null;
  media_reply?: Content[];
  most_answers_a_minute?: number;
  service_hours: ServiceHours[];
  holidays: Holiday[];
  menu_timeout_minutes: number;
  back_words: string[];
  home_words: string[];
  thresholds: { answer: number; suggest: number };
}

export interface TestAnswer {
  replies: Content[];
  session: unknown;
  reasons: Reason[];
  candidates: { entry: Id; question: string; score: number; why: unknown[] }[];
}

export type InboxMode = 'safe' | 'compatible' | 'plain';
export type AccountKind = 'service' | 'subscription' | 'test';

export interface InboxSettings {
  app_id: string;
  original_id: string;
  account_kind: AccountKind;
  mode: InboxMode;
  api_base?: string | null;
}

export interface InboxSecrets {
  app_secret?: string;
  token?: string;
  aes_key?: string;
}

export interface Inbox {
  id: Id;
  kind: 'wechat';
  name: string;
  settings: InboxSettings;
  secrets_set: string[];
  hook_url: string;
  last_inbound_at?: Moment | null;
  disabled: boolean;
  created_at: Moment;
}

export interface CheckStep {
  name: string;
  state: 'ok' | 'failed' | 'waiting';
  code?: string;
  title?: string;
  message: string;
  advice?: string | null;
}

export interface ApiKey {
  id: Id;
  name: string;
  /** The public part, by which it can be recognised. */
  prefix?: string;
  scopes: string[];
  created_at: Moment;
  expires_at?: Moment | null;
  last_used_at?: Moment | null;
}

export interface AuditEntry {
  number: number;
  at: Moment;
  actor: { kind: string; id?: Id | null; name?: string | null };
  action: string;
  target?: string | null;
  detail?: unknown;
}

export interface AuditVerification {
  ok: boolean;
  checked: number;
  broken_at?: number | null;
}

export interface Inbound {
  id: Id;
  inbox?: { id: Id; name: string } | Id | null;
  outcome: string;
  at: Moment;
  raw?: string;
}

/** A problem document, RFC 9457, with our stable `code`. */
export interface Problem {
  type?: string;
  title?: string;
  status: number;
  code: string;
  detail?: string;
  fields?: Record<string, string>;
}

/** One event of the live stream. */
export interface LiveEvent {
  seq: number;
  event: string;
  thread?: Id;
  conversation?: Id;
  /** Numbers of the first and last new message, with `message.created`. */
  first?: number;
  last?: number;
  /** Which one, with `message.updated`. */
  message?: Id;
  contact?: Id;
  inbox?: Id;
  user?: Id;
}
