// What every story needs: a browser with an empty profile, the two addresses, and words that say
// what a person does.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import { chromium } from 'playwright-core';

export const CONSOLE = need('CONSOLE_URL');
export const SIMULATOR = need('SIMULATOR_URL');
const OUT = process.env.OUT ?? 'out';

/** The demo company of the stories, and who works there (demo/xingdu/company.json). */
export const COMPANY = '星渡通信';
export const AGENT = { login: 'xingdu.agent', password: 'demo-xingdu-agent' };
export const EDITOR = { login: 'xingdu.editor', password: 'demo-xingdu-editor' };
export const ADMINISTRATOR = { login: 'xingdu.admin', password: 'demo-xingdu-admin' };
export const OTHER_AGENT = {
  login: 'xingdu.agent2',
  password: 'demo-xingdu-agent2',
  name: '周望舒',
};
export const SUPERVISOR = { login: 'xingdu.lead', password: 'demo-xingdu-lead', name: '陈知行' };
export const HEADQUARTERS = { login: 'hq.admin', password: 'demo-hq-admin' };

/** How long a person would wait before wondering. Generous: a busy machine is slow, not wrong. */
export const PATIENCE = Number(process.env.PATIENCE ?? 30_000);

export function need(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: run the stories by \`cargo xtask test stories\``);
  return value;
}

let browser;

/** The one browser of a file of stories (each file is a process): started by its first window, closed after its last story. */
async function theBrowser() {
  browser ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return await browser;
}
after(async () => {
  await (await browser)?.close();
});

/**
 * What a browser logs as an error though nothing is wrong: a refusal that the story provoked (the page
 * shows it in words), and a line that the story cut.
 */
const EXPECTED =
  /status of 4\d\d|net::ERR_(INTERNET_DISCONNECTED|NETWORK_CHANGED|ABORTED)|WebSocket/;

/** A person with a browser window of their own. Mistakes of the page fail the story at its end. */
export async function openWindow(options = {}) {
  const context = await (await theBrowser()).newContext({
    viewport: { width: 1280, height: 720 },
    locale: 'zh-CN',
    colorScheme: 'light',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const mistakes = [];
  page.on('pageerror', (error) => mistakes.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) mistakes.push(message.text());
  });
  return { context, page, mistakes };
}

export async function shoot(page, name) {
  await mkdir(OUT, { recursive: true });
  // JPEG: drawing two hundred pictures as PNG takes longer than walking the pages
  await page.screenshot({ path: join(OUT, `${name}.jpg`), quality: 80, animations: 'disabled' });
}

/** Runs a story; when it fails, each window leaves a picture of where it stood. */
export async function story(name, windows, walk) {
  try {
    await walk();
  } catch (error) {
    for (const [nth, { page }] of windows.entries())
      await shoot(page, `failed-${name}-${nth}`).catch(() => {});
    throw error;
  }
  for (const { context, mistakes } of windows) {
    assert.deepEqual(mistakes, []);
    await context.close();
  }
}

/** Signs in to the console and waits for the first page. */
export async function signIn(page, { login, password }) {
  await page.goto(CONSOLE);
  await page.locator('input[autocomplete="username"]').fill(login);
  await page.locator('input[autocomplete="current-password"]').fill(password);
  await page.locator('button[type="submit"]').click();
  await page.locator('input[autocomplete="current-password"]').waitFor({ state: 'detached' });
}

/** Opens a window of somebody who is signed in already: the form is walked in the stories of the door. */
export async function openAs({ login, password }, options = {}) {
  const window = await openWindow(options);
  const answer = await window.context.request.post(`${CONSOLE}/api/v1/session`, {
    data: { login, password },
  });
  assert.equal(answer.status(), 201, `${login} cannot sign in: ${await answer.text()}`);
  return window;
}

/** A button by its words. Its icon has a name too, and Ant Design parts two Chinese signs by a space. */
export function button(place, words) {
  const spelled = [...words].length === 2 ? [...words].join(' ?') : words;
  return place.getByRole('button', { name: new RegExp(`(^| )${spelled}$`) });
}

/** Goes to a page of the console without loading everything anew. */
export async function visit(page, path) {
  await page.evaluate((to) => history.pushState({}, '', to), path);
  await settle(page);
}

