// A customer speaks: WeChat's voice is AMR, which no browser knows; the agent hears it all the same,
// and reads what the platform understood.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AGENT,
  beReady,
  COMPANY,
  openConversationOf,
  openWindow,
  SIMULATOR,
  shoot,
  signIn,
  story,
  takePhone,
  write,
} from './_house.js';

test('an agent hears a voice message, reads its transcript, and can keep one that does not play', async () => {
  const phone = await openWindow();
  const desk = await openWindow();
  await story('voice', [phone, desk], async () => {
    const name = await takePhone(phone.page);
    await phone.page.getByRole('button', { name: '关注公众号', exact: true }).click();
    await signIn(desk.page, AGENT);
    await beReady(desk.page);
    await write(phone.page, '转人工');
    await openConversationOf(desk.page, phone.page, `听一下语音 ${Date.now() % 1_000_000}`);

    await speaks(name, { recognition: '我家的宽带断了' });
    const voice = desk.page.locator('.c-voice').last();
    await voice.getByText('我家的宽带断了').waitFor();
    await voice.getByRole('button', { name: '播放语音' }).click();
    // Decoded and on: the length is known only then, and the sample has three seconds.
    await voice.getByRole('button', { name: /停止 3″/ }).waitFor();
    await shoot(desk.page, 'voice');
    await voice.getByRole('button', { name: /播放语音 3″/ }).waitFor();

    // Says that it is AMR and is not: then it is a file to keep.
    await speaks(name, { data: Buffer.from('#!AMR\n').toString('base64') });
    await desk.page.locator('.c-voice').nth(1).waitFor();
    const broken = desk.page.locator('.c-voice').last();
    await broken.getByRole('button', { name: '播放语音' }).click();
    const link = broken.getByRole('link');
    await link.waitFor();
    const kept = await desk.page.request.get(
      new URL(await link.getAttribute('href'), desk.page.url()).href,
    );
    assert.equal(kept.status(), 200);
    assert.equal((await kept.body()).toString(), '#!AMR\n');

    // The agent has room again for the other stories.
    await desk.page.getByTestId('close').click();
    await desk.page
      .getByRole('tooltip')
      .getByRole('button', { name: /结\s?束/ })
      .click();
    await desk.page.getByText('会话已结束').first().waitFor();
  });
});

/** The person with this name sends a voice message to the company. */
async function speaks(name, voice) {
  const ask = async (path, body) => {
    const answer = await fetch(
      `${SIMULATOR}/_sim${path}`,
      body && { method: 'POST', body: JSON.stringify(body) },
    );
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.json();
  };
  const items = (it) => it.items ?? it;
  const person = items(await ask('/people')).findLast((it) => it.name === name);
  const account = items(await ask('/accounts')).find((it) => it.name === COMPANY);
  await ask(`/accounts/${account.app_id}/people/${person.id}/messages`, {
    type: 'voice',
    wait: true,
    ...voice,
  });
}
