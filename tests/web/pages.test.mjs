// Every page: what it must show, no violation that axe-core knows, in light and in dark; keys; live; size.
import assert from 'node:assert/strict';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {gzipSync} from 'node:zlib';
import {axe, browse, drawing, makeStore, pages, ringscope, serve, visit} from './desk.mjs';

let store, server, browser, rings, page;
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

const fields = async (ring) => JSON.parse(await ringscope('--db', store.db, '--json', 'ring', ring));

/** Waits until nothing on the page says that it is still being read. */
async function settled() {
  await page.waitForTimeout(200);
  await page.getByText(/^(Reading|Looking|Drawing|…)/).first().waitFor({state: 'detached'});
}

async function violations() {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}));
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary}`).slice(0, 3).join(' | ')}`);
}

test('list: all rings are there, the most serious first, and only those in view are in the page', async () => {
  const grid = page.getByRole('grid', {name: 'Rings'});
  await page.getByText(`${rings.length.toLocaleString('en')} rings`).waitFor();
  assert.equal(await grid.getAttribute('aria-rowcount'), String(rings.length + 1));
  assert.equal(await grid.getByRole('row').nth(1).getByRole('link').first().innerText(), rings[0].ring);
  assert.ok((await grid.getByRole('row').count()) < 60);
  await grid.getByRole('row').nth(1).focus();
  await page.keyboard.press('End');
  await grid.locator(`[aria-rowindex="${rings.length + 1}"]`).waitFor();
});

test('list: End while it is still being read goes to the end of all', async () => {
  await page.route(/api\/v1\/rings\?.*cursor=/, async (route) => {
    await new Promise((read) => setTimeout(read, 1500));
    await route.continue();
  });
  await page.reload();
  const grid = page.getByRole('grid', {name: 'Rings'});
  await grid.getByRole('row').nth(1).focus();
  await page.keyboard.press('End');
  await grid.locator('[aria-rowindex="101"]').waitFor();
  await grid.locator(`[aria-rowindex="${rings.length + 1}"]`).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-rowindex')), String(rings.length + 1));
  await page.unrouteAll({behavior: 'wait'});
});

test('list: a facet narrows it, and the address keeps it', async () => {
  await visit(page, server.address, '/rings');
  await page.getByRole('group', {name: 'Tier'}).getByRole('checkbox', {name: /^ban/}).check();
  const bans = rings.filter((ring) => ring.tier === 'ban').length;
  await page.getByText(`${bans} rings`, {exact: true}).waitFor();
  assert.match(page.url(), /tier=ban/);
  await page.reload();
  await page.getByText(`${bans} rings`, {exact: true}).waitFor();
  await page.keyboard.press('u');
  await page.getByText(`${rings.length.toLocaleString('en')} rings`).waitFor();
});

test('keys: j, k, Enter, Escape, / and ? do what the help says', async () => {
  await visit(page, server.address, '/rings');
  const grid = page.getByRole('grid', {name: 'Rings'});
  await grid.getByRole('row').nth(2).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Home');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  const here = await page.evaluate(() => document.activeElement?.getAttribute('data-id'));
  assert.equal(here, rings[1].ring);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {name: rings[1].ring}).waitFor();
  await page.keyboard.press('j');
  await page.getByRole('heading', {name: rings[2].ring}).waitFor();
  await page.keyboard.press('Escape');
  await grid.waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', {name: 'Keys'}).getByText('search accounts').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  const ring = await fields(rings[0].ring);
  await page.keyboard.type(ring.members[0].account);
  await page.getByRole('option', {name: new RegExp(ring.members[0].account)}).first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {name: ring.members[0].account}).waitFor();
});

test('keys: they can be switched off, and letters typed into a field are no commands', async () => {
  await visit(page, server.address, '/rings');
  await page.keyboard.press('?');
  await page.getByRole('checkbox', {name: /one stroke/}).uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  assert.equal(await page.getByRole('dialog').count(), 0);
  await page.getByRole('button', {name: 'Keys'}).click();
  await page.getByRole('checkbox', {name: /one stroke/}).check();
  await page.keyboard.press('Escape');
  await page.getByRole('searchbox', {name: 'Filter by words'}).fill('');
  await page.getByRole('searchbox', {name: 'Filter by words'}).pressSequentially('?/j');
  assert.equal(await page.getByRole('dialog').count(), 0);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
});

