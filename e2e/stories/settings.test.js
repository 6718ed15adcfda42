// People and keys: what an administrator does now and then, and the password that is asked again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ADMINISTRATOR,
  button,
  CONSOLE,
  openAs,
  openWindow,
  says,
  settle,
  shoot,
  signIn,
  story,
  visit,
} from './_house.js';

const NEW = {
  login: `new.hand.${Date.now() % 1_000_000}`,
  name: '新来的同事',
  password: '三餐四季 温柔有趣',
};

test('a person is made, signs in, and is shut out at once', async () => {
  const window = await openAs(ADMINISTRATOR);
  const hand = await openWindow();
  const { page } = window;
  await story('users', [window, hand], async () => {
    await page.goto(`${CONSOLE}/settings/users`);
    await settle(page);
    await button(page, '新建用户').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('姓名').fill(NEW.name);
    await dialog.getByLabel('账号').fill(ADMINISTRATOR.login);
    await dialog.getByLabel('初始密码').fill(NEW.password);
    await button(dialog, '保存').click();
    await dialog.getByText('这个账号名已有人使用，请换一个。').first().waitFor();
    await dialog.getByLabel('账号').fill(NEW.login);
    await button(dialog, '保存').click();
    await dialog.waitFor({ state: 'hidden' });

    await signIn(hand.page, NEW);
    await hand.page.locator('.shell').waitFor();
    await changePassword(hand.page);

    await page.getByPlaceholder('搜索姓名或账号').fill(NEW.login);
    const row = page.getByRole('row').filter({ hasText: NEW.login });
    await row.waitFor();
    await button(row, '停用').click();
    await button(page.getByRole('dialog'), '停用').click();
    await row.getByText('停用').first().waitFor();
    // the open window of the one who was shut out ends at the door
    await hand.page.locator('input[autocomplete="username"]').waitFor();
  });
});

/** The own profile: another password, another language, another appearance. */
async function changePassword(page) {
  const profile = page.getByRole('button', { name: NEW.name });
  await profile.click();
  await page.getByRole('menuitem', { name: '修改密码' }).click();
  const dialog = page.getByRole('dialog').filter({ hasText: '修改密码' });
  await dialog.getByLabel('当前密码').fill('not this one');
  await dialog.getByLabel('新密码').fill('password');
  await button(dialog, '保存').click();
  await dialog.getByText('密码不够安全，请换一个更长、不常见的。').first().waitFor();
  await dialog.getByLabel('新密码').fill(`${NEW.password}，第二年`);
  await button(dialog, '保存').click();
  await dialog.getByText('当前密码不对。').first().waitFor();
  await shoot(page, 'password-change');
  await dialog.getByLabel('当前密码').fill(NEW.password);
  await button(dialog, '保存').click();
  await says(page, '密码已修改，其他设备上的登录已失效');
  await dialog.waitFor({ state: 'hidden' });

  await profile.click();
  await page.getByRole('menuitem', { name: '外观' }).hover();
  await page.getByRole('menuitem', { name: '深色' }).click();
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
  await profile.click();
  await page.getByRole('menuitem', { name: '语言' }).hover();
  await page.getByRole('menuitem', { name: 'English' }).click();
  await page.getByRole('menuitem', { name: 'Desk' }).waitFor();
  await page.reload();
  await page.getByRole('menuitem', { name: 'Desk' }).waitFor();
}

test('the password is asked again before a key is made, and a wrong one is refused', async () => {
  const window = await openAs(ADMINISTRATOR);
  const { page } = window;
  await story('again', [window], async () => {
    // A log-in goes stale after a quarter of an hour; here the refusal comes at once, in the server's words.
    const purpose = `账单系统 ${Date.now() % 1_000_000}`;
    let refusals = 1;
    await page.route('**/api/v1/api-keys', async (route) => {
      if (route.request().method() !== 'POST' || refusals === 0) return route.continue();
      refusals -= 1;
      await route.fulfill({
        status: 403,
        contentType: 'application/problem+json',
        body: JSON.stringify({ status: 403, code: 'session.stale', title: 'Forbidden' }),
      });
    });
    await page.goto(`${CONSOLE}/settings/api-keys`);
    await settle(page);
    await button(page.locator('.page-head'), '新建密钥').click();
    const dialog = page.getByRole('dialog').filter({ hasText: '新建密钥' });
    await dialog.getByLabel('用途').fill(purpose);
    await dialog.getByText('查看知识库').click();
    await button(dialog, '新建').click();

    const again = page.getByRole('dialog').filter({ hasText: '请再输入一次密码' });
    await again.getByLabel('密码').fill('not this one');
    await button(again, '确定').click();
    await again.getByText('账号或密码不对。').waitFor();
    await shoot(page, 'password-again');
    await again.getByLabel('密码').fill(ADMINISTRATOR.password);
    await button(again, '确定').click();

    // the act goes on by itself, and the key is shown once
    const key = await dialog.getByText(/^ck_\w+/).innerText();
    const answer = await fetch(`${CONSOLE}/api/v1/knowledge/entries?limit=1`, {
      headers: { authorization: `Bearer ${key.trim()}` },
    });
    assert.equal(answer.status, 200);
    await button(dialog, '完成').click();
    const row = page.getByRole('row').filter({ hasText: purpose });
    await button(row, '撤销').click();
    await button(page.getByRole('tooltip'), '撤销').click();
    await row.waitFor({ state: 'detached' });
    const refused = await fetch(`${CONSOLE}/api/v1/knowledge/entries?limit=1`, {
      headers: { authorization: `Bearer ${key.trim()}` },
    });
    assert.equal(refused.status, 401);
  });
});

test('a look at a raw message is told before and found in the audit log after', async () => {
  const window = await openAs(ADMINISTRATOR);
  const { page } = window;
  await story('raw', [window], async () => {
    await page.goto(`${CONSOLE}/settings/inbound`);
    await settle(page);
    await page.getByRole('row').getByRole('button', { name: '查看' }).first().click();
    await says(page, '每次查看都会连同您的姓名记入审计日志');
    const drawer = page.getByRole('dialog');
    const id = await drawer.getByText(/^inp_\w+$/).innerText();
    assert.equal(await page.getByTestId('raw').count(), 0);
    await button(drawer, '查看原文').click();
    assert.match(await page.getByTestId('raw').innerText(), /<xml>|"MsgType"/);
    await visit(page, '/settings/audit');
    const row = page.getByRole('row').filter({ hasText: id }).filter({ hasText: '查看原始消息' });
    await row.first().waitFor();
    await row.first().getByText('宋予安').waitFor();
  });
});
