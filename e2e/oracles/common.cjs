// The stage of the Node scripts: an account on the simulator, people, and checks.
const sim = process.env.SIM_URL.replace(/\/$/, '');

const letters = (count, from = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789') =>
  Array.from({ length: count }, () => from[Math.floor(Math.random() * from.length)]).join('');

async function admin(method, path, body) {
  const answer = await fetch(`${sim}/_sim${path}`, { method, body: body && JSON.stringify(body) });
  const value = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`);
  return value;
}

async function account() {
  const hex = '0123456789abcdef';
  const made = {
    app_id: `wx${letters(16, hex)}`,
    app_secret: letters(32, hex),
    original_id: `gh_${letters(12, hex)}`,
    name: 'oracle',
    account_kind: 'service',
  };
  await admin('POST', '/accounts', made);
  return { ...made, token: letters(16), aes_key: letters(43) };
}

async function person(app) {
  const { id } = await admin('POST', '/people', {});
  const path = `/accounts/${app}/people/${id}`;
  const chat = () => admin('GET', `/people/${id}/chats/${app}`);
  return {
    id,
    path,
    chat,
    openid: (await chat()).openid,
    follow: () => admin('POST', `${path}/follow`, { wait: true }).then((it) => it.ending),
    sends: (message) => admin('POST', `${path}/messages`, { ...message, wait: true }).then((it) => it.ending),
    clicks: (key) => admin('POST', `${path}/menu-clicks`, { key, wait: true }).then((it) => it.ending),
    last: async () => (await chat()).items.at(-1).content,
  };
}

function check(what, found, wanted) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`FAILED ${what}: wanted ${b}, found ${a}`);
  console.log(`  ok ${what}`);
}

async function refused(what, code, promise) {
  try {
    await promise;
  } catch (error) {
    return check(what, error.code ?? error.errcode ?? Number(/\d{5}/.exec(String(error))?.[0]), code);
  }
  throw new Error(`FAILED ${what}: it was not refused`);
}

const png = Buffer.from(
  '89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de' +
    '0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082',
  'hex',
);

function run(main) {
  main().then(
    () => process.exit(0),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
}

module.exports = { sim, admin, account, person, check, refused, png, run };
