// Every page of the console, light and dark, in Chinese and in English: it opens without a mistake, says
// something, names no text that is missing, does not spill over the window's edge, and leaves a picture to
// look at. Pages that need a thing (an entry, a customer) are opened for the first one there is.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import {
  ADMINISTRATOR,
  CONSOLE,
  HEADQUARTERS,
  openAs,
  openWindow,
  reads,
  SIMULATOR,
  settle,
  shoot,
  takePhone,
  visit,
  write,
} from './_house.js';

/** Addresses, by the name of their picture. */
const PAGES = {
  desk: '/desk?view=all',
  contacts: '/contacts',
  knowledge: '/knowledge',
  'knowledge-new': '/knowledge/entries/new',
  import: '/knowledge/import',
  unresolved: '/knowledge/unresolved',
  learning: '/knowledge/learning',
  words: '/knowledge/words',
  shared: '/knowledge/shared',
  uses: '/knowledge/uses',
  readings: '/knowledge/readings',
  twins: '/knowledge/twins',
  'quick-replies': '/knowledge/quick-replies',
  keywords: '/bot/keywords',
  'keyword-new': '/bot/keywords/new',
  'text-menu': '/bot/text-menu',
  'account-menu': '/bot/account-menu',
  'bot-settings': '/bot/settings',
  'test-bench': '/bot/test',
  'test-sets': '/bot/test-sets',
  inboxes: '/settings/inboxes',
  'inbox-new': '/settings/inboxes/new',
  'knowledge-model': '/settings/knowledge-model',
  generation: '/settings/generation',
  users: '/settings/users',
  'api-keys': '/settings/api-keys',
  inbound: '/settings/inbound',
  audit: '/settings/audit',
  missing: '/no-such-page',
};

/** What stands behind the rows of a list: the API's list, and the page of one. */
const ONES = {
  contact: ['/contacts', '/contacts/'],
  entry: ['/knowledge/entries', '/knowledge/entries/'],
  keyword: ['/keywords', '/bot/keywords/'],
  'test-set': ['/knowledge/test-sets', '/bot/test-sets/'],
  inbox: ['/inboxes', '/settings/inboxes/'],
  conversation: ['/conversations?view=all', '/desk?view=all&conversation='],
};

/** The dialogs of a page, each opened by a button and closed by Escape. */
const DIALOGS = {
  'user-new': ['/settings/users', '.page-head .ant-btn-primary'],
  'api-key-new': ['/settings/api-keys', '.page-head .ant-btn-primary'],
  'quick-reply-new': ['/knowledge/quick-replies', '.page-head .ant-btn-primary'],
  'test-set-new': ['/bot/test-sets', '.page-head .ant-btn-primary'],
  'category-new': ['/knowledge', '.kb .panel .ant-btn'],
  publish: ['/bot/account-menu', '.menu-state .ant-btn-primary'],
  'raw-message': ['/settings/inbound', 'tbody tr.ant-table-row .ant-btn-link'],
};

/** The first words of the keys of all texts. A text that is missing shows its key: `keyword.hint`. */
const GROUPS = keyGroups();
function keyGroups() {
  const folder = new URL('../../web/console/src/locales/zh-CN/', import.meta.url);
  const names = [
    'bot',
    'common',
    'contacts',
    'content',
    'desk',
    'errors',
    'guard',
    'knowledge',
    'reasons',
    'session',
    'settings',
  ];
  const groups = names.flatMap((name) => {
    const texts = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
    return Object.keys(texts).filter((key) => typeof texts[key] === 'object');
  });
  return [...new Set([...groups, ...names])];
}

