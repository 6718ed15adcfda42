// co-wechat as an account's server: the simulator verifies it and pushes to it.
const Koa = require('koa');
const wechat = require('co-wechat');
const { admin, account, person, check, run } = require('./common.cjs');

run(async () => {
  const of = await account();
  const app = new Koa();
  app.silent = true;
  app.use(
    wechat({ token: of.token, appid: of.app_id, encodingAESKey: of.aes_key }).middleware(async (message) => {
      if (message.MsgType === 'event') return `事件 ${message.Event}`;
      if (message.MsgType !== 'text') return '';
      if (message.Content === '图文') return [{ title: '标题', description: '说明', picurl: '', url: 'https://example.com' }];
      if (message.Content === '人工') return { type: 'customerService', kfAccount: 'none@oracle' };
      return `你说：${message.Content}`;
    }),
  );
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const one = await person(of.app_id);
  const set = (more) =>
    admin('PUT', `/accounts/${of.app_id}/callback`, { url, token: of.token, aes_key: of.aes_key, ...more });

  for (const mode of ['safe', 'plain']) {
    console.log(mode);
    check('verified', (await set({ mode })).ok, true);
    check('welcomed', (await one.follow()).outcome, 'answered');
    check('the welcome', (await one.last()).text, '事件 subscribe');
    await one.sends({ type: 'text', text: '话费怎么查' });
    check('text', (await one.last()).text, '你说：话费怎么查');
    await one.sends({ type: 'text', text: '图文' });
    check('article', (await one.last()).items[0].title, '标题');
    check('empty body', (await one.sends({ type: 'image' })).outcome, 'acknowledged');
    check('hand-over', (await one.sends({ type: 'text', text: '人工' })).outcome, 'answered');
    check('click', (await one.clicks('BILL')).outcome, 'answered');
    await admin('POST', `${one.path}/unfollow`, { wait: true });
  }
  const { items } = await admin('GET', '/log');
  const flagged = items.some((it) => it.app_id === of.app_id && it.summary.includes('CreateTime is in milliseconds'));
  check('its CreateTime is accepted and flagged', flagged, true);
  const wrong = await set({ mode: 'safe', token: 'another1' });
  check('a wrong token is not verified', [wrong.ok, wrong.status], [false, 401]);
  console.log('co-wechat as server: all as on the platform');
});
