// wechat-api (callback style) as a client of the simulator.
const { promisify } = require('node:util');
const Api = require('wechat-api');
const { sim, admin, account, person, check, refused, run } = require('./common.cjs');

run(async () => {
  const of = await account();
  const api = new Api(of.app_id, of.app_secret);
  api.endpoint = sim;
  api.prefix = `${sim}/cgi-bin/`;
  api.mpPrefix = `${sim}/cgi-bin/`;
  api.fileServerPrefix = `${sim}/cgi-bin/`;
  const call = (name, ...values) => promisify(api[name].bind(api))(...values);
  const one = await person(of.app_id);
  await admin('POST', `${one.path}/follow`, {});
  await admin('POST', `${one.path}/messages`, { type: 'text', text: '你好' });

  await call('sendText', one.openid, '您好');
  check('seen', (await one.last()).text, '您好');
  await call('createMenu', { button: [{ type: 'click', name: '话费', key: 'BILL' }] });
  check('menu', (await call('getMenu')).menu.button[0].key, 'BILL');
  check('user', (await call('getUser', one.openid)).subscribe, 1);
  check('followers', (await call('getFollowers')).total, 1);
  check('code', (await call('createTmpQRCode', 123, 60)).expire_seconds, 60);
  await admin('PUT', '/faults', { faults: [{ on: 'api', app_id: of.app_id, next: 1, effect: { kind: 'errcode', errcode: 40001 } }] });
  check('one bad token is survived', (await call('getFollowers')).total, 1);
  await refused('a foreign openid', 40003, call('sendText', 'oNobody', '?'));
  console.log('wechat-api as client: all as on the platform');
});
