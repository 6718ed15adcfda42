// Two entries ask the same and answer differently: the check finds them, and a pair that is no problem is never
// told again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { button, CONSOLE, lookUntil, openAs, says, settle, shoot, story } from './_house.js';

const MARK = String(Date.now() % 100_000);
const API = `${CONSOLE}/api/v1`;

test('entries that contradict each other are found, and dismissed for ever', async () => {
  const window = await openAs({ login: 'nuanting.editor', password: 'demo-nuanting-editor' });
  const { page, context } = window;
  await story('twins', [window], async () => {
    const { csrf_token } = await (await context.request.get(`${API}/session`)).json();
    for (const [question, text] of [
      [`雪橇犬${MARK}寄养一天多少钱`, '每天 80 元。'],
      [`请问雪橇犬${MARK}寄养一天多少钱？`, '每天 120 元。'],
    ]) {
      const answer = await context.request.post(`${API}/knowledge/entries`, {
        headers: { 'X-CSRF-Token': csrf_token },
        data: { question, answers: [{ type: 'text', text }] },
      });
      assert.equal(answer.status(), 201, await answer.text());
    }
    await page.goto(`${CONSOLE}/knowledge/twins`);
    await settle(page);
    const row = page.getByRole('row').filter({ hasText: `雪橇犬${MARK}` }).first();
    // the bot's snapshot follows a change within moments
    await lookUntil(row.getByText('矛盾'), async () => {
      await button(page, '检查知识库').click();
      await says(page, '上次检查');
    });
    await row.getByText('每天 80 元。').waitFor();
    await shoot(page, 'twins-found');
    await button(row, '不是问题').click();
    await button(page.getByRole('tooltip'), '不是问题').click();
    await row.waitFor({ state: 'detached' });
    await button(page, '检查知识库').click();
    await says(page, '上次检查');
    await page.waitForTimeout(1500);
    assert.equal(await row.count(), 0);
  });
});
