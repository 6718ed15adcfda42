// Whether answers help: the bot asks, the customer says no, the question stands among the open ones with the entry
// that answered; the editor gives that entry to the agents to read, and an agent answers its quiz.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ADMINISTRATOR,
  AGENT,
  button,
  CONSOLE,
  lookUntil,
  openAs,
  openWindow,
  reads,
  says,
  settle,
  shoot,
  story,
  takePhone,
  visit,
  write,
} from './_house.js';

const MARK = String(Date.now() % 100_000);
const QUESTION = `雪山${MARK}号线路怎么报名`;

test('an answer that does not help comes back to its editor', async () => {
  const phone = await openWindow();
  const window = await openAs(ADMINISTRATOR);
  const { page } = window;
  await story('feedback', [phone, window], async () => {
    await page.goto(`${CONSOLE}/knowledge/entries/new`);
    await settle(page);
    await page.locator('#question').fill(QUESTION);
    await page.locator('.answer textarea').first().fill(`${MARK} 号线路请在官网报名。`);
    await page.getByTestId('save').click();
    await says(page, '已发布');

    await visit(page, '/bot/settings');
    await page.getByRole('tab', { name: '满意反馈' }).click();
    await page.getByTestId('asks-feedback').click();
    await says(page, '附在回答后面的话');
    await shoot(page, 'feedback-settings');
    await button(page, '保存').click();
    await says(page, '已保存');

    await takePhone(phone.page);
    await button(phone.page, '关注公众号').click();
    await reads(phone.page, '欢迎关注星渡通信');
    await write(phone.page, QUESTION);
    await reads(phone.page, '这个回答解决您的问题了吗');
    await shoot(phone.page, 'feedback-phone');
    await write(phone.page, 'N');
    await reads(phone.page, '很抱歉没有帮到您');
    // Said once: the next word is a question like any other.
    await write(phone.page, QUESTION);
    await write(phone.page, '解决了');
    await reads(phone.page, '感谢您的反馈');

    // Counted some seconds after the fact.
    const row = page.getByRole('row').filter({ hasText: QUESTION }).first();
    await lookUntil(row.getByText('未解决'), async () => {
      await page.goto(`${CONSOLE}/knowledge/unresolved`);
      await settle(page);
    });
    await row.getByText(QUESTION).click();
    await says(page, '回答了它、但没有帮上忙的条目');
    await shoot(page, 'feedback-unresolved');
    await button(page, '去改进').first().click();
    await settle(page);
    const use = page.getByTestId('entry-use');
    await lookUntil(use.getByTestId('use-solved').filter({ hasText: '1' }), async () => {
      await page.reload();
      await settle(page);
    });
    assert.equal(await use.getByTestId('use-answered').innerText(), '2');
    assert.equal(await use.getByTestId('use-unsolved').innerText(), '1');
    await use.scrollIntoViewIfNeeded();
    await shoot(page, 'feedback-entry');

    await page.getByTestId('demand-reading').click();
    const dialog = page.locator('.ant-modal').filter({ hasText: '由谁阅读' });
    await button(dialog, '添加题目').click();
    await dialog.getByPlaceholder('第 1 题').fill('在哪里报名？');
    await dialog.getByPlaceholder('选项 1').fill('官网');
    await dialog.getByPlaceholder('选项 2').fill('电话');
    await shoot(page, 'reading-demand');
    await button(dialog, '要求阅读').click();
    await says(page, '人已读');

    await visit(page, '/knowledge/uses');
    await says(page, '回答最多');
    await shoot(page, 'uses');

    // The tenant asks nobody any more: the stories after this one expect plain answers.
    await visit(page, '/bot/settings');
    await page.getByRole('tab', { name: '满意反馈' }).click();
    const asks = page.getByTestId('asks-feedback');
    assert.equal(await asks.getAttribute('aria-checked'), 'true');
    await asks.click();
    const stored = page.waitForResponse(
      (answer) => answer.request().method() === 'PUT' && answer.url().includes('/bot/settings'),
    );
    await button(page, '保存').click();
    assert.equal((await (await stored).json()).feedback, undefined);
  });

  const desk = await openAs(AGENT);
  await story('reading', [desk], async () => {
    await desk.page.goto(`${CONSOLE}/knowledge/readings`);
    await settle(desk.page);
    await desk.page.getByText(QUESTION).click();
    const drawer = desk.page.locator('.ant-drawer');
    await drawer.getByText(`${MARK} 号线路请在官网报名。`).waitFor();
    await drawer.getByText('官网', { exact: true }).click();
    await shoot(desk.page, 'reading-quiz');
    await desk.page.getByTestId('reading-send').click();
    await desk.page.getByTestId('reading-done').filter({ hasText: '答对 1 / 1' }).waitFor();
    await shoot(desk.page, 'reading-done');
  });
});
