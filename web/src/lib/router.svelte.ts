// The address of a page is the part after '#': #/rings/R-1 or #/pair?a=…&b=…. So a page can be linked to and the server
// needs to know only one of them.

export interface Route {
  /** segments, unescaped: ['rings', 'R-1'] */
  path: string[];
  query: URLSearchParams;
}

function read(): Route {
  const text = location.hash.replace(/^#\/?/, '');
  const [path = '', query = ''] = text.split('?', 2);
  return {path: path.split('/').filter(Boolean).map(decode), query: new URLSearchParams(query)};
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

class Router {
  route = $state.raw<Route>(read());
  constructor() {
    addEventListener('hashchange', () => (this.route = read()));
  }
}
export const router = new Router();

type Parameters = Record<string, string | undefined>;

/** '#/accounts/a%2Fb' of its unescaped segments, with the parameters that are not empty */
export function link(segments: string[], query: Parameters = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value) parameters.set(key, value);
  const text = parameters.toString();
  return `#/${segments.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

export const go = (to: string): void => void (location.hash = to);

/** Changes parameters of this page without a step in the history; of a page that is being left, nothing. */
export function put(query: Parameters): void {
  // The address is another at once, 'hashchange' comes later.
  if (read().path.join('/') !== router.route.path.join('/')) return;
  const merged: Parameters = {...Object.fromEntries(router.route.query), ...query};
  history.replaceState(null, '', link(router.route.path, merged));
  router.route = read();
}

export const ring = (id: string): string => link(['rings', id]);
export const account = (id: string): string => link(['accounts', id]);
export const pair = (a: string, b: string): string => link(['pair'], {a, b});
