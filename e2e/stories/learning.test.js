// What people teach the base: an agent's choice becomes a wording that answers and something to learn from; a
// synonym makes a question match; a word that only customers know is explained.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ADMINISTRATOR,
  AGENT,
  beReady,
  button,
  CONSOLE,
  EDITOR,
  goesOn,
  lookUntil,
  openAs,
  openConversationOf,
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

const ASKED = '家里那个小盒子老是闪红灯咋整';
const ENTRY = '宽带上不了网怎么办';

/** Types a line on the test bench and waits for the candidates. */
async function tryOut(page, words) {
  await visit(page, '/bot/test');
  const field = page.getByTestId('bench-input');
  await field.fill(words);
  await field.press('Enter');
  await says(page, `“${words}”`);
}

test("an agent's choice is learnt from and becomes a similar question", async () => {
  const phone = await openWindow();
  const desk = await openAs(AGENT);
  const editor = await openAs(EDITOR);
  const { page } = editor;
  await story('learning', [phone, desk, editor], async () => {
    await takePhone(phone.page);
    await button(phone.page, '关注公众号').click();
    await desk.page.goto(`${CONSOLE}/desk`);
    await settle(desk.page);
    await beReady(desk.page);
    await write(phone.page, '转人工');
    await openConversationOf(desk.page, phone.page, '有人在吗');
    await write(phone.page, ASKED);
    await desk.page.getByTestId('candidates-for').filter({ hasText: ASKED }).waitFor();
    const candidates = desk.page.getByTestId('candidate');
    await candidates.filter({ hasText: ENTRY }).first().waitFor();
    const titles = await candidates.allInnerTexts();
    const nth = titles.findIndex((text) => text.includes(ENTRY));
    assert.ok(nth >= 0 && nth < 10, titles.join('\n'));
    await desk.page.getByTestId('composer').press('Escape');
    await desk.page.keyboard.press(`Shift+Digit${(nth + 1) % 10}`);
    await reads(phone.page, '光猫');
    await desk.page.getByTestId('close').click();
    await button(desk.page.getByRole('tooltip'), '结束').click();
    await says(desk.page, '会话已结束。客户再发消息时会开始新的会话。');

    // the base learns from it
    await page.goto(`${CONSOLE}/knowledge/learning`);
    await settle(page);
    await shoot(page, 'learning-never');
    const suggestion = page.getByTestId('suggestion').filter({ hasText: ENTRY });
    // Other stories' choices may stand with the same entry.
    const line = suggestion.locator('.l-question').filter({ hasText: ASKED });
    await line.waitFor();
    await button(page, '立即学习').click();
    const state = page.getByTestId('learning');
    await page.waitForFunction(
      () =>
        ['trained', 'refused'].includes(
          document.querySelector('[data-testid="learning"]')?.dataset.state,
        ),
      undefined,
      { timeout: 120_000 },
    );
    await shoot(page, 'learning-trained');
    // Whether it counts, its trial decided: the figures are told either way.
    if ((await state.getAttribute('data-state')) === 'trained') await says(page, '使用中');
    await page.getByTestId('figures').getByText('首位就是正确条目').waitFor();
    await says(page, /坐席选择过的 [1-9]\d* 个问题/);

    // What was learnt from so small a base may answer this by itself, and the questions of other stories: it goes.
    const admin = (await openAs(ADMINISTRATOR)).page;
    await admin.goto(`${CONSOLE}/knowledge/learning`);
    await settle(admin);
    const learnt = admin.getByTestId('learning');
    if ((await learnt.getAttribute('data-state')) === 'trained') {
      await button(admin, '弃用').click();
      await button(admin.getByRole('tooltip'), '弃用').click();
      await goesOn(admin, '已弃用');
    }

    // and takes it over as a wording, which answers
    await lookUntil(line, async () => {
      await page.reload();
      await settle(page);
    });
    await button(line, '采纳').click();
    await goesOn(page, '已加为相似问并发布');
    await line.waitFor({ state: 'detached' });
    await tryOut(page, ASKED);
    await page.locator('.candidate').first().filter({ hasText: ENTRY }).getByText('100').waitFor();
    await shoot(page, 'learning-bench');
  });
});

test('a synonym makes a question match', async () => {
  const window = await openAs(EDITOR);
  const { page } = window;
  await story('words', [window], async () => {
    const asked = '咕噜歌怎么取消';
    await page.goto(`${CONSOLE}/knowledge/words`);
    await settle(page);
    await button(page, '新建一组').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox').fill('彩铃、');
    await dialog.getByRole('combobox').fill('彩铃、咕噜歌、');
    await button(dialog, '保存').click();
    await dialog.waitFor({ state: 'hidden' });
    const row = page.getByRole('row').filter({ hasText: '咕噜歌' });
    await row.waitFor();
    await shoot(page, 'words');
    await tryOut(page, asked);
    const first = page.locator('.candidate').first();
    await first.filter({ hasText: '彩铃怎么取消' }).getByText('咕噜歌 = 彩铃').waitFor();
    // the score, and what it is made of
    await first.getByTestId('score').locator('summary').click();
    await first.getByTestId('points').getByText('相同的字').waitFor();
    await shoot(page, 'words-bench');

    // lines of words: what clashes is told before anything is written
    await visit(page, '/knowledge/words');
    await button(page, '粘贴导入').click();
    await dialog.locator('textarea').fill('营业厅、门店\n咕噜歌、营业厅\n独词');
    await button(dialog, '检查').click();
    await dialog.getByText('2 行有问题，不会导入').waitFor();
    await shoot(page, 'words-paste');
    await button(dialog, '导入 1 行').click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('row').filter({ hasText: '门店' }).waitFor();

    await page.getByRole('tab', { name: '受保护的词' }).click();
    await button(page, '新建名称').click();
    await dialog.getByLabel('名称').fill('如何家园');
    await button(dialog, '保存').click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('row').filter({ hasText: '如何家园' }).waitFor();
  });
});

test('a word that only customers know becomes a synonym', async () => {
  const phones = [await openWindow(), await openWindow()];
  const window = await openAs(EDITOR);
  const { page } = window;
  await story('unknown-words', [...phones, window], async () => {
    for (const [nth, words] of ['星轨宝怎么弄', '我的星轨宝呢'].entries()) {
      const phone = phones[nth].page;
      await takePhone(phone);
      await button(phone, '关注公众号').click();
      await reads(phone, '欢迎关注星渡通信');
      await write(phone, words);
      await reads(phone, words);
    }
    const row = page.getByRole('row').filter({ hasText: '星轨宝怎么弄' });
    await lookUntil(row, async () => {
      await page.goto(`${CONSOLE}/knowledge/words`);
      await settle(page);
      await page.getByRole('tab', { name: '客户的新词' }).click();
      await settle(page);
    });
    await shoot(page, 'unknown-words');
    await button(row, '等于已知的词').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('知识库里的说法').fill('谁也没说过');
    await button(dialog, '设为同义词').click();
    await dialog.getByText('知识库的问题里也没有这个词').first().waitFor();
    await dialog.getByLabel('知识库里的说法').fill('自动充值');
    await button(dialog, '设为同义词').click();
    await says(page, '已设为同义词');
    await row.waitFor({ state: 'detached' });
  });
});
