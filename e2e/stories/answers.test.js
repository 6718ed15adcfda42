// The ten answers beside a thread: they follow what the customer writes, a key inserts one, Shift sends it,
// and each says why it stands there. Quick replies are found by "/".

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AGENT,
  beReady,
  button,
  CONSOLE,
  EDITOR,
  openAs,
  openConversationOf,
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

/** Questions whose answer has several lines, and words of it. */
const LONG = [
  ['流量不够用了咋办呀', '更划算的是加流量包'],
  ['我要携号转网', '60 分钟内有效'],
  ['积分怎么兑换', '清理前会短信提醒'],
];

test('a key inserts an answer, Shift sends it, and the click tells why', async () => {
  const phone = await openWindow();
  const desk = await openAs(AGENT, { viewport: { width: 1440, height: 900 } });
  await story('answers', [phone, desk], async () => {
    await takePhone(phone.page);
    await button(phone.page, '关注公众号').click();
    await desk.page.goto(`${CONSOLE}/desk`);
    await settle(desk.page);
    await beReady(desk.page);
    await write(phone.page, '转人工');
    await openConversationOf(desk.page, phone.page, `请教一下 ${MARK}`);

    await write(phone.page, '我这个月话费咋这么贵呀');
    const first = desk.page.getByTestId('candidate').first();
    await first.filter({ hasText: '话费' }).waitFor();
    await desk.page
      .getByTestId('candidates-for')
      .filter({ hasText: '我这个月话费咋这么贵呀' })
      .waitFor();
    await shoot(desk.page, 'answers');

    // a click tells why
    await first.locator('.a-title').click();
    await first.getByText('相同的字词').waitFor();
    await first.getByText('打开条目').waitFor();
    await shoot(desk.page, 'answers-why');
    await first.locator('.a-title').click();

    // the key inserts, the agent changes a word, and it goes
    const composer = desk.page.getByTestId('composer');
    await composer.press('Escape');
    await desk.page.keyboard.press('1');
    await desk.page.waitForFunction(
      () => document.querySelector('[data-testid="composer"]').value.length > 10,
    );
    const inserted = await composer.inputValue();
    await desk.page.keyboard.press('End');
    await desk.page.keyboard.press('Control+End');
    await desk.page.keyboard.type(` 祝好 ${MARK}`);
    await composer.press('Enter');
    await reads(phone.page, `祝好 ${MARK}`);

    // a digit in the composer is a digit
    await composer.fill('');
    await composer.press('2');
    assert.equal(await composer.inputValue(), '2');
    await composer.fill('');

    // Shift sends at once; the list has followed the customer
    await write(phone.page, '宽带断网了怎么办');
    await desk.page.getByTestId('candidates-for').filter({ hasText: '宽带断网了怎么办' }).waitFor();
    await desk.page
      .getByTestId('candidate')
      .first()
      .filter({ hasText: /宽带|网/ })
      .waitFor();
    const before = await desk.page.getByTestId('message-out').count();
    await composer.press('Escape');
    await desk.page.keyboard.press('Shift+Digit1');
    await desk.page.waitForFunction(
      (count) => document.querySelectorAll('[data-testid="message-out"]').length > count,
      before,
    );
    assert.equal(await composer.inputValue(), '');
    assert.ok(inserted.length > 10);

    // what stands open is read, and long answers that have gone are seen to their last line
    const row = desk.page.locator('.d-row.active');
    for (const [question, answer] of LONG) {
      await write(phone.page, question);
      await desk.page.getByTestId('candidates-for').filter({ hasText: question }).waitFor();
      await row.filter({ hasText: question }).waitFor();
      await row.locator('.ant-badge-count').waitFor({ state: 'detached' });
      await desk.page.keyboard.press('Shift+Digit1');
      const sent = desk.page.getByTestId('message-out').last().filter({ hasText: answer });
      await sent.getByRole('img', { name: 'check' }).waitFor();
      const hidden = await desk.page
        .getByTestId('thread')
        .evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight);
      assert.ok(hidden < 2, `${hidden} px of the answer are out of sight`);
    }

    // own words find another
    await desk.page.getByPlaceholder('用自己的话找答案').fill('流量不够用');
    await says(desk.page, '查找“流量不够用”');
    await desk.page.getByTestId('candidate').first().filter({ hasText: '流量' }).waitFor();

    // a quick reply by its shortcut
    await composer.fill('/sd');
    await desk.page
      .getByTestId('slash')
      .getByRole('option')
      .filter({ hasText: '请稍等' })
      .waitFor();
    await shoot(desk.page, 'answers-slash');
    await composer.press('Enter');
    assert.match(await composer.inputValue(), /大约需要两分钟/);
    await composer.press('Enter');
    await reads(phone.page, '大约需要两分钟');

    // the agent has room again for the other stories
    await desk.page.getByTestId('close').click();
    await button(desk.page.getByRole('tooltip'), '结束').click();
    await says(desk.page, '会话已结束。客户再发消息时会开始新的会话。');
  });
});

test('an editor writes a quick reply for everybody', async () => {
  const window = await openAs(EDITOR);
  const { page } = window;
  await story('quick-replies', [window], async () => {
    await page.goto(`${CONSOLE}/knowledge/quick-replies`);
    await settle(page);
    await button(page, '新建快捷回复').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('标题').fill(`积分有效期 ${MARK}`);
    await dialog.getByLabel('快捷词').fill('有 空格');
    await dialog.locator('textarea').fill(`积分三年内有效 ${MARK}。`);
    await button(dialog, '保存').click();
    await dialog.getByText('快捷词最多 20 个字，不能有空格。').first().waitFor();
    await dialog.getByLabel('快捷词').fill('/JF');
    await button(dialog, '保存').click();
    await dialog.waitFor({ state: 'hidden' });
    const row = page.getByRole('row').filter({ hasText: `积分有效期 ${MARK}` });
    await row.getByText('/jf').waitFor();
    await shoot(page, 'quick-replies');
    await button(row, '删除').click();
    await button(page.getByRole('tooltip'), '删除').click();
    await row.waitFor({ state: 'detached' });
  });
});
