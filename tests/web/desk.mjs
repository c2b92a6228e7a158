// What the browser's tests share: a store with rings in it, the built program serving it, and a browser before it.
import {execFile, spawn} from 'node:child_process';
import {createWriteStream, existsSync, mkdtempSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {promisify} from 'node:util';

const root = new URL('../../', import.meta.url).pathname;
// The packages are those of the pages.
const require = createRequire(join(root, 'web/package.json'));
const {chromium} = require('playwright-core');
export const axe = require('axe-core').source;

export const program = process.env.RINGSCOPE_PROGRAM ?? join(root, 'build/release/bin/ringscope');
export const pages = join(program, '../../share/ringscope/web');
const browserPath = process.env.RINGSCOPE_CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--enable-unsafe-swiftshader',
];

const runProgram = promisify(execFile);
/** What the program prints. */
export async function ringscope(...words) {
  return (await runProgram(program, words, {maxBuffer: 1 << 28})).stdout;
}

export const crowd = 20000;

/** One operator's 20,000 accounts on few devices and many cards, beside three times as many strangers. The same bytes each time. */
function writeLargeRing(file) {
  return new Promise((resolve, reject) => {
    const out = createWriteStream(file);
    out.on('error', reject).on('finish', resolve);
    let state = 42;
    const below = (n) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 4294967296) * n);
    };
    const moment = () => 1767225600 + below(25 * 86400);
    out.write('account,kind,value,ts\n');
    for (let i = 0; i < crowd; ++i) {
      const ts = moment();
      for (let n = 0; n < 4; ++n) out.write(`ring-${i},ip,198.18.${below(100)}.7,${ts + below(4 * 86400)}\n`);
      for (let n = 0; n < 2; ++n) out.write(`ring-${i},payment,538877-${below(2500)},${ts}\n`);
      out.write(`ring-${i},fingerprint,fp_${below(30)},${ts}\n`);
    }
    for (let i = 0; i < 3 * crowd; ++i) {
      const ts = moment();
      for (let n = 0; n < 2; ++n) out.write(`person-${i},ip,10.${Math.floor(i / 250)}.${i % 250}.${n},${ts}\n`);
      out.write(`person-${i},payment,4111-${i},${ts}\nperson-${i},fingerprint,fp_p${i},${ts}\n`);
    }
    out.end();
  });
}

/** A store with a simulated month in it, detected twice so that rings have a history; with `large` the ring of 20,000 instead; with `sealed` its addresses as tokens. */
export async function makeStore({accounts = 4000, large = false, sealed = false} = {}) {
  const place = mkdtempSync(join(tmpdir(), 'ringscope-web-'));
  const db = join(place, 'store');
  let log = join(place, 'world/events.jsonl');
  if (large) await writeLargeRing((log = join(place, 'large.csv')));
  else await ringscope('-q', 'simulate', '--out', join(place, 'world'), '--accounts', String(accounts), '--requests', String(accounts * 40), '--seed', '7');
  if (sealed) {
    await ringscope('keys', 'create', join(place, 'values.key'));
    await ringscope('--db', db, '-q', 'keys', 'enable', join(place, 'values.key'), '--seal', 'ip');
  }
  await ringscope('--db', db, '-q', 'ingest', log);
  if (!large) await ringscope('--db', db, '-q', 'detect', '--as-of', '2026-01-20');
  await ringscope('--db', db, '-q', 'detect');
  return {db, remove: () => rmSync(place, {recursive: true, force: true})};
}

/** The program serving `db` on a free port of loopback, with these further arguments. */
export async function serve(db, more = []) {
  const server = spawn(program, ['--db', db, '--json', 'serve', '--listen', '127.0.0.1:0', '--as', 'ann', ...more], {stdio: ['ignore', 'pipe', 'pipe']});
  let said = '';
  server.stderr.on('data', (bytes) => (said += bytes));
  const ended = new Promise((resolve) => server.on('exit', resolve));
  const first = await Promise.race([
    new Promise((resolve) => createInterface({input: server.stdout}).once('line', resolve)),
    ended.then((status) => Promise.reject(new Error(`ringscope serve ended with ${status}: ${said}`))),
  ]);
  const {address, login} = JSON.parse(first);
  return {
    address, login,
    async stop() {
      server.kill('SIGTERM');
      await ended;
    },
  };
}