test('list: a filter that is still waiting when the page is left changes no other page', async () => {
  const hash = () => page.evaluate(() => location.hash);
  await visit(page, server.address, '/rings');
  await page.getByRole('searchbox', {name: 'Filter by words'}).fill('R-');
  await visit(page, server.address, '/runs');
  await page.getByRole('grid', {name: 'Runs'}).waitFor();
  await page.waitForTimeout(400);
  assert.equal(await hash(), '#/runs');
  await visit(page, server.address, '/rings');
  await page.getByRole('checkbox', {name: /^watch/}).waitFor();
  // Between the new address and its page.
  await page.evaluate(() => {
    location.hash = '#/runs';
    document.querySelector('.facets input[type=checkbox]').click();
  });
  await page.getByRole('grid', {name: 'Runs'}).waitFor();
  assert.equal(await hash(), '#/runs');
});

test('account, pair, export, runs, compare show what the command line says', async () => {
  const ring = await fields(rings[0].ring);
  const [one, other] = ring.members;
  await visit(page, server.address, `/accounts/${one.account}`);
  await page.getByRole('link', {name: ring.ring}).first().waitFor();
  await page.getByText(one.reasons[0], {exact: true}).waitFor();
  const why = JSON.parse(await ringscope('--db', store.db, '--json', 'why', one.account, other.account));
  await visit(page, server.address, `/pair?a=${one.account}&b=${other.account}`);
  await page.getByText(why.meaning, {exact: true}).waitFor();
  if (why.shared[0]) await page.getByRole('link', {name: why.shared[0].value}).waitFor();
  await visit(page, server.address, '/export?level=accounts&tier=ban');
  await page.getByRole('cell', {name: one.account}).waitFor();
  await visit(page, server.address, '/runs');
  await page.getByRole('grid', {name: 'Runs'}).getByRole('row').nth(2).waitFor();
  await page.getByText('What happened in run 2').waitFor();
  await visit(page, server.address, `/compare?a=${rings[0].ring}&b=${rings[1].ring}`);
  await page.getByRole('heading', {name: 'In common'}).waitFor();
});

test('picture: what the canvas draws is in a table as well, and a node shows what it is tied to', async () => {
  await visit(page, server.address, `/rings/${rings[0].ring}`);
  await page.getByRole('heading', {name: rings[0].ring}).waitFor();
  await page.keyboard.press('p');
  const part = page.locator('#picture');
  await part.locator('canvas').first().waitFor();
  await part.getByRole('button', {name: 'Show as a table'}).click();
  const grid = part.getByRole('grid');
  const members = await fields(rings[0].ring);
  await grid.getByText(members.members[0].account, {exact: true}).click();
  await part.getByRole('heading', {name: /Tied to [1-9]/}).waitFor();
});

test('picture: a click on the canvas chooses what is drawn there, and one beside it nothing', async () => {
  await visit(page, server.address, '/');
  await visit(page, server.address, `/rings/${rings[0].ring}`);
  await page.getByRole('heading', {name: rings[0].ring}).waitFor();
  await page.keyboard.press('p');
  const part = page.locator('#picture');
  await part.locator('canvas').first().waitFor();
  await part.scrollIntoViewIfNeeded();
  const drawn = await drawing(page, rings[0].ring);
  const chosen = part.getByRole('complementary', {name: 'Chosen in the picture'});
  for (const type of ['account', 'thing']) {
    const node = drawn.loneliest(drawn.nodes.filter((one) => one.type === type));
    const {x, y} = drawn.at(node);
    await page.mouse.click(x, y);
    await chosen.getByRole('link', {name: node.label, exact: true}).waitFor();
    await chosen.getByRole('heading', {name: /^Tied to [1-9]/}).waitFor();
    await page.waitForTimeout(400);  // two clicks at once would zoom
  }
  await page.mouse.click(drawn.box.x + 6, drawn.box.y + 6);
  await chosen.getByText('Choose a node to see what it is tied to').waitFor();
});

test('an address that is none, and a ring that is none, are told in words', async () => {
  await visit(page, server.address, '/nowhere');
  await page.getByRole('heading', {name: 'There is no such page'}).waitFor();
  const before = browser.troubles.length;
  await visit(page, server.address, '/rings/R-00000000');
  await page.getByRole('alert').waitFor();
  // The browser itself reports the 404 of the ring, its timeline and its history; no more than that.
  for (let tries = 0; tries < 100 && browser.troubles.length < before + 3; ++tries) await page.waitForTimeout(50);
  const more = browser.troubles.splice(before);
  assert.equal(more.length, 3, more.join('\n'));
  assert.ok(more.every((one) => one.includes('404')), more.join('\n'));
});

