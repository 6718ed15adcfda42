import type { components } from './schema';

/** The shapes of the HTTP API, made from the server's description; refined where it is loose. */
type Schemas = components['schemas'];

export type Id = string;
/** A moment, RFC 3339. */
export type Moment = string;

export type Role = Schemas['Role'];
export type User = Schemas['User'];
export type Tenant = Schemas['Tenant'];
export type Session = Schemas['Session'];
export type Permission = Schemas['Permission'];
export type ApiKey = Schemas['ApiKey'];
export type AuditEntry = Schemas['AuditRecord'];
export type Inbound = Schemas['Inbound'];

/** One typed body for messages, answers, menu leaves and welcomes. */
export type Content = Schemas['Content'];
export type ContentType = Content['type'];
export type Article = Schemas['Article'];
export type MenuChoice = Schemas['MenuItem'];
export type Media = Schemas['Media'];

export type Reason = Schemas['Reason'];
export type Message = Omit<Schemas['Message'], 'reasons'> & { reasons?: Reason[] | null };
export type Messages = { items: Message[]; next?: number | null };
export type Delivery = NonNullable<Message['delivery']>;
export type Conversation = Omit<Schemas['ConversationSummary'], 'stage' | 'last_message'> & {
  stage: Stage;
  last_message?: Message | null;
};
export type Stage = 'bot' | 'queued' | 'serving' | 'closed';
export type View = 'mine' | 'queue' | 'bot' | 'all' | 'closed';
export type Agent = Schemas['Agent'];
export type AgentState = Schemas['AgentState'];

export type Candidates = Schemas['Candidates'];
export type AnswerCandidate = Schemas['AnswerCandidate'];
/** What a colleague said of an answer of the bot. */
export type Judgement = Schemas['Judgement'];
/** Which candidate a message was made of. */
export type Choice = Schemas['ChoiceBody'];
export type QuickReply = Schemas['QuickReply'];
export type QuestionCluster = Schemas['QuestionCluster'];
export type Learning = Schemas['Learning'];
export type Training = Schemas['Training'];
export type EntrySuggestions = Schemas['EntrySuggestions'];
export type WordGroup = Schemas['WordGroup'];
export type WordKind = Schemas['WordKind'];
export type WordsReport = Schemas['WordsReport'];
export type UnknownWord = Schemas['UnknownWord'];
export type Uses = Schemas['Uses'];
export type EntryUse = Schemas['EntryUse'];
export type RankedEntry = Schemas['RankedEntry'];
export type ReadingItem = Schemas['ReadingItem'];
export type ReadingText = Schemas['ReadingText'];
export type SetFall = Schemas['SetFall'];
export type ReadingRecord = Schemas['ReadingRecord'];
export type EntryReading = Schemas['EntryReading'];
export type QuizQuestion = Schemas['QuizQuestion'];
export type DraftBatch = Schemas['DraftBatch'];
export type DraftBatchAct = Schemas['DraftBatchAct'];
export type DraftBatchPreview = Schemas['DraftBatchPreview'];
export type DraftLeft = Schemas['DraftLeft'];
export type DraftSelection = Schemas['DraftSelection'];

export type Contact = Schemas['Contact'];
export type Identity = Schemas['Identity'];

export type Category = Schemas['Category'];
export type Entry = Schemas['Entry'];
export type EntryInput = Schemas['EntryInput'];
export type EntryDraft = Schemas['EntryDraft'];
export type EntryAct = Schemas['EntryAct'];
export type EntryProposal = Schemas['EntryProposal'];
export type EntryVersion = Schemas['EntryVersion'];
export type Sharing = Schemas['Sharing'];
export type SharedEntry = Schemas['SharedEntry'];
export type ChannelAnswers = Schemas['ChannelAnswers'];
export type StageName = Schemas['StageName'];
export type Difference = Schemas['Difference'];
export type DifferencePiece = NonNullable<Difference['changes'][number]['before']>;
export type KnowledgeSettings = Schemas['KnowledgeSettings'];
export type AnswerMode = Schemas['AnswerMode'];
export type ImportReport = Schemas['ImportReport'];
export type ImportCells = Schemas['ImportCells'];

export type TestSet = Schemas['TestSet'];
export type TestSetHead = Schemas['TestSetHead'];
export type TestSetInput = Schemas['TestSetInput'];
export type TestQuestion = Schemas['TestQuestionView'];
export type TestResult = Schemas['TestResult'];
export type TestRunHead = Schemas['TestRunHead'];
export type Rehearsal = Schemas['Rehearsal'];
export type RehearsalInput = Schemas['RehearsalInput'];
export type RehearsalDifference = Schemas['RehearsalDifference'];
export type ReplayOutcome = Schemas['ReplayOutcome'];
export type Twins = Schemas['Twins'];
export type TwinEntry = Schemas['TwinEntry'];

export type Keyword = Schemas['Keyword'];
export type KeywordInput = Schemas['KeywordInput'];
export type TextMenu = Schemas['TextMenu'];
export type MenuNode = Schemas['Node'];
export type AccountMenu = Schemas['AccountMenu'];
export type AccountButton = Schemas['Button'];
export type ButtonKind = AccountButton['kind'];
export type FeedbackQuestion = Schemas['FeedbackQuestion'];
export type BotSettings = Schemas['BotSettings'];
export type KnowledgeModel = Schemas['KnowledgeModel'];
export type KnowledgeModelBody = Schemas['KnowledgeModelBody'];
export type Generation = Schemas['Generation'];
export type GenerationBody = Schemas['GenerationBody'];
export type GenerationTrial = Schemas['GenerationTrial'];
export type ServiceHours = Schemas['ServiceHours'];
export type Holiday = Schemas['Holiday'];
export type TestAnswer = Schemas['TrialView'];

export type CheckStep = Schemas['CheckStep'];

/** What the WeChat adapter needs to know and may be shown. */
export interface InboxSettings {
  app_id: string;
  original_id: string;
  account_kind: 'service' | 'subscription' | 'test';
  mode: 'safe' | 'compatible' | 'plain';
  api_base?: string | null;
}

export interface InboxSecrets {
  app_secret?: string;
  token?: string;
  aes_key?: string;
}

export type Inbox = Omit<Schemas['Inbox'], 'settings'> & { settings: InboxSettings };

/** A problem document, RFC 9457, with our stable `code`. */
export interface Problem {
  type?: string;
  title?: string;
  status: number;
  code: string;
  detail?: string;
  fields?: Record<string, string>;
  details?: object;
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
}