/** A browser whose pages report what goes wrong in them: `troubles` must stay empty. */
export async function browse() {
  const browser = await chromium.launch({executablePath: browserPath, args: FLAGS});
  const troubles = [];
  const cookies = new Map();
  const fresh = async (options) => {
    const context = await browser.newContext({viewport: {width: 1360, height: 860}, ...options});
    const page = await context.newPage();
    page.setDefaultTimeout(15000);
    page.on('console', (message) => {
      // Chromium without a GPU remarks on its own slowness; that is not the page's doing.
      if (['error', 'warning'].includes(message.type()) && !/GPU stall|software WebGL|swiftshader/i.test(message.text())) troubles.push(`${message.type()}: ${message.text()} ${message.location().url.replace(/^https?:..[^/]*/, '')}`);
    });
    page.on('pageerror', (error) => troubles.push(`thrown: ${error.stack ?? error}`));
    return page;
  };
  return {
    troubles,
    /** A page that has logged in and shows the list. */
    async page(login, options = {}) {
      const page = await fresh(options);
      // The printed address lets in once; after that the cookie does.
      if (cookies.has(login)) await page.context().addCookies(cookies.get(login));
      await page.goto(cookies.has(login) ? new URL('/', login).href : login);
      cookies.set(login, await page.context().cookies());
      await page.getByRole('grid', {name: 'Rings'}).waitFor();
      return page;
    },
    /** A page of a browser that knows nothing but these cookies. */
    async blank(cookies) {
      const page = await fresh({});
      await page.context().addCookies(cookies);
      return page;
    },
    close: () => browser.close(),
  };
}

/** The picture of a ring as its page reads it, and where on the screen the canvas has each node (sigma's camera at rest, web/src/lib/graph.ts). */
export async function drawing(page, ring) {
  const picture = await page.evaluate(async (id) => (await fetch(`/api/v1/rings/${id}/picture`)).json(), ring);
  const box = await page.locator('#picture canvas').first().boundingBox();
  const range = (of) => [Math.min(...picture.nodes.map(of)), Math.max(...picture.nodes.map(of))];
  const [left, right] = range((node) => node.x);
  const [low, high] = range((node) => node.y);
  const across = right - left || 1;
  const up = high - low || 1;
  const stage = box.height / box.width;
  const graph = up / across;
  const fit = stage < 1 === graph > 1 ? 1 : Math.min(Math.max(graph, 1 / graph), Math.max(stage, 1 / stage));
  const scale = ((Math.min(box.width, box.height) - 2 * 36) * fit) / Math.max(across, up);
  const at = (node) => ({x: box.x + box.width / 2 + (node.x - (left + right) / 2) * scale, y: box.y + box.height / 2 - (node.y - (low + high) / 2) * scale});
  /** Pixels to the nearest other node. */
  const room = (node) => Math.min(...picture.nodes.filter((other) => other !== node).map((other) => Math.hypot(at(other).x - at(node).x, at(other).y - at(node).y)));
  // An account that is like the others in kind alone is drawn and tied to nothing.
  const tied = new Set(picture.edges.flatMap((edge) => [edge.from, edge.to]));
  const nodes = picture.nodes.filter((node) => tied.has(node.id));
  return {nodes, box, at, loneliest: (some) => some.toSorted((a, b) => room(b) - room(a))[0]};
}

/** Goes to a page by its address after '#', which the browser tells the page of a moment later. */
export async function visit(page, address, hash) {
  await page.goto(`${address}/#${hash}`);
  await page.evaluate(() => new Promise((told) => requestAnimationFrame(() => setTimeout(told))));
}
