import { ProblemError, problemFrom } from './problem';
import type { paths } from './schema';

/** All addresses of the API start here. */
export const API = '/api/v1';

type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Scalar = string | number | boolean | null | undefined;
type Fields = Record<string, Scalar>;

/** The addresses that take a verb, as the server describes them. */
export type PathOf<V extends Verb> = {
  [P in keyof paths]: paths[P] extends Record<V, { responses: unknown }> ? P : never;
}[keyof paths];

type Operation<P extends keyof paths, V extends Verb> =
  paths[P] extends Record<V, infer O> ? O : never;
type Json<R> = R extends { content: { 'application/json': infer B } } ? B : undefined;

/** What an operation answers when all is well. */
export type AnswerOf<P extends keyof paths, V extends Verb> =
  Operation<P, V> extends { responses: infer R }
    ? 200 extends keyof R
      ? Json<R[200]>
      : 201 extends keyof R
        ? Json<R[201]>
        : undefined
    : never;

type PathPart<O> = O extends { parameters: { path: infer X } } ? { path: X } : { path?: undefined };
export type QueryOf<P extends keyof paths> =
  Operation<P, 'get'> extends { parameters: { query?: infer X } } ? X : never;
type QueryPart<O> = O extends { parameters: { query?: infer X } } ? { query?: X } : object;
type BodyPart<O> = O extends { requestBody: { content: infer C } }
  ? { body: C extends { 'application/json': infer B } ? B : FormData }
  : { body?: undefined };
type Options<P extends keyof paths, V extends Verb> = PathPart<Operation<P, V>> &
  QueryPart<Operation<P, V>> &
  BodyPart<Operation<P, V>> & { headers?: Record<string, string>; signal?: AbortSignal };
/** The options may be left out when nothing in them is asked for. */
type Rest<O> = object extends O ? [options?: O] : [options: O];

interface CallOptions {
  path?: unknown;
  query?: unknown;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

let csrfToken = '';
let onSignedOut: () => void = () => {};
let askAgain: () => Promise<boolean> = async () => false;

/** The session's token against cross-site requests; sent with every unsafe call. */
export function setCsrfToken(token: string) {
  csrfToken = token;
}

/** Called when the server says the session is over. */
export function whenSignedOut(act: () => void) {
  onSignedOut = act;
}

/** Called when an act needs the password again; true when it was given. */
export function whenStale(ask: () => Promise<boolean>) {
  askAgain = ask;
}

/** An address with its places filled in and its query; empty values are left out. */
export function address(path: string, places: Fields = {}, query: Fields = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(places[name])));
  const pairs = Object.entries(query).filter(([, value]) => value != null && value !== '');
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return API + filled + (text ? `?${text}` : '');
}

async function answerTo(verb: Verb, path: string, options: CallOptions = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
  const method = verb.toUpperCase();
  let body: BodyInit | undefined;
  if (options.body instanceof FormData) body = options.body;
  else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(options.body);
  }
  if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken;
  let response: Response;
  try {
    response = await fetch(address(path, options.path as Fields, options.query as Fields), {
      method,
      headers,
      body,
      signal: options.signal,
      credentials: 'same-origin',
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ProblemError({ status: 0, code: 'network' });
  }
  if (!response.ok) {
    const problem = await problemFrom(response);
    if (problem.status === 401 && !path.startsWith('/session') && path !== '/setup') onSignedOut();
    if (problem.code === 'session.stale' && (await askAgain()))
      return answerTo(verb, path, options);
    throw new ProblemError(problem);
  }
  return response;
}

async function call(verb: Verb, path: string, options?: CallOptions): Promise<unknown> {
  const response = await answerTo(verb, path, options);
  if (response.status === 204) return undefined;
  const text = await response.text();
  return text ? JSON.parse(text) : undefined;
}

function verb<V extends Verb>(name: V) {
  return <P extends PathOf<V>>(path: P, ...rest: Rest<Options<P, V>>) =>
    call(name, path, rest[0] as CallOptions | undefined) as Promise<AnswerOf<P, V>>;
}

/**
 * The five verbs. Addresses, bodies and answers are typed by the server's own description; each
 * call resolves to the answer or throws a `ProblemError`.
 */
export const api = {
  get: verb('get'),
  post: verb('post'),
  put: verb('put'),
  patch: verb('patch'),
  remove: verb('delete'),
};

/** Fetches a file and hands it to the browser to be kept; throws a `ProblemError` where there is none. */
export async function download<P extends PathOf<'get'>>(
  path: P,
  name: string,
  ...rest: Rest<Options<P, 'get'>>
): Promise<void> {
  const response = await answerTo('get', path, rest[0] as CallOptions | undefined);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  // A browser may begin to read it a moment later.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
