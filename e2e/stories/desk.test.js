// Two agents and their supervisor: a conversation is handed over with a note, taken over by the supervisor,
// and closed; whoever lost it can no longer write in it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AGENT,
  beReady,
  button,
  CONSOLE,
  OTHER_AGENT,
  openAs,
  openConversationOf,
  openWindow,
  reads,
  SUPERVISOR,
  settle,
  shoot,
  story,
  takePhone,
  write,
} from './_house.js';

/** Finds a customer's conversation in the list, and opens it. */
async function openOf(desk, tab, customer) {
  await desk.locator('.d-tabs').getByRole('tab', { name: tab }).click();
  await desk.getByTestId('conversation').filter({ hasText: customer }).first().click();
  await desk.getByTestId('message-in').first().waitFor();
}

async function say(desk, text) {
  const composer = desk.getByTestId('composer');
  await composer.fill(text);
  await composer.press('Enter');
}

test('a conversation goes from agent to agent, to the supervisor, and ends', async () => {
  const phone = await openWindow();
  const first = await openAs(AGENT);
  const second = await openAs(OTHER_AGENT);
  const lead = await openAs(SUPERVISOR);
  const windows = [phone, first, second, lead];
  await story('hand-over', windows, async () => {
    await takePhone(phone.page);
    await button(phone.page, '关注公众号').click();
    await reads(phone.page, '欢迎关注星渡通信');
    for (const { page } of [first, second, lead]) {
      await page.goto(`${CONSOLE}/desk`);
      await settle(page);
    }
    await beReady(second.page, '示忙');
    await beReady(first.page);
    await write(phone.page, '转人工');
    await reads(phone.page, '正在为您转接人工客服');
    const mark = `宽带装机 ${Date.now() % 1_000_000}`;
    await openConversationOf(first.page, phone.page, mark);
    const customer = await first.page.locator('.t-head-who b').innerText();
    await say(first.page, `第一位坐席 ${mark}`);
    await reads(phone.page, `第一位坐席 ${mark}`);

    // the other is there only now: else the queue might have chosen them
    await beReady(second.page);
    await button(first.page, '转接').click();
    const dialog = first.page.getByRole('dialog');
    await dialog.getByLabel('转给谁').click();
    await first.page
      .locator('.ant-select-item-option')
      .filter({ hasText: OTHER_AGENT.name })
      .click();
    await dialog.getByLabel('留言').fill('客户急，先约今天下午');
    await shoot(first.page, 'transfer');
    await button(dialog, '转接').click();
    await first.page.getByText(`${OTHER_AGENT.name} 正在接待这位客户。`).waitFor();
    assert.equal(await first.page.getByTestId('composer').count(), 0);

    await openOf(second.page, '我的', customer);
    await second.page.getByTestId('thread').getByText('客户急，先约今天下午').waitFor();
    await say(second.page, `第二位坐席 ${mark}`);
    await reads(phone.page, `第二位坐席 ${mark}`);

    await openOf(lead.page, '全部', customer);
    assert.equal(await lead.page.getByTestId('composer').count(), 0);
    await button(lead.page, '接管').click();
    await say(lead.page, `班长来处理 ${mark}`);
    await reads(phone.page, `班长来处理 ${mark}`);
    await second.page.getByText(`${SUPERVISOR.name} 正在接待这位客户。`).waitFor();
    assert.equal(await second.page.getByTestId('composer').count(), 0);
    await shoot(second.page, 'taken-over');

    await lead.page.getByTestId('close').click();
    await button(lead.page.getByRole('tooltip'), '结束').click();
    await lead.page.getByText('会话已结束。客户再发消息时会开始新的会话。').waitFor();
    await write(phone.page, '话费');
    await reads(phone.page, '查话费余额');
    await beReady(second.page, '示忙');
  });
});