/** What is wrong with what the page shows just now. */
async function faults(page) {
  return await page.evaluate((groups) => {
    const root = document.documentElement;
    const found = [];
    const spill = root.scrollWidth - root.clientWidth;
    if (spill > 0) found.push(`spills ${spill} px over the right edge`);
    const content = document.querySelector('.shell .content');
    if (content && content.scrollWidth - content.clientWidth > 1)
      found.push('its content scrolls sideways');
    const rail = document.querySelector('.rail-menu');
    for (const name of rail?.querySelectorAll('.ant-menu-title-content') ?? []) {
      if (name.scrollWidth > name.clientWidth) found.push(`cuts ${name.innerText} off in the rail`);
    }
    const here = rail?.querySelector('.ant-menu-item-selected')?.getBoundingClientRect();
    const seen = rail?.getBoundingClientRect();
    if (here && seen && (here.top < seen.top - 1 || here.bottom > seen.bottom + 1))
      found.push('does not show in the rail where it is');
    const words = [document.body.innerText];
    for (const one of document.querySelectorAll('[placeholder], [aria-label], [title]')) {
      for (const name of ['placeholder', 'aria-label', 'title'])
        words.push(one.getAttribute(name) ?? '');
    }
    const key = new RegExp(
      `(?<![\\w@/.-])(?:\\w+:)?(?:${groups.join('|')})\\.[a-z_]+(?:\\.[a-z_]+)*(?![\\w@/.])`,
      'g',
    );
    for (const missing of new Set(words.join('\n').match(key) ?? []))
      found.push(`names no text for ${missing}`);
    return found;
  }, GROUPS);
}

async function look(page, name) {
  assert.deepEqual(await faults(page), [], name);
  await shoot(page, name);
}

before(async () => {
  const phone = await openWindow();
  await takePhone(phone.page);
  await phone.page.getByRole('button', { name: '关注公众号', exact: true }).click();
  await write(phone.page, '话费');
  await reads(phone.page, '查话费余额');
  await phone.context.close();
});
for (const locale of ['zh-CN', 'en-US']) {
  test(`every page of the console, light and dark, ${locale}`, async () => {
    const { page, context, mistakes } = await openAs(ADMINISTRATOR, { locale });
    await page.goto(CONSOLE);
    await settle(page);
    const pages = { ...PAGES };
    for (const [name, [list, path]] of Object.entries(ONES)) {
      const { items } = await (await context.request.get(`${CONSOLE}/api/v1${list}`)).json();
      assert.ok(items.length > 0, `the demo has no ${name}`);
      pages[name] = path + items[0].id;
    }
    for (const theme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForFunction(
        (wanted) => document.documentElement.dataset.theme === wanted,
        theme,
      );
      for (const [name, path] of Object.entries(pages)) {
        await visit(page, path);
        await look(page, `${name}-${theme}-${locale}`);
      }
      for (const [name, [path, opener]] of Object.entries(DIALOGS)) {
        await visit(page, path);
        await page.locator(opener).first().click();
        const dialog = page.locator('.ant-modal-container, .ant-drawer-section').last();
        await dialog.waitFor();
        await look(page, `${name}-${theme}-${locale}`);
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'hidden' });
      }
    }
    assert.deepEqual(mistakes, []);
    await context.close();
  });
}

test('the headquarters: its members, and every page with nothing in it', async () => {
  const { page, context, mistakes } = await openAs(HEADQUARTERS, {
    locale: 'en-US',
    colorScheme: 'dark',
  });
  await page.goto(CONSOLE);
  await settle(page);
  for (const [name, path] of Object.entries({ members: '/settings/members', ...PAGES })) {
    await visit(page, path);
    await look(page, `empty-${name}`);
  }
  assert.deepEqual(mistakes, []);
  await context.close();
});

test('the watch over the pages sees what it is there for', async () => {
  const { page, context } = await openAs(ADMINISTRATOR);
  await page.goto(`${CONSOLE}/settings/users`);
  await settle(page);
  assert.deepEqual(await faults(page), []);
  await page.evaluate(() => {
    document.querySelector('h1').textContent = 'keyword.no_such_text';
    document.querySelector('.page').style.minWidth = '3000px';
  });
  assert.deepEqual(await faults(page), [
    'its content scrolls sideways',
    'names no text for keyword.no_such_text',
  ]);
  await context.close();
});

test('the phone page and the API page, light and dark', async () => {
  for (const theme of ['light', 'dark']) {
    const { page, context, mistakes } = await openWindow({ colorScheme: theme });
    await page.goto(`${SIMULATOR}/phone`);
    await page.locator('.phone').first().waitFor();
    await shoot(page, `phone-${theme}`);
    await page.goto(`${CONSOLE}/docs`);
    await page.locator('details').first().waitFor();
    await shoot(page, `docs-${theme}`);
    assert.deepEqual(mistakes, []);
    await context.close();
  }
});
