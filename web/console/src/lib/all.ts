import { api } from './api';

/** All rows of a short list, whether the server wraps them or not. */
export async function all<T>(path: string): Promise<T[]> {
  const answer = await api.get<T[] | { items: T[] }>(path);
  return Array.isArray(answer) ? answer : answer.items;
}
