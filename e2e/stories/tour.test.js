// The newcomer's tour: a follower asks on WeChat, the bot answers, a person takes over.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AGENT, openBrowser, openWindow, PATIENCE, reads, shoot, signIn, takePhone, write } from './_house.js';

let browser;
before(async () => {
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
});

test('a follower is welcomed, answered, and reaches a person who sends a picture', async () => {
  const phone = await openWindow(browser);
  await takePhone(phone.page);

  await phone.page.getByRole('button', { name: '关注', exact: true }).click();
  await reads(phone.page, '欢迎关注星渡通信');

  await write(phone.page, '1');
  await reads(phone.page, '话费与充值');
  await write(phone.page, '话费');
  await reads(phone.page, '查话费余额');
  await write(phone.page, '我这个月话费咋这么贵');
  await reads(phone.page, '话费比平时高，常见有四种原因');

  await sendFromPanel(phone.page, 0);
  await phone.page.locator('.phone .scroll img').last().waitFor();
  await phone.page.locator('.phone .composer button.ring').click();
  await phone.page.locator('.phone .composer').getByRole('button', { name: '位置' }).click();

  await write(phone.page, '转人工');
  await reads(phone.page, '正在为您转接人工客服');
  await shoot(phone.page, 'tour-phone');

  const desk = await openWindow(browser);
  await signIn(desk.page, AGENT);
  await beReady(desk.page);
  await openConversationOf(desk.page, '转人工');
  await desk.page.getByTestId('message-in').filter({ hasText: '我这个月话费咋这么贵' }).waitFor();
  await desk.page.getByTestId('message-in').locator('img').first().waitFor();

  const answer = `您好，我来看一下您的账单 ${Date.now() % 100000}`;
  const composer = desk.page.getByTestId('composer');
  await composer.fill(answer);
  await composer.press('Enter');
  await reads(phone.page, answer);

  const pictures = await phone.page.locator('.phone .scroll img').count();
  const upload = desk.page.locator('.k-tools input[type="file"]').first();
  await upload.setInputFiles({ name: 'bill.png', mimeType: 'image/png', buffer: picture() });
  await phone.page.waitForFunction(
    (count) => document.querySelectorAll('.phone .scroll img').length > count,
    pictures,
    { timeout: PATIENCE },
  );
  await shoot(desk.page, 'tour-desk');

  await phone.page.locator('.side').getByText('custom/send').first().waitFor();
  assert.deepEqual(phone.mistakes, []);
  assert.deepEqual(desk.mistakes, []);
  await phone.context.close();
  await desk.context.close();
});

/** Opens the panel of pictures on the phone and sends one of the samples. */
async function sendFromPanel(page, nth) {
  await page.locator('.phone .composer button.ring').click();
  await page.locator('.phone .composer').getByRole('button', { name: '图片' }).click();
  await page.locator('.phone .composer .drawer.pictures button').nth(nth).click();
}

/** Says that the agent takes conversations. */
async function beReady(page) {
  await page.getByTestId('agent-state').click();
  await page.getByRole('menuitem', { name: /就绪/ }).click();
}

/** Finds the conversation whose last words are these, wherever routing has put it, and takes it. */
async function openConversationOf(page, words) {
  const row = page.getByTestId('conversation').filter({ hasText: words }).first();
  for (const tab of ['我的', '排队', '全部']) {
    await page.locator('.d-tabs').getByRole('tab', { name: tab }).click();
    if (await row.isVisible().catch(() => false)) break;
    await page.waitForTimeout(500);
    if (await row.isVisible().catch(() => false)) break;
  }
  await row.click();
  const take = page.getByRole('button', { name: '接入' });
  await page.getByTestId('message-in').first().waitFor();
  if (await take.isVisible().catch(() => false)) await take.click();
  await page.getByTestId('composer').waitFor();
}

/** A picture of 2 by 2 points. */
function picture() {
  return Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGNg6O9n+P+fgYGBiQEMAAAjAAQBRkvmuwAAAABJRU5ErkJggg==',
    'base64',
  );
}
