// The one door to the server: GETs as typed promises, writes with the CSRF token, errors as sentences.
import type {Page, Session} from './types';

/** What the server said went wrong; `message` is a sentence for the reader. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

let csrf = '';

export type Query = Record<string, string | number | boolean | string[] | null | undefined>;

/** `/api/v1` + path with the parameters that are set; a list becomes one parameter a value. */
export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(key, String(one));
  }
  const text = parameters.toString();
  return `/api/v1${path}${text ? `?${text}` : ''}`;
}

/** A path of segments, each escaped: accounts may hold any character. */
export function path(...segments: (string | number)[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}

async function answer<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  let code = 'http';
  let message = `The server answered ${response.status}.`;
  try {
    const body = (await response.json()) as {error?: {code: string; message: string; context: string}};
    if (body.error) {
      code = body.error.code;
      message = body.error.context ? `${body.error.message} (${body.error.context})` : body.error.message;
    }
  } catch {
    // Not JSON: the status has to do.
  }
  if (response.status === 401) message = 'You are not signed in, or no longer. Open the address that ringscope serve prints at its start, or sign in with a token.';
  throw new ApiError(response.status, code, message);
}

async function send(url: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, {credentials: 'same-origin', ...options});
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'offline', 'The server cannot be reached. Is ringscope serve still running?');
  }
}

export async function get<T>(where: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return answer<T>(await send(address(where, query), {signal, cache: 'no-cache'}));
}

export async function post<T>(where: string, body: unknown): Promise<T> {
  return answer<T>(
    await send(address(where), {
      method: 'POST',
      headers: {'Content-Type': 'application/json', 'X-CSRF-Token': csrf},
      body: JSON.stringify(body),
    }),
  );
}

/** Who is asking; keeps the token that writes need. */
export async function signIn(): Promise<Session> {
  const session = await get<Session>('/session');
  csrf = session.csrf;
  return session;
}

/** All pages of a list, one after the other; `more` sees each as it comes and may stop by returning false. */
export async function pages<T>(
  where: string,
  query: Query,
  first: number,
  more: (page: Page<T>) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  let cursor: string | null = null;
  let limit = first;
  do {
    const page: Page<T> = await get<Page<T>>(where, {...query, limit, cursor}, signal);
    if (!more(page)) return;
    cursor = page.next;
    limit = 1000;
  } while (cursor);
}
