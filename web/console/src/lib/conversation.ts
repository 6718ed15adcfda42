import type { components } from './schema';
import type { Conversation, Message } from './types';

type Schemas = components['schemas'];

/** The description leaves the bot's reasons open; they are what the test bench gives too. */
export function asMessage(message: Schemas['Message']): Message {
  return message as unknown as Message;
}

/** The description says "a text" for the stage; the server knows four. */
export function asConversation(conversation: Schemas['ConversationSummary']): Conversation {
  return conversation as unknown as Conversation;
}
