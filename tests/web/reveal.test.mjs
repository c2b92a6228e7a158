// Sealed addresses: a token is opened in its place by who may see values, one at a time and written down; a viewer is not offered it.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {browse, makeStore, ringscope, serve, visit} from './desk.mjs';

let store, server, browser, page, ring, member, token;
const answers = async (...words) => (await ringscope('--db', store.db, '--json', ...words)).trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
const looks = async () => (await answers('audit', 'list')).filter((line) => line.what === 'values.reveal');

before(async () => {
  store = await makeStore({accounts: 1500, sealed: true});
  server = await serve(store.db);
  browser = await browse();
  page = await browser.page(server.login);
  // The first ring that addresses hold together.
  for (const {ring: id} of await answers('rings', '--limit', '50')) {
    const [whole] = await answers('ring', id);
    const address = whole.evidence.find((one) => one.kind === 'ip');
    if (!address) continue;
    [ring, token, member] = [id, address.value, whole.members[0].account];
    break;
  }
});
after(async () => {
  await browser?.close();
  await server?.stop();
  store?.remove();
});

test('reveal: on the page of a ring a token is opened in its place, and that is written down', async () => {
  assert.match(token, /^k[0-9a-f]{32}$/);
  const [{text}] = await answers('reveal', token);
  await visit(page, server.address, `/rings/${ring}`);
  const row = page.getByRole('row').filter({has: page.getByRole('link', {name: token})});
  assert.equal(await page.getByText(text, {exact: true}).count(), 0);
  assert.equal((await looks()).length, 0);
  await row.getByRole('button', {name: `reveal ip ${token}`}).click();
  await row.getByRole('status').filter({hasText: text}).waitFor();
  assert.equal(await row.getByRole('button', {name: 'reveal'}).count(), 0);
  const written = await looks();
  assert.deepEqual(written.map((line) => line.who), ['ann']);
  assert.ok(!JSON.stringify(written).includes(text));
});

test('reveal: so it is on the page of an account, for what is sealed alone', async () => {
  await visit(page, server.address, `/accounts/${member}`);
  const touched = page.getByRole('region', {name: 'What it touches'});
  await touched.getByRole('row').nth(1).waitFor();
  const opened = await answers('reveal', '--account', member);
  assert.ok(opened.length > 0);
  assert.equal(await touched.getByRole('button', {name: /^reveal ip k/}).count(), opened.length);
  assert.equal(await touched.getByRole('button', {name: /^reveal/}).count(), opened.length);
  await touched.getByRole('button', {name: `reveal ip ${opened[0].value}`}).click();
  await touched.getByRole('status').filter({hasText: opened[0].text}).waitFor();
});

test('reveal: a viewer is not offered it', async () => {
  const word = (await ringscope('--db', store.db, 'token', 'add', 'guest', '--role', 'viewer')).trim().split('\n')[0];
  const guest = await browser.page(`${server.address}/login?token=${encodeURIComponent(word)}`);
  await visit(guest, server.address, `/accounts/${member}`);
  await guest.getByRole('region', {name: 'What it touches'}).getByRole('row').nth(1).waitFor();
  assert.equal(await guest.getByRole('button', {name: /^reveal/}).count(), 0);
});

test('reveal: nothing went wrong in the pages', () => assert.deepEqual(browser.troubles, []));
