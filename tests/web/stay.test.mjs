// What is new is told, and nobody loses their place; charts draw what their tables say.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {after, before, test} from 'node:test';
import {browse, makeStore, program, ringscope, serve, visit} from './desk.mjs';

let store, server, browser, page, rings;
before(async () => {
  store = await makeStore();
  server = await serve(store.db);
  browser = await browse();
  rings = (await ringscope('--db', store.db, '--json', 'rings', '--limit', '100000')).trim().split('\n').map((line) => JSON.parse(line));
  page = await browser.page(server.login);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  store?.remove();
});

const api = async (where) => (await page.request.get(`${server.address}/api/v1${where}`)).json();
/** Whether something is drawn on a canvas: a pixel that is not see-through. */
const isDrawn = (locator) => locator.evaluate((canvas) => {
  const {width, height} = canvas;
  return canvas.getContext('2d').getImageData(0, 0, width, height).data.some((value, i) => i % 4 === 3 && value > 0);
});

test('visit: the list says what changed since the last one, and shows only that', async () => {
  const {items} = await api('/changes?since=1&limit=1000');
  const counts = new Map();
  for (const {events} of items) counts.set(events.at(-1).type, (counts.get(events.at(-1).type) ?? 0) + 1);
  assert.ok(counts.size > 0);
  const long = Math.floor(Date.now() / 1000) - 7200;
  await page.evaluate((at) => localStorage.setItem('ringscope.visit', JSON.stringify({base: 1, seen: 1, at, before: at})), long);
  await page.reload();
  const since = page.getByText(/^Since your last visit/);
  await since.getByText('(run 1, 2 hours ago)').waitFor();
  for (const [type, n] of counts) await since.getByText(`${n.toLocaleString('en')} ${type}`, {exact: false}).waitFor();
  await page.getByRole('checkbox', {name: 'only these'}).check();
  const {total} = await api('/rings?changed_since=1');
  assert.ok(total > 0 && total <= rings.length);
  await page.getByText(`${total.toLocaleString('en')} ring${total === 1 ? '' : 's'}`, {exact: true}).waitFor();
  await page.keyboard.press('u');
});

test('timeline: it draws, and its table has the same days', async () => {
  const {days, requests, members} = await api(`/rings/${rings[0].ring}/timeline`);
  await visit(page, server.address, `/rings/${rings[0].ring}`);
  const part = page.locator('#timeline');
  await part.locator('canvas').waitFor();
  assert.ok(await isDrawn(part.locator('canvas')));
  await part.getByRole('button', {name: 'Show as a table'}).click();
  const rows = part.getByRole('row');
  assert.equal(await rows.count(), days.length + 1);
  const cells = await rows.nth(days.length).getByRole('cell').allInnerTexts();
  assert.deepEqual([cells[0], cells[1], cells[3]], [new Date(days.at(-1) * 86400000).toISOString().slice(0, 10), requests.at(-1).toLocaleString('en'), members.at(-1).toLocaleString('en')]);
});

test('lives: each ring that changed has its line and its words, and the events stand in a table', async () => {
  await visit(page, server.address, '/runs');
  const lives = page.locator('section').filter({has: page.getByRole('heading', {name: 'Lives of the rings'})});
  const first = lives.getByRole('listitem').first();
  await first.waitFor();
  const ring = await first.getByRole('link').innerText();
  assert.match(ring, /^R-[0-9a-f]{8}$/);
  const dots = first.locator('.dot');
  assert.ok((await dots.count()) > 0);
  const {items} = await api(`/rings/${ring}/history`);
  assert.equal(await dots.count(), items.length);
  const box = await dots.first().boundingBox();
  assert.ok(box.width >= 4 && box.height >= 4);
  assert.match(await dots.first().getAttribute('title'), /^run \d+: /);
  await first.getByText(new RegExp(`${items.at(-1).run}: ${items.at(-1).type}`)).waitFor();
  const table = page.getByRole('region', {name: /^What happened in run/}).getByRole('table');
  await table.getByRole('row').nth(1).waitFor();
});

test('ingest: pages say that one goes on, and that it has ended', async () => {
  await visit(page, server.address, '/rings');
  const ingest = spawn(program, ['--db', store.db, '-q', 'ingest', '-'], {stdio: ['pipe', 'ignore', 'ignore']});
  const ended = new Promise((resolve) => ingest.on('exit', resolve));
  ingest.stdin.write('{"ts":1767225600,"account":"late","ip":"192.0.2.1"}\n');
  const said = page.getByRole('status').getByText('ingest is running');
  await said.waitFor({timeout: 30000});
  ingest.stdin.end();
  assert.equal(await ended, 0);
  await said.waitFor({state: 'detached', timeout: 30000});
});

test("place: somebody else's verdict moves neither the page of a ring nor the table of its members", async () => {
  const large = rings.toSorted((a, b) => b.size - a.size)[0];
  await visit(page, server.address, `/rings/${large.ring}`);
  const grid = page.getByRole('grid', {name: 'Members'});
  await grid.getByRole('row').nth(3).waitFor();
  await page.getByText(`${large.size.toLocaleString('en')} members`, {exact: true}).waitFor();
  const table = () => grid.evaluate((box) => box.scrollTop);
  await grid.evaluate((box) => (box.scrollTop = 5 * 34));
  await page.evaluate(() => scrollTo(0, 420));
  await page.waitForTimeout(300);
  const [before, offset] = [await page.evaluate(() => scrollY), await table()];
  assert.ok(before > 300);
  if (large.size > 20) assert.ok(offset > 100, `${offset}`);
  await ringscope('--db', store.db, 'verdict', large.ring, 'note', '--by', 'bob', '--reason', 'seen beside');
  await page.getByText('seen beside').waitFor({timeout: 30000});
  await page.waitForTimeout(500);
  assert.deepEqual([await page.evaluate(() => scrollY), await table()], [before, offset]);
});

test('place: nothing went wrong in the pages', () => assert.deepEqual(browser.troubles, []));