for (const scheme of ['light', 'dark']) {
  test(`axe-core finds no violation on any page, ${scheme}`, async () => {
    await page.emulateMedia({colorScheme: scheme});
    const ring = await fields(rings[0].ring);
    const [one, other] = ring.members;
    const addresses = [
      '/rings', `/rings/${ring.ring}`, `/accounts/${one.account}`, `/pair?a=${one.account}&b=${other.account}`, '/runs', '/verdicts', '/export', `/found?q=${encodeURIComponent(ring.evidence[0].value)}`,
      `/compare?a=${rings[0].ring}&b=${rings[1].ring}`,
    ];
    for (const address of addresses) {
      await visit(page, server.address, address);
      await settled();
      assert.deepEqual(await violations(), [], address);
    }
    await visit(page, server.address, `/rings/${ring.ring}`);
    await page.getByRole('heading', {name: ring.ring}).waitFor();
    for (const key of ['?', '/', 'c']) {
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor();
      await page.waitForTimeout(200);
      assert.deepEqual(await violations(), [], `dialog of ${key}`);
      await page.keyboard.press('Escape');
    }
  });
}

test('live: a run that is published meanwhile shows by itself, and the cursor stays on its ring', async () => {
  await visit(page, server.address, '/rings');
  const grid = page.getByRole('grid', {name: 'Rings'});
  const rows = grid.getByRole('row');
  await rows.nth(8).waitFor();
  await rows.nth(8).focus();
  const at = await page.evaluate(() => document.activeElement?.getAttribute('data-id'));
  await ringscope('--db', store.db, '-q', 'detect');
  await page.getByRole('status').getByText('run 3', {exact: false}).first().waitFor({timeout: 30000});
  assert.equal(await grid.locator('.at').getAttribute('data-id'), at);
});

test('export: what was to be read again of one choice does not take the place of the next', async () => {
  let asked = 0;
  await page.route(/exports\/preview/, async (route) => {
    ++asked;
    await new Promise((read) => setTimeout(read, 1500));
    await route.continue().catch(() => {});  // given up by the page meanwhile
  });
  const told = page.waitForResponse(/api\/v1\/store/);
  await visit(page, server.address, '/export?level=accounts&tier=ban');
  await ringscope('--db', store.db, 'verdict', '--ring', rings[0].ring, 'note', '--by', 'bob', '--reason', 'seen beside');
  await told;
  await page.waitForTimeout(100);
  await visit(page, server.address, '/export?level=rings');
  await page.getByRole('heading', {name: /^[0-9,]+ rings?,/}).waitFor();
  await page.waitForTimeout(300);
  assert.equal(await page.getByRole('heading', {name: /^[0-9,]+ rings?,/}).count(), 1);
  assert.equal(asked, 2);
  await page.unrouteAll({behavior: 'wait'});
});

test('viewer: values are masked, nothing can be decided, nothing leaves', async () => {
  const token = (await ringscope('--db', store.db, 'token', 'add', 'vic', '--role', 'viewer')).trim().split('\n')[0];
  const view = await browser.page(`${server.address}/login?token=${encodeURIComponent(token)}`);
  await view.getByText('masked', {exact: true}).waitFor();
  const ring = await fields(rings[0].ring);
  await visit(view, server.address, `/rings/${ring.ring}`);
  await view.locator('#evidence').getByRole('row').nth(1).waitFor();
  assert.ok(!(await view.content()).includes(ring.evidence[0].value), 'no value of the evidence');
  assert.ok(await view.getByRole('group', {name: 'Verdict on the ring'}).getByRole('button', {name: /^Confirm/}).isDisabled());
  assert.equal(await view.locator('#evidence').getByRole('button', {name: /benign/}).count(), 0);
  await view.keyboard.press('c');
  assert.equal(await view.getByRole('dialog').count(), 0);
  await visit(view, server.address, '/export');
  await view.getByText('takes nothing out').waitFor();
  await view.context().close();
});

test('size: all scripts together are below 200 KB gzip, and nothing is loaded from elsewhere', () => {
  const assets = join(pages, 'assets');
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name)), {level: 9}).length, 0);
  assert.ok(bytes < 200 * 1024, `${bytes} bytes`);
  const html = readFileSync(join(pages, 'index.html'), 'utf8');
  assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//);
  assert.doesNotMatch(html, /<script(?![^>]*src=)|<style| style=| on[a-z]+=/);
});

test('nothing went wrong in the pages', () => assert.deepEqual(browser.troubles, []));
