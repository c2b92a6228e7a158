// What verdicts taught the run, on the pages: things that count less, and who was drawn in by a confirmed ring.
import assert from 'node:assert/strict';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {browse, ringscope, serve, visit} from './desk.mjs';

// A ring of twelve on two cards, beside 400 strangers of whom "shy" pays with one of the cards.
function log() {
  const lines = [];
  const event = (account, ip, payment, fingerprint, capability, template, at, i) =>
    lines.push(JSON.stringify({ts: 1767225600 + 86400 * at + ((i * 7919 + at * 3571) % 80000), account, ip, payment, fingerprint, capability, template, tokens: 100}));
  for (let at = 0; at < 12; ++at) {
    for (let i = 0; i < 12; ++i) event(`ring-${i}`, `203.0.113.${(at + i) % 4}`, `ring-card-${i % 2}`, `ring-fp-${i % 3}`, 'agentic_reasoning', 't0', at, 500 + i);
    for (let i = 0; i < 400; ++i) event(`user-${i}`, `198.51.${Math.floor(i / 200)}.${i % 200}`, `card-${i}`, `fp-${i}`, 'chat', `t${i}`, at, i);
    event('shy', '192.0.2.77', 'ring-card-0', 'fp-shy', 'chat', 'shy', at, 900);
  }
  return `${lines.join('\n')}\n`;
}

let place, server, browser, page, ring;
before(async () => {
  place = mkdtempSync(join(tmpdir(), 'ringscope-web-'));
  const db = join(place, 'store');
  writeFileSync(join(place, 'log.jsonl'), log());
  writeFileSync(join(place, 'odds.toml'), '[verdicts]\nseed_odds = 0.25\n');
  const run = (...words) => ringscope('--db', db, '--config', join(place, 'odds.toml'), ...words);
  await run('-q', 'ingest', join(place, 'log.jsonl'));
  await run('-q', 'detect');
  const place_of = async (account) => JSON.parse(await run('--json', 'account', account)).ring;
  ring = (await place_of('ring-1')).ring;
  await run('verdict', ring, 'confirm', '--by', 'ann', '--reason', 'one operator');
  for (const account of ['ring-0', 'ring-3']) await run('verdict', account, 'reject', '--by', 'ann', '--reason', 'a reseller');
  await run('-q', 'detect');
  assert.equal((await place_of('shy')).ring, ring);
  server = await serve(db);
  browser = await browse();
  page = await browser.page(server.login);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  if (place) rmSync(place, {recursive: true, force: true});
});

test('ring: a thing of cleared accounts says that it counts less, others do not', async () => {
  await visit(page, server.address, `/rings/${ring}`);
  const evidence = page.getByRole('region', {name: 'Evidence'});
  const row = (value) => evidence.getByRole('row').filter({has: page.getByRole('link', {name: value, exact: true})});
  await row('ring-fp-0').getByText('2 of its 4 accounts were cleared by a person, so it counts less').waitFor();
  assert.equal(await row('ring-fp-1').getByText('cleared').count(), 0);
});

test('ring: who was drawn in is marked, with the reason', async () => {
  await visit(page, server.address, `/rings/${ring}`);
  const row = page.getByRole('grid', {name: 'Members'}).getByRole('row').filter({hasText: 'shy'});
  await row.getByText('drawn in', {exact: true}).waitFor();
  await row.getByText(/shares payment ring-card-0 with 5 confirmed accounts of the ring/).waitFor();
  assert.equal(await page.getByText('drawn in', {exact: true}).count(), 1);
  await row.click();
  await page.getByText(/^Drawn in by what it shares with members that people confirmed/).waitFor();
});

test('account: what it touches and why it is there', async () => {
  await visit(page, server.address, '/accounts/shy');
  await page.getByText(/^Drawn in by what it shares with members that people confirmed/).waitFor();
  await page.getByText(/^shares payment ring-card-0 with 5 confirmed accounts/).waitFor();
  await page.getByRole('region', {name: 'What it touches'}).getByText('1 of its 7 accounts was cleared by a person, so it counts less').waitFor();
  await visit(page, server.address, '/accounts/ring-1');
  await page.getByRole('heading', {name: 'ring-1'}).waitFor();
  assert.equal(await page.getByText(/^Drawn in/).count(), 0);
  assert.deepEqual(browser.troubles, []);
});
