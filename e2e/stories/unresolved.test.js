// A question that had no answer becomes an entry: it is gathered, written in the editor, and the phone reads the
// answer in the same minute.

import { test } from 'node:test';
import {
  button,
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
  visit,
  write,
} from './_house.js';

const MARK = String(Date.now() % 100_000);
const QUESTION = `雪橇犬${MARK}号能坐缆车吗`;

test('a question without an answer becomes an entry that answers it', async () => {
  const phone = await openWindow();
  const window = await openAs(EDITOR);
  const { page } = window;
  await story('unresolved', [phone, window], async () => {
    await takePhone(phone.page);
    await button(phone.page, '关注公众号').click();
    await reads(phone.page, '欢迎关注星渡通信');
    await write(phone.page, QUESTION);
    await reads(phone.page, QUESTION);

    await page.goto(`${CONSOLE}/knowledge/unresolved`);
    await settle(page);
    const row = page.getByRole('row').filter({ hasText: QUESTION }).first();
    await row.waitFor();
    await row.getByText(QUESTION).click();
    await says(page, '也许是已有条目的另一种说法');
    await shoot(page, 'unresolved');

    await button(row, '新建条目').click();
    await settle(page);
    await page.waitForFunction(
      (text) => document.querySelector('#question')?.value === text,
      QUESTION,
    );
    await page.locator('.answer textarea').first().fill(`可以，${MARK} 号犬免票。`);
    await page.getByTestId('save').click();
    await says(page, '已发布');

    await write(phone.page, QUESTION);
    await reads(phone.page, `可以，${MARK} 号犬免票。`);
    await visit(page, '/knowledge/unresolved');
    await row.waitFor({ state: 'detached' });

    // What nobody wants to answer is dismissed.
    await write(phone.page, `紫色的云${MARK}几点下班呢`);
    await reads(phone.page, '紫色的云');
    await page.reload();
    await settle(page);
    const other = page.getByRole('row').filter({ hasText: '紫色的云' }).first();
    await button(other, '忽略').click();
    await button(page.getByRole('tooltip'), '忽略').click();
    await other.waitFor({ state: 'detached' });
  });
});
