// The desk loses its line while the customer writes on: afterwards everything is there, once.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  AGENT,
  beReady,
  openBrowser,
  openConversationOf,
  openWindow,
  reads,
  signIn,
  story,
  takePhone,
  write,
} from './_house.js';

let browser;
before(async () => {
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
});

test('after a lost line the thread has no gap and no double', async () => {
  const phone = await openWindow(browser);
  const desk = await openWindow(browser);
  await story('reconnect', [phone, desk], async () => {
    await takePhone(phone.page);
    await phone.page.getByRole('button', { name: '关注公众号', exact: true }).click();
    await reads(phone.page, '欢迎关注星渡通信');
    await signIn(desk.page, AGENT);
    await beReady(desk.page);
    await write(phone.page, '转人工');
    await reads(phone.page, '正在为您转接人工客服');
    const mark = `断线${Date.now() % 1_000_000}`;
    await openConversationOf(desk.page, phone.page, `${mark} 之前`);

    await desk.context.setOffline(true);
    for (const nth of [1, 2, 3]) await write(phone.page, `${mark} 第${nth}句`);
    await reads(phone.page, `${mark} 第3句`);
    await desk.context.setOffline(false);

    for (const nth of [1, 2, 3]) {
      await desk.page.getByTestId('message-in').filter({ hasText: `${mark} 第${nth}句` }).waitFor();
    }
    await write(phone.page, `${mark} 之后`);
    await desk.page.getByTestId('message-in').filter({ hasText: `${mark} 之后` }).waitFor();
    const lines = await desk.page.getByTestId('message-in').filter({ hasText: mark }).allInnerTexts();
    const said = lines.map((line) => /断线\d+ (\S+)/.exec(line)?.[1]);
    assert.deepEqual(said, ['之前', '第1句', '第2句', '第3句', '之后']);
  });
});
