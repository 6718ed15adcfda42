// A model writes an answer where no written one is sure: from the settings to the phone, and what the console shows
// of it. The model is a stand-in: it writes what the story wants.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { before, test } from 'node:test';
import {
  ADMINISTRATOR,
  button,
  CONSOLE,
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

const LABEL = '以上由人工智能根据公开资料生成，仅供参考';
const QUESTION = '请问我办的那个宽带要多少天才能有人上门来装';

const ENTRY = '宽带报装后多久上门安装';

/** A model's endpoint that writes what `says` holds; [#] is the number of our entry. */
function startModel() {
  const model = { says: '', heard: [] };
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const heard = Buffer.concat(parts).toString();
    model.heard.push(heard);
    const material = JSON.parse(JSON.parse(heard).messages[1].content);
    const number = material.资料.find((one) => one.问题 === ENTRY)?.编号 ?? 1;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        choices: [
          {
            message: { role: 'assistant', content: model.says.replace('[#]', `[${number}]`) },
            finish_reason: 'stop',
          },
        ],
        usage: { prompt_tokens: 412, completion_tokens: 31 },
      }),
    );
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      model.url = `http://127.0.0.1:${server.address().port}/v1`;
      model.stop = () => server.close();
      resolve(model);
    });
  });
}

let model;
let entry;
let administrator;

before(async () => {
  model = await startModel();
  administrator = await openAs(ADMINISTRATOR);
  const { csrf_token } = await (
    await administrator.context.request.get(`${CONSOLE}/api/v1/session`)
  ).json();
  const made = await administrator.context.request.post(`${CONSOLE}/api/v1/knowledge/entries`, {
    headers: { 'x-csrf-token': csrf_token },
    data: {
      question: ENTRY,
      answers: [
        { type: 'text', text: '宽带报装成功后，装维师傅会在2个工作日内联系您，预约上门安装。' },
      ],
    },
  });
  assert.ok(made.ok(), await made.text());
  entry = { ...(await made.json()), csrf_token };
});

/** The demo goes on as it was for the stories that follow. */
async function tidyUp() {
  const { request } = administrator.context;
  const headers = { 'x-csrf-token': entry.csrf_token };
  const kept = await (await request.get(`${CONSOLE}/api/v1/knowledge/generation`)).json();
  const { label, seconds, requests_a_day, tokens_a_day } = kept;
  const data = { enabled: false, label, seconds, requests_a_day, tokens_a_day };
  await request.put(`${CONSOLE}/api/v1/knowledge/generation`, { headers, data });
  await request.delete(`${CONSOLE}/api/v1/knowledge/entries/${entry.id}`, { headers });
  await administrator.context.close();
  model.stop();
}

test('an administrator turns it on, a customer reads a labelled answer, and the console tells why', async () => {
  const phone = await openWindow({ viewport: { width: 420, height: 760 } });
  const windows = [phone];
  const { page } = administrator;
  const walk = async () => {
    await page.goto(`${CONSOLE}/settings/generation`);
    await settle(page);
    await page.getByTestId('generation-on').click();
    await page.locator('#endpoint_url').fill(model.url);
    await page.locator('#endpoint_model').fill('stand-in');
    await page.locator('#endpoint_key').fill('sk-story');
    await button(page, '保存').click();
    await says(page, '试一次');

    // Its check says what is wrong, then that it works.
    model.says = '退款申请通过后，9个工作日到账[#]。';
    await button(page, '试一次').click();
    await says(page, '现在不能用');
    await says(page, '在它引用的条目里找不到');
    await shoot(page, 'generation-check-fails');
    model.says = '退款申请通过后，3个工作日内原路退回到您的支付账户[#]。';
    await button(page, '试一次').click();
    await says(page, '可用。');
    await shoot(page, 'generation-settings');
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot(page, 'generation-settings-dark');
    await page.emulateMedia({ colorScheme: 'light' });

    // On the bench: only on a press of the button.
    await visit(page, '/bot/test');
    const asked = model.heard.length;
    await page.getByTestId('bench-input').fill(QUESTION);
    await page.getByTestId('bench-input').press('Enter');
    await page.getByTestId('generation-trial').waitFor();
    assert.equal(model.heard.length, asked);
    model.says = '宽带报装成功后，装维师傅会在2个工作日内联系您，预约上门安装[#]。';
    await page.getByTestId('generation-trial').getByRole('button').click();
    await says(page, LABEL);
    await shoot(page, 'generation-bench');

    // The customer reads it, with its label; the number stays in the house.
    await takePhone(phone.page);
    await button(phone.page, '关注公众号').click();
    await reads(phone.page, '欢迎关注星渡通信');
    await write(phone.page, `${QUESTION}，我的电话13800138000`);
    await reads(phone.page, LABEL);
    await reads(phone.page, '2个工作日内联系您');
    await shoot(phone.page, 'generation-phone');
    assert.ok(!model.heard.at(-1).includes('13800138000'));

    // The console marks it, and shows which entries it cites.
    await visit(page, '/desk?view=bot');
    const row = page.getByTestId('conversation').filter({ hasText: '人工智能' }).first();
    await row.click();
    const message = page.getByTestId('message-out').filter({ hasText: LABEL }).last();
    await message.getByText('AI 生成').waitFor();
    await message.getByRole('button', { name: '为什么' }).click();
    await page.getByTestId('citation').filter({ hasText: ENTRY }).waitFor();
    await shoot(page, 'generation-thread');
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot(page, 'generation-thread-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.keyboard.press('Escape');

    // What it makes up is not said.
    model.says = '宽带报装成功后，装维师傅会在2小时内上门，安装费100元[#]。';
    await write(phone.page, QUESTION);
    const without = /抱歉，这个问题|您是不是想问/;
    await reads(phone.page, without);
    const next = page.getByTestId('message-out').filter({ hasText: without }).last();
    await next.getByRole('button', { name: '为什么' }).click();
    await says(page, '在它引用的条目里找不到');
    await shoot(page, 'generation-refused');
    const seen = await phone.page.locator('.phone .scroll').first().textContent();
    assert.ok(!seen.includes('100元'), seen);
  };
  try {
    await story('generation', windows, walk);
  } catch (error) {
    await shoot(page, 'failed-generation-console');
    throw error;
  } finally {
    await tidyUp();
  }
});
