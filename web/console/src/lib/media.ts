import { useQuery } from '@tanstack/react-query';
import { API, api } from './api';
import type { Content, Media } from './types';

/** Where a stored file is served. */
export function mediaUrl(id: string): string {
  return `${API}/media/${id}/file`;
}

/** A file's description, asked again while the platform still hands it over. */
export function useMedia(id: string | undefined) {
  return useQuery({
    queryKey: ['media', id],
    enabled: Boolean(id),
    queryFn: () => api.get('/media/{id}', { path: { id: id ?? '' } }),
    refetchInterval: (query) => (query.state.data?.state === 'pending' ? 3000 : false),
    staleTime: 10 * 60_000,
  });
}

export function uploadMedia(file: File): Promise<Media> {
  const body = new FormData();
  body.append('file', file);
  return api.post('/media', { body });
}

/** The message content an uploaded file makes. */
export function contentOf(media: Media): Content {
  switch (media.kind) {
    case 'image':
      return { type: 'image', media: media.id };
    case 'voice':
      return { type: 'voice', media: media.id };
    case 'video':
      return { type: 'video', media: media.id };
    default:
      return { type: 'file', media: media.id, name: media.name, size: media.size };
  }
}
