import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api';
import { useList } from '@/lib/list';
import type { Contact, Conversation } from '@/lib/types';

export function useContacts(query: string) {
  return useList<Contact>(['contacts'], '/contacts', { query: query.trim() });
}

export function useContact(id: string) {
  return useQuery({
    queryKey: ['contact', id],
    queryFn: () => api.get<Contact>(`/contacts/${id}`),
  });
}

export function useEditContact(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { name?: string; tags?: string[]; note?: string }) =>
      api.patch<Contact>(`/contacts/${id}`, { body }),
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
  const open = useList<Conversation>(
    ['conversations'],
    '/conversations',
    { view: 'all', ...query },
    options,
  );
  const closed = useList<Conversation>(
    ['conversations'],
    '/conversations',
    { view: 'closed', ...query },
    options,
  );
  const byId = new Map([...open.items, ...closed.items].map((one) => [one.id, one]));
  return [...byId.values()]
    .filter((one) => one.contact.id === contact?.id)
    .sort((one, other) => other.opened_at.localeCompare(one.opened_at));
}
