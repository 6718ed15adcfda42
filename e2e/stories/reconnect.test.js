// The desk loses its line while the customer writes on: afterwards everything is there, once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AGENT,
  beReady,
  openConversationOf,
  openWindow,
  reads,
  shoot,
  signIn,
  story,
  takePhone,
  write,
} from './_house.js';

/**
 * The line between a window and the server, to be cut and mended. The browser's own "offline" leaves an open
 * WebSocket alone, so the live stream is cut here, and not let in again before the line is mended.
 */
async function lineOf({ page, context }) {
  const open = new Set();
  let isCut = false;
  await page.routeWebSocket('**/api/v1/live*', (socket) => {
    if (isCut) {
      socket.close({ code: 1012 });
      return;
    }
    socket.connectToServer();
    open.add(socket);
  });
  return {
    async cut() {
      isCut = true;
      await context.setOffline(true);
      for (const socket of open) await socket.close({ code: 1012 });
      open.clear();
    },
    async mend() {
      isCut = false;
      await context.setOffline(false);
    },
  };
}

test('after a lost line the thread has no gap and no double', async () => {
  const phone = await openWindow();
  const desk = await openWindow();
  await story('reconnect', [phone, desk], async () => {
    await takePhone(phone.page);
    await phone.page.getByRole('button', { name: '关注公众号', exact: true }).click();
    await reads(phone.page, '欢迎关注星渡通信');
    const line = await lineOf(desk);
    await signIn(desk.page, AGENT);
    await beReady(desk.page);
    await write(phone.page, '转人工');
    await reads(phone.page, '正在为您转接人工客服');
    const mark = `断线${Date.now() % 1_000_000}`;
    await openConversationOf(desk.page, phone.page, `${mark} 之前`);

    await line.cut();
    await desk.page.getByText('连接已断开，正在重连').waitFor();
    for (const nth of [1, 2, 3]) await write(phone.page, `${mark} 第${nth}句`);
    await reads(phone.page, `${mark} 第3句`);
    const composer = desk.page.getByTestId('composer');
    await composer.fill(`${mark} 断线时写的`);
    await composer.press('Enter');
    await desk.page.getByText('网络不通，恢复后自动发出').waitFor();
    assert.equal(
      await desk.page
        .getByTestId('message-in')
        .filter({ hasText: `${mark} 第1句` })
        .count(),
      0,
    );
    await shoot(desk.page, 'line-lost');
    await line.mend();
    await desk.page.getByText('连接已断开，正在重连').waitFor({ state: 'detached' });

    for (const nth of [1, 2, 3]) {
      await desk.page
        .getByTestId('message-in')
        .filter({ hasText: `${mark} 第${nth}句` })
        .waitFor();
    }
    await write(phone.page, `${mark} 之后`);
    await desk.page
      .getByTestId('message-in')
      .filter({ hasText: `${mark} 之后` })
      .waitFor();
    await reads(phone.page, `${mark} 断线时写的`);
    assert.equal(
      await phone.page.locator('.phone .scroll').getByText(`${mark} 断线时写的`).count(),
      1,
    );
    const lines = await desk.page
      .getByTestId('message-in')
      .filter({ hasText: mark })
      .allInnerTexts();
    const said = lines.map((line) => /断线\d+ (\S+)/.exec(line)?.[1]);
    assert.deepEqual(said, ['之前', '第1句', '第2句', '第3句', '之后']);
  });
});
