// Two npm packages, one of them the platform's own: both read our vectors, seal pushes and open our replies.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(`${process.env.ORACLES}/`);
const WechatCrypto = require('wechat-crypto');
const wecom = require('@wecom/crypto');

const { HOOK, TOKEN, AES_KEY, APP_ID, ACCOUNT, VECTORS, RULES } = process.env;
let failures = 0;

/** One line for each thing looked at. */
function check(what, good, detail = '') {
  process.stdout.write(`${good ? 'ok      ' : 'FAILED  '}${what}${good ? '' : `: ${detail}`}\n`);
  if (!good) failures += 1;
}

const packages = [
  {
    name: 'wechat-crypto',
    open: (key, encrypted) => new WechatCrypto('t', key, 'a').decrypt(encrypted),
    seal: (key, id, message) => new WechatCrypto('t', key, id).encrypt(message),
    sign: (token, timestamp, nonce, encrypted) =>
      new WechatCrypto(token, AES_KEY, APP_ID).getSignature(timestamp, nonce, encrypted),
  },
  {
    name: '@wecom/crypto',
    open: (key, encrypted) => wecom.decrypt(key, encrypted),
    seal: (key, id, message) => wecom.encrypt(key, message, id),
    sign: (token, timestamp, nonce, encrypted) => wecom.getSignature(token, timestamp, nonce, encrypted),
  },
];

const vectors = JSON.parse(readFileSync(VECTORS, 'utf8'));
for (const it of packages) {
  let agreed = 0;
  const sound = vectors.crypto.filter((vector) => vector.expect === 'ok');
  for (const vector of sound) {
    const account = vectors.accounts[vector.account];
    const opened = it.open(account.encoding_aes_key, vector.encrypt);
    const signature = it.sign(account.token, vector.timestamp, vector.nonce, vector.encrypt);
    if (opened.message === vector.message && opened.id === account.receive_id && signature === vector.msg_signature) {
      agreed += 1;
    }
  }
  check(`${it.name} reads our vectors`, sound.length >= 10 && agreed === sound.length, `${agreed} of ${sound.length}`);
}

const element = (xml, name) =>
  new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([\\s\\S]*?)(?:\\]\\]>)?</${name}>`).exec(xml)?.[1];

const keywords = Object.entries(JSON.parse(readFileSync(RULES, 'utf8')).keywords);
for (const it of packages) {
  for (const [number, [word, answer]] of keywords.entries()) {
    const openid = `oNode${it.name.length}${String(process.pid).padStart(10, '0')}${String(number).padStart(12, '0')}`;
    const now = String(Math.floor(Date.now() / 1000));
    const nonce = String(900000000 + number);
    const inner =
      `<xml><ToUserName><![CDATA[${ACCOUNT}]]></ToUserName><FromUserName><![CDATA[${openid}]]></FromUserName>` +
      `<CreateTime>${now}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${word}]]></Content>` +
      `<MsgId>${Date.now()}${number}</MsgId></xml>`;
    const encrypted = it.seal(AES_KEY, APP_ID, inner);
    const query = new URLSearchParams({
      signature: it.sign(TOKEN, now, nonce, ''),
      timestamp: now,
      nonce,
      openid,
      encrypt_type: 'aes',
      msg_signature: it.sign(TOKEN, now, nonce, encrypted),
    });
    const response = await fetch(`${HOOK}?${query}`, {
      method: 'POST',
      body: `<xml><ToUserName><![CDATA[${ACCOUNT}]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`,
    });
    const text = await response.text();
    const sealed = element(text, 'Encrypt');
    const signature = sealed && it.sign(TOKEN, element(text, 'TimeStamp'), element(text, 'Nonce'), sealed);
    const reply = sealed ? it.open(AES_KEY, sealed).message : text;
    check(
      `${it.name}: answer to ${word}`,
      response.status === 200 && signature === element(text, 'MsgSignature') && element(reply, 'Content') === answer,
      `HTTP ${response.status} ${reply.slice(0, 200)}`,
    );
  }
}
process.stdout.write(`${failures} failed\n`);
process.exit(failures ? 1 : 0);
