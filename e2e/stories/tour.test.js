// The newcomer's tour: a follower asks on WeChat, the bot answers, a person takes over.

import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  AGENT,
  beReady,
  openConversationOf,
  openWindow,
  PATIENCE,
  reads,
  shoot,
  signIn,
  story,
  takePhone,
  write,
} from './_house.js';

/** A picture that grows when it is there: what stands above it must move up. */
const PICTURE = fileURLToPath(new URL('../../demo/xingdu/pictures/bill.png', import.meta.url));

test('a follower is welcomed, answered, and reaches a person who sends a picture', async () => {
  const phone = await openWindow();
  const desk = await openWindow();
  await story('tour', [phone, desk], async () => {
    await takePhone(phone.page);

    await phone.page.getByRole('button', { name: '关注公众号', exact: true }).click();
    await reads(phone.page, '欢迎关注星渡通信');

    await write(phone.page, '1');
    await reads(phone.page, '话费与充值');
    await write(phone.page, '话费');
    await reads(phone.page, '查话费余额');
    await write(phone.page, '我这个月话费咋这么贵');
    await reads(phone.page, '话费比平时高，常见有四种原因');

    await sendFromPanel(phone.page, 0);
    await phone.page.locator('.phone .scroll img').last().waitFor();
    await openPanel(phone.page, '语音');
    await phone.page.locator('.phone .composer .drawer.voice button.primary').click();
    await openPanel(phone.page, '位置');

    await signIn(desk.page, AGENT);
    await beReady(desk.page);
    await write(phone.page, '转人工');
    await reads(phone.page, '正在为您转接人工客服');
    await shoot(phone.page, 'tour-phone');
    const mark = `号码尾号 ${Date.now() % 1_000_000}`;
    await openConversationOf(desk.page, phone.page, mark);
    await desk.page.getByTestId('message-in').filter({ hasText: '我这个月话费咋这么贵' }).waitFor();
    await desk.page.getByTestId('message-in').locator('img').first().waitFor();

    const answer = `您好，我来看一下您的账单 ${Date.now() % 100000}`;
    const composer = desk.page.getByTestId('composer');
    await composer.fill(answer);
    await composer.press('Enter');
    await reads(phone.page, answer);

    const pictures = await phone.page.locator('.phone .scroll img').count();
    const upload = desk.page.locator('.k-tools input[type="file"]').first();
    await upload.setInputFiles(PICTURE);
    await phone.page.waitForFunction(
      (count) => document.querySelectorAll('.phone .scroll img').length > count,
      pictures,
      { timeout: PATIENCE },
    );
    // the thread stays at its end, also when a picture grows after it was drawn
    await desk.page.getByTestId('message-out').last().locator('img').waitFor();
    await desk.page.waitForFunction(() => {
      const thread = document.querySelector('[data-testid="thread"]');
      return thread.scrollHeight - thread.scrollTop - thread.clientHeight < 2;
    });
    await shoot(desk.page, 'tour-desk');

    await phone.page.locator('.side').getByText('custom/send').first().waitFor();
  });
});

/** Opens the panel of pictures on the phone and sends one of the samples. */
async function sendFromPanel(page, nth) {
  await openPanel(page, '照片');
  await page.locator('.phone .composer .drawer.pictures button').nth(nth).click();
}

/** Opens the panel below the line and presses one of its tools. */
async function openPanel(page, tool) {
  await page.locator('.phone .composer button.ring').click();
  await page.locator('.phone .composer').getByRole('button', { name: tool }).click();
}
