// The door of a server that nobody has used yet: the first administrator, an empty house, the way out, a
// wrong password, and the lock after too many of them. It has a server of its own, because set-up closes
// for ever and a lock lasts a quarter of an hour.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { button, need, openWindow, PATIENCE, says, settle, shoot, story, visit } from './_house.js';

const FOUNDER = { login: 'founder', name: '沈知微', password: '一句记得住的话 2026' };

let server;
let folder;
let address;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chudian-door-'));
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  server = spawn(need('CHUDIAN'), ['serve'], {
    stdio: 'ignore',
    env: {
      ...process.env,
      CHUDIAN__SERVER__LISTEN: `127.0.0.1:${port}`,
      CHUDIAN__SERVER__PUBLIC_URL: address,
      CHUDIAN__DATA__FOLDER: join(folder, 'data'),
      CHUDIAN__SECRETS__KEY_FILE: join(folder, 'secret.key'),
      CHUDIAN__LIMITS__ACCOUNT_FAILURES: '3',
    },
  });
  await answers(`${address}/healthz`);
});
after(async () => {
  if (server && server.exitCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
});

async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  return port;
}

async function answers(url) {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    if (
      await fetch(url).then(
        (it) => it.ok,
        () => false,
      )
    )
      return;
    await new Promise((again) => setTimeout(again, 100));
  }
  assert.fail(`the server does not answer at ${url}`);
}

/** What every page of a house says in which nothing is. */
const EMPTY = {
  '/desk': '还没有会话',
  '/contacts': '还没有客户',
  '/knowledge': '知识库还是空的',
  '/bot/keywords': '还没有关键词规则',
  '/bot/text-menu': '还没有文本菜单',
  '/bot/account-menu': '还没有接入公众号',
  '/settings/inboxes': '还没有接入账号',
  '/settings/members': '还没有成员企业',
  '/settings/api-keys': '还没有密钥',
  '/settings/inbound': '还没有收到过推送',
  '/settings/audit': '初次设置',
};

test('the first administrator moves into an empty house, and set-up closes behind them', async () => {
  const window = await openWindow();
  const { page } = window;
  await story('set-up', [window], async () => {
    await page.goto(address);
    await says(page, '初次设置');
    await shoot(page, 'set-up');
    const create = button(page, '创建并进入');
    await page.getByLabel('总部名称').fill('云岫集团');
    await page.getByLabel('您的姓名').fill(FOUNDER.name);
    await page.getByLabel('账号').fill('a b');
    await page.getByLabel('密码', { exact: true }).fill('short');
    await page.getByLabel('再输一次密码').fill('other');
    await create.click();
    await says(page, '2 到 64 个字母、数字或 @ . _ + -');
    await says(page, '两次输入不一致');
    await page.getByLabel('账号').fill(FOUNDER.login);
    await page.getByLabel('密码', { exact: true }).fill('password');
    await page.getByLabel('再输一次密码').fill('password');
    await create.click();
    // the browser's rules are kept; the server knows that everybody chooses this one
    await says(page, '密码不够安全，请换一个更长、不常见的。');
    await shoot(page, 'set-up-refused');
    await page.getByLabel('密码', { exact: true }).fill(FOUNDER.password);
    await page.getByLabel('再输一次密码').fill(FOUNDER.password);
    await create.click();
    await settle(page);
    await page.getByText('云岫集团').first().waitFor();

    for (const [path, words] of Object.entries(EMPTY)) {
      await visit(page, path);
      await says(page, words);
    }
    // an empty page leads on
    await visit(page, '/desk');
    await button(page.locator('.d-thread'), '接入公众号').click();
    await page.waitForURL('**/settings/inboxes/new');

    await page.getByRole('button', { name: FOUNDER.name }).click();
    await page.getByRole('menuitem', { name: '退出登录' }).click();
    await says(page, '使用管理员分配给您的账号。');
    await page.reload();
    await says(page, '使用管理员分配给您的账号。');
  });
});

test('a wrong password is refused in words, and too many lock the account for a while', async () => {
  const window = await openWindow();
  const { page } = window;
  await story('door', [window], async () => {
    await page.goto(address);
    const enter = button(page, '登录');
    await enter.click();
    assert.equal(await page.getByText('请填写此项').count(), 2);
    await page.locator('input[autocomplete="username"]').fill(FOUNDER.login);
    for (let tries = 0; tries < 3; tries += 1) {
      await page.locator('input[autocomplete="current-password"]').fill(`wrong ${tries}`);
      const [answer] = await Promise.all([
        page.waitForResponse('**/api/v1/session'),
        enter.click(),
      ]);
      assert.equal(answer.status(), 401);
      await says(page, '账号或密码不对。');
    }
    await shoot(page, 'door-wrong');
    // locked: the right one does not open it now, and the page says what to do
    await page.locator('input[autocomplete="current-password"]').fill(FOUNDER.password);
    await enter.click();
    await says(page, '尝试次数太多，请稍等几分钟再登录。');
    await shoot(page, 'door-locked');
    await page.getByRole('button', { name: 'English' }).click();
    await says(page, 'Too many');
  });
});
