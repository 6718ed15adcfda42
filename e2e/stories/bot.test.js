// The editors of the bot: a text menu that works as soon as it is saved, a WeChat menu that is published and
// pulled back, and two editors with the same entry before them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ADMINISTRATOR,
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
  write,
} from './_house.js';

const MARK = String(Date.now() % 1_000_000);

test('a choice is added to the text menu, and the phone walks it', async () => {
  const window = await openAs(EDITOR);
  const phone = await openWindow();
  const { page } = window;
  await story('text-menu', [window, phone], async () => {
    await page.goto(`${CONSOLE}/bot/text-menu`);
    await settle(page);
    await button(page, '添加选项').click();
    const digit = await page.getByLabel('数字').inputValue();
    await button(page, '保存').click();
    await says(page, '每一项都要有标题');
    await page.getByLabel('标题').fill(`校园卡 ${MARK}`);
    await page.getByRole('radio', { name: '下级菜单' }).click();
    await page.getByLabel('菜单上方文字').fill('请选择校园卡业务：');
    await button(page, '添加选项').click();
    await page.getByLabel('标题').fill('怎么办卡');
    await page.locator('.node-form textarea').fill(`带学生证到营业厅办理 ${MARK}。`);
    // the preview walks along
    await page
      .locator('.phone-line.account')
      .filter({ hasText: `带学生证到营业厅办理 ${MARK}` })
      .waitFor();
    await shoot(page, 'text-menu-edited');
    await button(page, '保存').click();
    await says(page, '已保存');

    await takePhone(phone.page);
    await button(phone.page, '关注公众号').click();
    await reads(phone.page, '欢迎关注星渡通信');
    await write(phone.page, '#');
    await reads(phone.page, `${digit} 校园卡 ${MARK}`);
    await write(phone.page, digit);
    await reads(phone.page, '请选择校园卡业务：');
    await write(phone.page, '1');
    await reads(phone.page, `带学生证到营业厅办理 ${MARK}`);

    // and away with it
    await page
      .locator('.ant-tree-treenode')
      .filter({ hasText: `校园卡 ${MARK}` })
      .click();
    await button(page, '删除此项').click();
    await button(page.getByRole('tooltip'), '删除').click();
    await button(page, '保存').click();
    await page.getByText('有未保存的修改').waitFor({ state: 'detached' });
  });
});

test('the WeChat menu is changed, published, seen on the phone, and pulled back', async () => {
  const window = await openAs(ADMINISTRATOR);
  const phone = await openWindow();
  const { page } = window;
  await story('account-menu', [window, phone], async () => {
    await page.goto(`${CONSOLE}/bot/account-menu`);
    await settle(page);
    const bar = page.locator('.phone-bar');
    await bar.getByRole('button', { name: /服务/ }).click();
    const before = await bar.locator('.phone-sub button').allInnerTexts();
    await bar.locator('.phone-sub button').first().click();
    const name = page.locator('.node-form input').first();
    await name.fill('这个名字对于微信的菜单来说实在太长了一点点');
    await button(page, '保存').click();
    await says(page, '名称太长');
    await name.fill(`办业务${MARK}`);
    await says(page, '有未保存的修改');
    await button(page, '发布到平台').click();
    await button(page.getByRole('dialog'), '发布到平台').click();
    await says(page, '已发布');
    await shoot(page, 'account-menu-published');

    await takePhone(phone.page);
    await button(phone.page, '关注公众号').click();
    await phone.page.locator('.phone .menu-bar button').filter({ hasText: '服务' }).first().click();
    await phone.page.getByText(`办业务${MARK}`).first().waitFor();

    // a change that nobody wants: the platform's own comes back
    await bar.getByRole('button', { name: /服务/ }).click();
    await bar.locator('.phone-sub button').first().click();
    await name.fill('不要这个');
    await button(page, '从平台取回').click();
    await button(page.getByRole('dialog'), '从平台取回').click();
    await bar.getByText(`办业务${MARK}`).waitFor();
    assert.equal(await page.getByText('有未保存的修改').count(), 0);

    await bar.locator('.phone-sub button').first().click();
    await name.fill(before[0]);
    await button(page, '发布到平台').click();
    await button(page.getByRole('dialog'), '发布到平台').click();
    await bar.getByText(before[0]).waitFor();
    await page.getByText('有未保存的修改').waitFor({ state: 'detached' });
  });
});

test('two editors change one entry: neither undoes the other without knowing', async () => {
  const one = await openAs(EDITOR);
  const other = await openAs(ADMINISTRATOR);
  await story('conflict', [one, other], async () => {
    const { items } = await (
      await one.context.request.get(`${CONSOLE}/api/v1/knowledge/entries?limit=1`)
    ).json();
    const address = `${CONSOLE}/knowledge/entries/${items[0].id}`;
    const answer = (page) => page.locator('.answer textarea').first();
    for (const { page } of [one, other]) {
      await page.goto(address);
      await answer(page).waitFor();
    }
    const first = await answer(one.page).inputValue();
    await answer(one.page).fill(`甲写的 ${MARK}`);
    await answer(other.page).fill(`乙写的 ${MARK}`);
    await one.page.getByTestId('save').click();
    await says(one.page, '已发布');

    // the other is told while still writing, and their words are still there
    const note = other.page.getByTestId('outdated');
    await note.waitFor();
    assert.equal(await answer(other.page).inputValue(), `乙写的 ${MARK}`);
    await shoot(other.page, 'conflict');
    await other.page.getByTestId('save').click();
    await says(other.page, '这个条目已被他人修改');
    await button(note, '看新版本').click();
    await note.waitFor({ state: 'detached' });
    assert.equal(await answer(other.page).inputValue(), `甲写的 ${MARK}`);

    // now on purpose
    await answer(other.page).fill(first);
    await other.page.getByTestId('save').click();
    await says(other.page, '已发布');
    const entry = await (
      await one.context.request.get(address.replace('/knowledge', '/api/v1/knowledge'))
    ).json();
    assert.equal(entry.answers[0].text, first);
  });
});