/** Calls the API as who has this window open. */
export async function call({ context }, method, path, data) {
  const api = `${CONSOLE}/api/v1`;
  const { csrf_token } = await (await context.request.get(`${api}/session`)).json();
  const headers = { 'X-CSRF-Token': csrf_token };
  const answer = await context.request.fetch(api + path, { method, headers, data });
  assert.ok(answer.ok(), `${method} ${path}: ${await answer.text()}`);
  return answer.status() === 204 ? undefined : answer.json();
}

/** Waits until the page has drawn what it asked for. */
export async function settle(page) {
  await page
    .waitForFunction(
      () => (document.querySelector('.shell .content')?.innerText.trim().length ?? 0) > 5,
    )
    .catch(() => assert.fail(`${page.url()} stays empty`));
  await page
    .locator('.ant-skeleton-active, .ant-spin-spinning')
    .first()
    .waitFor({ state: 'hidden' });
}

/**
 * Looks until it is there, each time anew: what the server works out after the fact comes when it comes, and a page
 * does not ask again by itself.
 */
export async function lookUntil(there, lookAgain) {
  const end = Date.now() + 2 * PATIENCE;
  for (;;) {
    await lookAgain();
    const found = await there.waitFor({ timeout: 1500 }).then(
      () => true,
      () => false,
    );
    if (found) return;
    assert.ok(Date.now() < end, `looked again and again: ${there} is not there`);
  }
}

/** What changes earlier answers is told before it is done: the editor reads it and goes on. Then the page says `done`. */
export async function goesOn(page, done) {
  const dialog = page.getByRole('dialog').filter({ hasText: '发布前预演' });
  const goOn = button(dialog, '仍然继续');
  await page.getByText(done).or(goOn).first().waitFor();
  if (await goOn.isVisible()) {
    const accept = dialog.getByTestId('accept-fall');
    if (await accept.isVisible()) await accept.check();
    await goOn.click();
  }
  await says(page, done);
}

/** Waits until the page says something, anywhere. */
export async function says(page, words) {
  await page.getByText(words).first().waitFor();
}

/** Takes a phone of a person who was never seen before and opens the company's chat. */
export async function takePhone(page, company = COMPANY) {
  await page.goto(`${SIMULATOR}/phone`);
  const holder = page.locator('.phone .holder select').first();
  await holder.waitFor();
  const before = await holder.locator('option').count();
  await holder.selectOption('new');
  await page.waitForFunction(
    (count) => document.querySelectorAll('.phone .holder option').length > count,
    before,
  );
  const name = await holder.evaluate((it) => it.selectedOptions[0].textContent.split(' · ')[0]);
  await page.locator('.phone .row', { hasText: company }).first().click();
  return name;
}

/** Writes a line on the phone. With a menu at the bottom, the keyboard is fetched first. */
export async function write(page, text) {
  const field = page.locator('.phone .composer input').first();
  if (!(await field.isVisible())) {
    await page.locator('.phone .menu-bar .switch').first().click();
    await field.waitFor();
  }
  await field.fill(text);
  await field.press('Enter');
}

/** Waits until the phone shows a text. */
export async function reads(page, text) {
  await page.locator('.phone .scroll', { hasText: text }).first().waitFor();
}

/** Says whether the agent takes conversations. */
export async function beReady(page, state = '就绪') {
  await page.getByTestId('agent-state').click();
  await page.getByRole('menuitem', { name: new RegExp(state) }).click();
  await page.getByTestId('agent-state').filter({ hasText: state }).waitFor();
}

/**
 * The customer writes `words` after somebody took the conversation, so the list shows them; the agent
 * opens it by them. Who took it, routing decided: it may be in the queue still.
 */
export async function openConversationOf(desk, phone, words) {
  await desk.locator('.d-tabs').getByRole('tab', { name: '全部' }).click();
  const row = desk.getByTestId('conversation').filter({ hasText: words }).first();
  // The note of the assignment may come after the words; a few more words bring them up again.
  for (let tries = 0; tries < 5 && !(await row.isVisible()); tries += 1) {
    if (tries === 0) await write(phone, words);
    await desk.waitForTimeout(2000);
    if (tries > 0 && !(await row.isVisible())) await write(phone, `${words}！`);
  }
  await row.click();
  await desk.getByTestId('message-in').filter({ hasText: words }).first().waitFor();
  const composer = desk.getByTestId('composer');
  const take = desk.getByTestId('take');
  await composer.or(take).first().waitFor();
  if (await take.isVisible()) await take.click();
  await composer.waitFor();
}
