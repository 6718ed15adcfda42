// The editors' day with one answer: a draft that the bot does not say, a colleague who looks at it because the
// company asks for four eyes, a version that replaces another, the old one brought back, and the entry taken away:
// each by two people.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ADMINISTRATOR,
  button,
  call,
  CONSOLE,
  EDITOR,
  goesOn,
  openAs,
  says,
  settle,
  shoot,
  story,
} from './_house.js';

const MARK = Date.now().toString(36);
const QUESTION = `雪球卡怎么退订 ${MARK}`;

/** What the bot says to a question. */
async function said(window, text) {
  const body = { content: { type: 'text', text } };
  const { replies } = await call(window, 'POST', '/bot/test', body);
  return replies.map((it) => it.text).join('|');
}

/** Waits until the bot says it: its snapshot follows a change. */
async function soonSaid(window, text, expected) {
  for (let tries = 0; tries < 100; tries++) {
    if ((await said(window, text)) === expected) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.equal(await said(window, text), expected);
}

test('a text is drafted, sent back, mended, published by a colleague, and brought back', async () => {
  const editor = await openAs(EDITOR);
  const colleague = await openAs(ADMINISTRATOR);
  await story('workshop', [editor, colleague], async () => {
    const answers = [{ type: 'text', text: '回复 TD 退订雪球卡' }];
    const entry = await call(editor, 'POST', '/knowledge/entries', { question: QUESTION, answers });
    await soonSaid(editor, QUESTION, '回复 TD 退订雪球卡');
    const address = `${CONSOLE}/knowledge/entries/${entry.id}`;

    // the company asks for four eyes
    await colleague.page.goto(`${CONSOLE}/knowledge`);
    await button(colleague.page, '协作规则').click();
    await colleague.page.getByRole('switch', { name: '双人发布' }).click();
    await says(colleague.page, '已保存');

    // a draft: the bot goes on with the old text
    const { page } = editor;
    await page.goto(address);
    await settle(page);
    assert.equal(await page.getByTestId('save').count(), 0, 'nobody publishes alone now');
    const answer = page.locator('.answer textarea').first();
    await answer.fill('回复 0000 退订雪球卡，当天生效');
    await page.getByTestId('save-draft').click();
    await says(page, '草稿已保存');
    await says(page, '客户看到的仍是第 1 版');
    assert.equal(await said(editor, QUESTION), '回复 TD 退订雪球卡');
    await page.getByTestId('submit').click();
    await page.getByRole('dialog').getByRole('textbox').fill('退订代码变了');
    await button(page.getByRole('dialog'), '提交审核').click();
    await says(page, '参与编写的人不能自己发布');
    await shoot(page, 'workshop-review');

    // the colleague finds it, reads what is different, and sends it back
    await colleague.page.goto(`${CONSOLE}/knowledge`);
    await settle(colleague.page);
    await colleague.page.locator('.toolbar .ant-select', { hasText: '草稿状态' }).click();
    await colleague.page.locator('.ant-select-item-option', { hasText: '待审核' }).click();
    await colleague.page.getByRole('button', { name: QUESTION }).click();
    await says(colleague.page, '退订代码变了');
    await button(colleague.page, '查看改动').click();
    const differences = colleague.page.getByTestId('differences');
    assert.equal(await differences.locator('del').first().textContent(), 'TD');
    await shoot(colleague.page, 'workshop-changes');
    await colleague.page.keyboard.press('Escape');
    await button(colleague.page, '退回').click();
    await colleague.page.getByRole('dialog').getByRole('textbox').fill('写明要发到哪个号码');
    await button(colleague.page.getByRole('dialog'), '退回').click();

    // mended, and published by the other
    await says(page, '写明要发到哪个号码');
    await answer.fill('发送 0000 到 10000 退订雪球卡，当天生效');
    await page.getByTestId('submit').click();
    await button(page.getByRole('dialog'), '提交审核').click();
    await says(page, '已提交审核');
    await button(colleague.page, '发布').click();
    await says(colleague.page, '已发布');
    await soonSaid(editor, QUESTION, '发送 0000 到 10000 退订雪球卡，当天生效');

    // it was wrong after all: one proposes the old text, and the other agrees
    await page.reload();
    await settle(page);
    await button(page, '版本').click();
    await page
      .locator('.versions li', { hasText: '第 1 版' })
      .getByRole('button', { name: /恢 ?复/ })
      .click();
    const why = page.getByRole('dialog').filter({ hasText: '申请恢复第 1 版的内容' });
    await why.getByRole('textbox').fill('新代码还没有开通');
    await button(why, '提交确认').click();
    await says(page, '已提交，等待另一位同事确认');
    await page.keyboard.press('Escape');
    await says(page, '申请人不能自己确认');
    await shoot(page, 'workshop-proposal');
    assert.equal(await said(editor, QUESTION), '发送 0000 到 10000 退订雪球卡，当天生效');
    await says(colleague.page, '新代码还没有开通');
    await shoot(colleague.page, 'workshop-proposal-colleague');
    await button(colleague.page, '确认恢复').click();
    await goesOn(colleague.page, '已恢复第 1 版的内容');
    await soonSaid(editor, QUESTION, '回复 TD 退订雪球卡');
    await button(colleague.page, '版本').click();
    await says(colleague.page, '恢复自第 1 版');
    await shoot(colleague.page, 'workshop-versions');
    await colleague.page.keyboard.press('Escape');

    // offline: refused with a reason, and put away
    await page.goto(`${CONSOLE}/knowledge`);
    await settle(page);
    const row = page.locator('.ant-table-row', { hasText: QUESTION });
    await row.getByRole('switch').click();
    await button(page.getByRole('dialog'), '提交确认').click();
    await row.getByText('待确认：停用').waitFor();
    await shoot(page, 'workshop-proposal-list');
    await button(colleague.page, '不同意').click();
    await colleague.page.getByRole('dialog').getByRole('textbox').fill('客户还在问');
    await button(colleague.page.getByRole('dialog'), '不同意').click();
    await row.getByText('未同意').waitFor();

    // and gone, by two
    await button(row, '删除').click();
    await button(page.getByRole('dialog'), '提交确认').click();
    await row.getByText('待确认：删除').waitFor();
    assert.equal(await said(editor, QUESTION), '回复 TD 退订雪球卡');
    await button(colleague.page, '确认删除').click();
    await goesOn(colleague.page, '已删除');
    await row.waitFor({ state: 'detached' });
    assert.notEqual(await said(editor, QUESTION), '回复 TD 退订雪球卡');

    // back to how the house was found
    const rules = await call(colleague, 'GET', '/knowledge/settings');
    await call(colleague, 'PUT', '/knowledge/settings', { ...rules, four_eyes: false });
  });
});
