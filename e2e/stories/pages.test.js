// The twelve pages of PAGES, once light in Chinese and once dark in English: each opens, says something,
// does not spill over the window's edge, and leaves a picture to look at. Not walked here: editors,
// import, members, one contact, the wizard for inboxes, log-in and set-up.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ADMINISTRATOR, CONSOLE, openBrowser, openWindow, SIMULATOR, shoot, signIn } from './_house.js';

const PAGES = [
  'desk',
  'contacts',
  'knowledge',
  'bot/keywords',
  'bot/text-menu',
  'bot/account-menu',
  'bot/settings',
  'bot/test',
  'settings/inboxes',
  'settings/users',
  'settings/api-keys',
  'settings/audit',
];

let browser;
before(async () => {
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
});

for (const [theme, locale] of [
  ['light', 'zh-CN'],
  ['dark', 'en-US'],
]) {
  test(`twelve pages of the console, ${theme}, ${locale}`, async () => {
    const { page, context, mistakes } = await openWindow(browser, { colorScheme: theme, locale });
    await signIn(page, ADMINISTRATOR);
    for (const path of PAGES) {
      await page.goto(`${CONSOLE}/${path}`);
      await page.locator('.shell .content').first().waitFor();
      await page
        .waitForFunction(() => document.querySelector('.shell .content').innerText.trim().length > 10)
        .catch(() => assert.fail(`${path} is empty`));
      await page.locator('.ant-skeleton-active, .ant-spin-spinning').first().waitFor({ state: 'hidden' });
      const spill = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(spill <= 0, `${path} spills ${spill} px over the right edge`);
      await shoot(page, `${path.replaceAll('/', '-')}-${theme}-${locale}`);
    }
    assert.deepEqual(mistakes, []);
    await context.close();
  });
}

test('the phone page and the API page, light and dark', async () => {
  for (const theme of ['light', 'dark']) {
    const { page, context, mistakes } = await openWindow(browser, { colorScheme: theme });
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
