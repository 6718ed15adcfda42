import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { asConversation } from '@/lib/conversation';
import { useList } from '@/lib/list';
import type { Contact } from '@/lib/types';

export function useContacts(query: string) {
  return useList(['contacts'], '/contacts', { query: query.trim() });
}

export function useContact(id: string) {
  return useQuery({
    queryKey: ['contact', id],
    queryFn: () => api.get('/contacts/{id}', { path: { id } }),
  });
}

export function useEditContact(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { name?: string; tags?: string[]; note?: string }) =>
      api.patch('/contacts/{id}', { path: { id }, body }),
    onSuccess: (contact) => {
      queries.setQueryData(['contact', id], contact);
      queries.invalidateQueries({ queryKey: ['contacts'] });
    },
  });
}

/** The person's conversations, open and closed; the search is by name, so others are cut away. */
export function useConversationsOf(contact: Contact | undefined, enabled: boolean) {
  const query = { query: contact?.name };
  const options = { enabled: enabled && Boolean(contact) };
  const open = useList(['conversations'], '/conversations', { view: 'all', ...query }, options);
  const closed = useList(
    ['conversations'],
    '/conversations',
    { view: 'closed', ...query },
    options,
  );
  const all = [...open.items, ...closed.items].map(asConversation);
  const byId = new Map(all.map((one) => [one.id, one]));
  return [...byId.values()]
    .filter((one) => one.contact.id === contact?.id)
    .sort((one, other) => other.opened_at.localeCompare(one.opened_at));
}
