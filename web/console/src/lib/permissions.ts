import { useSession } from './session';

/** The rights the pages ask for; the server decides, the pages only hide what would be refused. */
export const PERMISSIONS = {
  conversationRead: 'conversation.read',
  conversationAnswer: 'conversation.answer',
  conversationSupervise: 'conversation.supervise',
  contactRead: 'contact.read',
  contactEdit: 'contact.edit',
  knowledgeRead: 'knowledge.read',
  knowledgeEdit: 'knowledge.edit',
  knowledgeManage: 'knowledge.manage',
  knowledgeModel: 'knowledge.model',
  botRead: 'bot.read',
  botEdit: 'bot.edit',
  inboxRead: 'inbox.read',
  inboxEdit: 'inbox.edit',
  inboundRead: 'inbound.read',
  userRead: 'user.read',
  userManage: 'user.manage',
  tenantRead: 'tenant.read',
  tenantManage: 'tenant.manage',
  apiKeyManage: 'api_key.manage',
  auditRead: 'audit.read',
} as const;

export type Permission = (typeof PERMISSIONS)[keyof typeof PERMISSIONS];

export function useCan(permission: Permission): boolean {
  return useSession().permissions.includes(permission);
}
