// A table of 240 rows under four eyes: one imports it and hands it in as a whole, a colleague publishes it as a
// whole; the one draft that was written on meanwhile is left and named; the phone's customer is answered.

import { test } from 'node:test';
import {
  ADMINISTRATOR,
  button,
  call,
  CONSOLE,
  EDITOR,
  openAs,
  openWindow,
  reads,
  says,
  settle,
  shoot,
  story,
  takePhone,
  write,
} from './_house.js';

const ROWS = 240;
const MARK = `${Date.now() % 1_000_000}`;
const question = (nth) => `雪球站${MARK}第${nth}号柜台办什么`;

const TABLE = [
  'question,answer,category',
  ...Array.from({ length: ROWS }, (_, nth) => `${question(nth)},${nth} 号柜台办 ${MARK} 事务,柜台`),
].join('\n');

async function askForFourEyes(window, four_eyes) {
  const rules = await call(window, 'GET', '/knowledge/settings');
  await call(window, 'PUT', '/knowledge/settings', { ...rules, four_eyes });
}

/** So many new rows make others weigh less: what falls in the rehearsal is looked at, and accepted. */
async function acceptFalls(dialog) {
  const ready = dialog.locator('button.ant-btn-primary:not([disabled])');
  const tick = dialog.getByRole('checkbox');
  await ready.or(tick).first().waitFor();
  if (await tick.isVisible()) await tick.check();
}

/** Takes everything away that the table made. */
async function tidy(window) {
  const query = encodeURIComponent(`雪球站${MARK}`);
  for (;;) {
    const page = await call(window, 'GET', `/knowledge/entries?limit=200&query=${query}`);
    if (page.items.length === 0) return;
    for (const { id } of page.items) {
      await call(window, 'DELETE', `/knowledge/entries/${id}?accept_fall=true`);
    }
  }
}

test('a table is handed in by one and published by another, as a whole', async () => {
  const editor = await openAs(EDITOR);
  const colleague = await openAs(ADMINISTRATOR);
  const phone = await openWindow();
  await story('batch', [editor, colleague, phone], async () => {
    await takePhone(phone.page);
    await button(phone.page, '关注公众号').click();
    await askForFourEyes(colleague, true);
    const { page } = editor;
    await page.goto(`${CONSOLE}/knowledge/import`);
    await settle(page);
    await page.locator('input[type="file"]').setInputFiles({
      name: 'counters.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(TABLE),
    });
    await button(page, `导入 ${ROWS} 条`).click();
    await button(page, '查看这些草稿').click();
    await says(page, '一次导入的草稿');

    // all of them, by their import
    await button(page, '批量处理…').click();
    const dialog = page.getByRole('dialog');
    await says(page, `将提交 ${ROWS} 份草稿`);
    await dialog.getByRole('textbox').fill(`${MARK} 柜台改版`);
    await shoot(page, 'batch-submit');
    await button(dialog, `提交 ${ROWS} 份`).click();
    await says(page, `已提交 ${ROWS} 份草稿`);
    await shoot(page, 'batch-submitted');
    // none of these may be published by who wrote them
    await page.keyboard.press('Escape');
    await button(page, '批量处理…').click();
    await dialog.getByText('发布', { exact: true }).click();
    await says(page, '没有可以这样处理的草稿');
    await says(page, `${ROWS} 份不处理`);
    await page.keyboard.press('Escape');

    // the colleague finds them in review; one is written on meanwhile
    const window = colleague.page;
    await window.goto(page.url());
    await settle(window);
    await button(window, '批量处理…').click();
    const asked = window.getByRole('dialog');
    await asked.getByText('发布', { exact: true }).click();
    await says(window, `将发布 ${ROWS} 份草稿`);
    const found = await call(
      editor,
      'GET',
      `/knowledge/entries?query=${encodeURIComponent(question(7))}`,
    );
    const answers = [{ type: 'text', text: '七号柜台停用' }];
    await call(editor, 'PUT', `/knowledge/entries/${found.items[0].id}`, {
      question: question(7),
      answers,
      publish: false,
    });
    await acceptFalls(asked);
    await button(asked, `发布 ${ROWS} 份`).click();
    await says(window, '草稿与刚才看到的不同');
    await asked.getByRole('button', { name: /重 ?试/ }).click();
    await says(window, `将发布 ${ROWS - 1} 份草稿`);
    await asked.getByTestId('batch-left').getByText(question(7)).waitFor();
    await acceptFalls(asked);
    await shoot(window, 'batch-publish');
    await button(asked, `发布 ${ROWS - 1} 份`).click();
    await says(window, `已发布 ${ROWS - 1} 份草稿`);
    await shoot(window, 'batch-published');
    await window.keyboard.press('Escape');

    // and a customer is answered from one of them
    await write(phone.page, question(123));
    await reads(phone.page, `123 号柜台办 ${MARK} 事务`);

    // back to how the house was found
    await askForFourEyes(colleague, false);
    await tidy(colleague);
  });
});
