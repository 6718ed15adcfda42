// co-wechat-api as a client of the simulator.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const Api = require('co-wechat-api');
const { sim, admin, account, person, check, refused, png, run } = require('./common.cjs');

function client(of) {
  const api = new Api(of.app_id, of.app_secret);
  const base = `${sim}/`;
  Object.assign(api, {
    prefix: `${base}cgi-bin/`,
    snsPrefix: `${base}sns/`,
    mpPrefix: `${base}cgi-bin/`,
    fileServerPrefix: `${base}cgi-bin/`,
    payPrefix: `${base}pay/`,
    merchantPrefix: `${base}merchant/`,
    customservicePrefix: `${base}customservice/`,
    wxaPrefix: `${base}wxa/`,
  });
  // The card and desk methods hold absolute addresses.
  const request = api.request.bind(api);
  api.request = (url, options, retry) =>
    request(url.replace(/^https:\/\/(api|mp)\.weixin\.qq\.com\//, base), options, retry);
  return api;
}

run(async () => {
  const of = await account();
  const api = client(of);
  const one = await person(of.app_id);
  const two = await person(of.app_id);
  for (const it of [one, two]) await admin('POST', `${it.path}/follow`, {});
  await admin('POST', `${one.path}/messages`, { type: 'text', text: '你好' });

  check('addresses', (await api.getIp()).ip_list.includes('127.0.0.1'), true);
  await api.sendText(one.openid, '您好，我是客服');
  check('seen', (await one.last()).text, '您好，我是客服');
  await api.createMenu({ button: [{ type: 'click', name: '话费', key: 'BILL' }] });
  await admin('PUT', '/faults', { expire_tokens: [of.app_id] });
  check('menu, after the token expired', (await api.getMenu()).menu.button[0].name, '话费');
  await refused('too many buttons', 40016, api.createMenu({ button: Array(4).fill({ type: 'click', name: 'a', key: 'b' }) }));
  check('user', (await api.getUser({ openid: one.openid, lang: 'en' })).subscribe, 1);
  check('followers', (await api.getFollowers()).total, 2);
  check('batch', (await api.batchGetUsers([one.openid, two.openid])).user_info_list.length, 2);
  await api.updateRemark(one.openid, '备注');
  const { group } = await api.createGroup('组');
  await api.moveUserToGroup(one.openid, group.id);
  check('group', (await api.getWhichGroup(one.openid)).groupid, group.id);
  await api.addKfAccount('lisi@oracle', '李四', 'secret');
  check('desks', (await api.getCustomServiceList()).kf_list.length, 1);
  const file = path.join(os.tmpdir(), `oracle-${process.pid}.png`);
  fs.writeFileSync(file, png);
  const media = await api.uploadMedia(file, 'image');
  await api.sendImage(one.openid, media.media_id);
  check('picture', (await one.last()).media, media.media_id);
  check('downloaded', Buffer.compare(await api.getMedia(media.media_id), png), 0);
  const kept = await api.uploadMaterial(file, 'image');
  check('materials', (await api.getMaterialCount()).image_count, 1);
  check('listed', (await api.getMaterials('image', 0, 5)).item[0].media_id, kept.media_id);
  fs.unlinkSync(file);
  const code = await api.createTmpQRCode(10000, 1800);
  check('code', code.expire_seconds, 1800);
  await api.createLimitQRCode(7);
  const template = await api.addTemplate('TM00015');
  const sent = await api.sendTemplate(one.openid, template.template_id, 'https://example.com', '#000', { keyword1: { value: 'x' } });
  check('template', sent.msgid > 0, true);
  const mass = await api.massSendText('节日快乐', [one.openid, two.openid]);
  check('mass', mass.errcode, 0);
  check('card', (await api.createCard({ card_type: 'GIFT', gift: { base_info: { title: '赠品' }, gift: '杯' } })).errcode, 0);
  check('ticket', (await api.getTicket()).ticket.length > 20, true);
  await refused('a foreign openid', 40003, api.sendText('oNobody', '?'));
  await admin('PUT', '/faults', { faults: [{ on: 'api', app_id: of.app_id, next: 2, effect: { kind: 'errcode', errcode: 40001 } }] });
  check('two bad tokens are survived', (await api.getFollowers()).total, 2);
  console.log('co-wechat-api as client: all as on the platform');
});
