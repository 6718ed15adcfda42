// An account is connected, and everything that can be wrong is wrong once: the AppID, the secret, the
// address, the list of addresses, the platform's address. Each is told in plain words; mended, all is well.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  ADMINISTRATOR,
  button,
  CONSOLE,
  openAs,
  SIMULATOR,
  says,
  settle,
  shoot,
  story,
} from './_house.js';

const MARK = String(Date.now() % 10_000_000).padStart(8, '0');
const APP_ID = `wx00000000${MARK}`;
const ORIGINAL = `gh_0000${MARK}`;
const SECRET = `0123456789abcdef0123456789${MARK}`.slice(0, 32);

after(async () => {
  // a whitelist that shuts everybody out would spoil the next walk
  await simulator('PATCH', `/_sim/accounts/${APP_ID}`, { ip_list: [] }).catch(() => {});
});

async function simulator(method, path, body) {
  const answer = await fetch(SIMULATOR + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

test('an account is connected step by step, and each mistake is named', async () => {
  const window = await openAs(ADMINISTRATOR);
  const { page } = window;
  await story('inbox', [window], async () => {
    await page.goto(`${CONSOLE}/settings/inboxes/new`);
    await settle(page);
    await button(page, '下一步').click();
    assert.ok((await page.getByText('请填写此项').count()) >= 4);
    await page.getByLabel('名称').fill(`分公司服务号 ${MARK}`);
    await page.getByLabel('AppID', { exact: true }).fill('1234');
    await page.getByLabel('原始 ID').fill('1234');
    await says(page, 'AppID 以 wx 开头，只有字母和数字');
    await says(page, '原始 ID 以 gh_ 开头');
    await page.getByLabel('AppID', { exact: true }).fill(APP_ID);
    await page.getByLabel('原始 ID').fill(ORIGINAL);
    await page.getByLabel('平台接口地址').fill('http://127.0.0.1:9');
    await page.getByLabel('AppSecret').fill('f'.repeat(32));
    await button(page, '下一步').click();
    await says(page, '请打开平台后台的“基本配置 → 服务器配置”');
    const copied = await page.locator('.copy-line .mono').allInnerTexts();
    const [url, token, key] = copied.map((it) => it.trim());
    assert.match(url, /\/hooks\/wechat\/\w+$/);
    assert.equal(key.length, 43);
    await shoot(page, 'inbox-copy');
    await button(page, '已填好，开始检查').click();

    // the platform's address is wrong: nobody answers there
    await says(page, '连不上平台。请检查服务器的出口');
    await says(page, '平台还没有访问过这个地址');
    await shoot(page, 'inbox-unreachable');
    // what was typed is still there, and what is in the platform's console already stays as it is
    await button(page, '修改账号').click();
    await page.getByLabel('平台接口地址', { exact: true }).fill(SIMULATOR);
    await button(page, '下一步').click();
    await says(page, url);
    await says(page, key);
    await button(page, '已填好，开始检查').click();
    await says(page, '平台不认识这个 AppID，请从平台后台重新复制。');
    await button(page, '完成').click();
    await page.waitForURL(/inboxes\/inb_/);

    await simulator('POST', '/_sim/accounts', {
      app_id: APP_ID,
      app_secret: SECRET,
      original_id: ORIGINAL,
      name: `分公司服务号 ${MARK}`,
      account_kind: 'service',
      mode: 'safe',
    });
    await again(page, 'AppSecret 不对。请在平台后台重置，把新的填进来。');
    await shoot(page, 'inbox-secret');

    await simulator('PATCH', `/_sim/accounts/${APP_ID}`, { ip_list: ['203.0.113.9'] });
    await mend(page, { AppSecret: SECRET }, '平台拒绝了本服务器的地址。');
    await simulator('PATCH', `/_sim/accounts/${APP_ID}`, { ip_list: [] });
    await again(page, '取得了访问令牌，AppID 与 AppSecret 正确。');
    await says(page, '公众号还没有菜单');

    await simulator('PUT', `/_sim/accounts/${APP_ID}/callback`, {
      url,
      token,
      aes_key: key,
      mode: 'safe',
    });
    await again(page, '平台已经验证了地址，还没有消息。');
    const { id } = await simulator('POST', '/_sim/people', { name: '第一位客户' });
    await simulator('POST', `/_sim/accounts/${APP_ID}/people/${id}/follow`, { wait: true });
    await again(page, '已经收到客户的消息。');
    await shoot(page, 'inbox-well');
  });
});

/** Changes fields, saves, and looks again. */
async function mend(page, fields, words) {
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).fill(value);
  await button(page, '保存').click();
  await says(page, '已保存');
  await again(page, words);
}

/** Looks again until the page says it: the server remembers a refusal of the platform for five seconds. */
async function again(page, words) {
  let steps;
  for (let tries = 0; tries < 6; tries += 1) {
    // while a look is under way, another is not asked for
    await page.locator('.ant-btn-loading').waitFor({ state: 'detached' });
    const looked = page.waitForResponse('**/checks');
    await button(page, '重新检查').click();
    steps = (await (await looked).json()).steps;
    await page.locator('.ant-btn-loading').waitFor({ state: 'detached' });
    if (await page.getByText(words).first().isVisible()) return;
    await page.waitForTimeout(1200);
  }
  assert.fail(`${words}: ${JSON.stringify(steps)}`);
}
