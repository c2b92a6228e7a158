// What scripts/web-figures prints: medians over rounds, each in a fresh browser context without a cache.
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {browse, pages, ringscope, serve} from './desk.mjs';

const [db, rounds = '5'] = process.argv.slice(2);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);

const lines = (await ringscope('--db', db, '--json', 'rings', '--limit', '1000000')).trim().split('\n').map((line) => JSON.parse(line));
const large = [...lines].sort((a, b) => b.size - a.size)[0];
const server = await serve(db);
const browser = await browse();
const first = await browser.page(server.login);
const cookies = await first.context().cookies();
await first.context().close();

/** Milliseconds from opening an address until `ready` shows, and the browser's own first contentful paint. */
async function open(hash, ready) {
  const paint = [], usable = [], bytes = [];
  for (let i = 0; i < Number(rounds); ++i) {
    const page = await browser.blank(cookies);
    const begin = performance.now();
    await page.goto(`${server.address}/#${hash}`);
    await ready(page);
    usable.push(performance.now() - begin);
    paint.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN));
    bytes.push(await page.evaluate(() => performance.getEntriesByType('resource').reduce((sum, one) => sum + one.transferSize, 0)));
    await page.context().close();
  }
  return {paint: median(paint), usable: median(usable), bytes: median(bytes)};
}
const list = await open('/rings', (page) => page.getByRole('grid', {name: 'Rings'}).getByRole('row').nth(1).waitFor());
const ring = await open(`/rings/${large.ring}`, async (page) => {
  await page.getByRole('heading', {name: large.ring}).waitFor();
  await page.locator('#why').getByRole('listitem').first().waitFor();
  await page.getByRole('grid', {name: 'Members'}).getByRole('row').nth(1).waitFor();
});
const picture = await open(`/rings/${large.ring}`, async (page) => {
  await page.getByRole('heading', {name: large.ring}).waitFor();
  await page.locator('#picture').scrollIntoViewIfNeeded();
  await page.locator('#picture canvas').first().waitFor({timeout: 60000});
});
const assets = join(pages, 'assets');
const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
const size = (names) => names.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name)), {level: 9}).length, 0) / 1024;

row('what', 'figure');
row('---', '---');
row(`list of ${lines.length.toLocaleString('en')} rings: first contentful paint`, `${list.paint.toFixed(0)} ms`);
row('list: first rows', `${list.usable.toFixed(0)} ms`);
row(`ring of ${large.size.toLocaleString('en')} accounts: findings, first members and verdict buttons`, `${ring.usable.toFixed(0)} ms`);
row('the same ring: its picture drawn, from opening the page', `${picture.usable.toFixed(0)} ms`);
row('all scripts, gzip', `${size(scripts).toFixed(0)} KB`);
row('of them before the first paint of the list', `${size(scripts.filter((name) => name.startsWith('index'))).toFixed(0)} KB`);
row('errors and warnings in the console', String(browser.troubles.length));
for (const trouble of browser.troubles) console.error(trouble);
await browser.close();
await server.stop();
