// A stranger's walk (docs/analyst.md): from the printed address to a confirmed ring with one innocent member excluded, seen in the export.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {browse, makeStore, ringscope, serve} from './desk.mjs';

let store, server, browser;
before(async () => {
  store = await makeStore();
  server = await serve(store.db);
  browser = await browse();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  store?.remove();
});

test('walk: a ring is found, read, one member excluded, the rest confirmed and exported, in under ten clicks', async () => {
  const page = await browser.page(server.login);
  let clicks = 0;
  const click = async (what) => {
    ++clicks;
    await what.click();
  };

  // The first of the list is the most serious.
  const row = page.getByRole('grid', {name: 'Rings'}).getByRole('row').nth(1);
  const ring = await row.getByRole('link').first().innerText();
  assert.match(ring, /^R-[0-9a-f]{8}/);
  await click(row);

  // Why: findings with what they weigh, in words; and what is shared.
  await page.getByRole('heading', {name: ring}).waitFor();
  const why = page.locator('#why');
  await why.getByText('most groups that share things are honest').waitFor();
  assert.ok((await why.getByRole('listitem').count()) >= 4, 'findings');
  await page.locator('#evidence').getByRole('row').nth(1).waitFor();

  // One member is innocent.
  const members = page.getByRole('grid', {name: 'Members'});
  const member = members.getByRole('row').nth(1);
  const innocent = await member.getByRole('link').innerText();
  await click(member.getByText('shares with other members').first());
  const evidence = page.getByRole('complementary', {name: 'Evidence of the chosen member'});
  await evidence.getByRole('row').nth(1).waitFor();
  await click(evidence.getByRole('button', {name: /^Exclude/}));
  await page.getByRole('dialog').getByRole('textbox', {name: /Reason/}).fill('a customer we know');
  await click(page.getByRole('button', {name: 'Save verdict'}));
  await page.getByRole('status').getByText(`${innocent}: rejected.`).waitFor();
  await member.getByText('rejected').waitFor();

  // The others are one operator.
  await click(page.getByRole('group', {name: 'Verdict on the ring'}).getByRole('button', {name: /^Confirm/}));
  await page.getByRole('dialog').getByRole('textbox', {name: /Reason/}).fill('one operator, ticket 12');
  await click(page.getByRole('button', {name: 'Save verdict'}));
  await page.getByText('one operator, ticket 12').first().waitFor();

  // And so it leaves the desk.
  await click(page.getByRole('navigation').getByRole('link', {name: 'Export'}));
  await page.getByRole('columnheader', {name: 'membership'}).waitFor();
  assert.ok(clicks < 10, `${clicks} clicks`);

  const csv = await (await page.request.get(`${server.address}/api/v1/exports?level=accounts&format=csv&tier=ban`)).text();
  const lines = csv.trim().split('\n').slice(1).map((line) => line.split(','));
  const exported = lines.filter((line) => line[1] === ring);
  assert.ok(exported.length > 0, 'the ring is exported');
  assert.ok(exported.every((line) => Number(line[2]) === 1 && line[3] === 'ban'), 'confirmed: score 1');
  assert.ok(!lines.some((line) => line[0] === innocent), 'the innocent one is not');
  // The same as the command line says.
  assert.equal(await ringscope('--db', store.db, '-q', 'export', '--level', 'accounts', '--format', 'csv', '--tier', 'ban'), csv);
  await page.context().close();
});

test('walk: an undone verdict leaves the ring as the engine had it', async () => {
  const page = await browser.page(server.login);
  const row = page.getByRole('grid', {name: 'Rings'}).getByRole('row').nth(3);
  const ring = await row.getByRole('link').first().innerText();
  await row.click();
  await page.getByRole('heading', {name: ring}).waitFor();
  const before = JSON.parse(await ringscope('--db', store.db, '--json', 'ring', ring));
  await page.keyboard.press('x');
  await page.getByRole('dialog').getByRole('textbox', {name: /Reason/}).fill('wrong');
  await page.keyboard.press('Tab');
  await page.getByRole('button', {name: 'Save verdict'}).click();
  await page.getByText('The engine says').waitFor();
  assert.equal(JSON.parse(await ringscope('--db', store.db, '--json', 'ring', ring)).tier, 'watch');
  await page.getByRole('status').getByRole('button', {name: 'Undo'}).click();
  await page.getByText('is taken back').waitFor();
  await page.getByText('The engine says').waitFor({state: 'detached'});
  const again = JSON.parse(await ringscope('--db', store.db, '--json', 'ring', ring));
  assert.deepEqual([again.tier, again.score, again.verdict], [before.tier, before.score, null]);
  await page.context().close();
});

test('walk: the same by keyboard alone', async () => {
  const page = await browser.page(server.login);
  const grid = page.getByRole('grid', {name: 'Rings'});
  await grid.getByRole('row').nth(5).waitFor();
  const ring = await grid.getByRole('row').nth(5).getByRole('link').first().innerText();
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const decide = async (reason) => {
    await page.getByRole('dialog').getByRole('textbox', {name: /Reason/}).waitFor();
    await page.keyboard.type(reason);
    await press('Control+Enter');
    await page.getByRole('dialog').waitFor({state: 'detached'});
  };
  await press('j', 'Home', 'j', 'j', 'j', 'j', 'Enter');
  await page.getByRole('heading', {name: ring}).waitFor();
  const members = page.getByRole('grid', {name: 'Members'});
  await members.getByRole('row').nth(2).waitFor();
  await press('m', 'j');
  const innocent = await members.locator('.at').getAttribute('data-id');
  await press('e');
  await decide('known to us');
  await members.locator('.at').getByText('rejected').waitFor();
  await press('c');
  await decide('one operator');
  await page.getByText('one operator').first().waitFor();
  const decided = JSON.parse(await ringscope('--db', store.db, '--json', 'ring', ring));
  assert.equal(decided.verdict.word, 'confirm');
  assert.equal(decided.members.find((member) => member.account === innocent).verdict.word, 'reject');
  await press('5');
  await page.getByRole('columnheader', {name: 'membership'}).waitFor();
  await page.context().close();
});

test('walk: a verdict without a reason cannot be saved', async () => {
  const page = await browser.page(server.login);
  await page.getByRole('grid', {name: 'Rings'}).getByRole('row').nth(2).click();
  await page.getByRole('group', {name: 'Verdict on the ring'}).getByRole('button', {name: /^Benign/}).click();
  const save = page.getByRole('button', {name: 'Save verdict'});
  assert.ok(await save.isDisabled());
  await page.getByRole('dialog').getByRole('textbox', {name: /Reason/}).fill('   ');
  assert.ok(await save.isDisabled());
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({state: 'detached'});
  await page.context().close();
});

test('walk: nothing went wrong in the pages', () => assert.deepEqual(browser.troubles, []));
