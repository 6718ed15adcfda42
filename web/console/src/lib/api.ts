import { ProblemError, problemFrom } from './problem';

/** All addresses of the API start here. */
export const API = '/api/v1';

type Scalar = string | number | boolean | null | undefined;

export interface CallOptions {
  query?: Record<string, Scalar>;
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

/** An address with its query; empty values are left out. */
export function address(path: string, query: Record<string, Scalar> = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value != null && value !== '');
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return API + path + (text ? `?${text}` : '');
}

async function call(method: string, path: string, options: CallOptions = {}): Promise<unknown> {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
  let body: BodyInit | undefined;
  if (options.body instanceof FormData) body = options.body;
  else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(options.body);
  }
  if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken;
  let response: Response;
  try {
    response = await fetch(address(path, options.query), {
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
    if (problem.code === 'session.stale' && (await askAgain())) return call(method, path, options);
    throw new ProblemError(problem);
  }
  if (response.status === 204) return undefined;
  const text = await response.text();
  return text ? JSON.parse(text) : undefined;
}

/** The five verbs; each resolves to the body or throws a `ProblemError`. */
export const api = {
  get: <T>(path: string, options?: CallOptions) => call('GET', path, options) as Promise<T>,
  post: <T>(path: string, options?: CallOptions) => call('POST', path, options) as Promise<T>,
  put: <T>(path: string, options?: CallOptions) => call('PUT', path, options) as Promise<T>,
  patch: <T>(path: string, options?: CallOptions) => call('PATCH', path, options) as Promise<T>,
  remove: <T>(path: string, options?: CallOptions) => call('DELETE', path, options) as Promise<T>,
};
