// Draws pages in a real browser: node scripts/shoot.mjs BASE OUT THEME LANGUAGE WIDTHxHEIGHT PATH...
import { mkdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [base, out, theme, language, size, ...paths] = process.argv.slice(2);
const [width, height] = size.split('x').map(Number);
mkdirSync(out, { recursive: true });
const context = await chromium.launchPersistentContext(await mkdtemp(join(tmpdir(), 'shoot-')), {
  executablePath: '/usr/bin/chromium',
  headless: true,
  viewport: { width, height },
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
await context.addInitScript(
  ([appearance, lang]) => {
    localStorage.setItem('chudian.preferences', JSON.stringify({ appearance, language: lang }));
  },
  [theme, language],
);
const page = await context.newPage();
page.on('pageerror', (error) => process.stdout.write(`PAGE ERROR ${error.message}\n`));
page.on('console', (line) => {
  if (['error', 'warning'].includes(line.type()))
    process.stdout.write(`${line.type()}: ${line.text().slice(0, 300)}\n`);
});
if (process.env.LOGIN) {
  const [login, password] = process.env.LOGIN.split(':');
  await page.goto(base, { waitUntil: 'load' });
  await page.fill('input[autocomplete=username]', login);
  await page.fill('input[type=password]', password);
  await page.click('button[type=submit]');
  await page.waitForSelector('.shell', { timeout: 15000 });
}
for (const path of paths) {
  const [address, name, script] = path.split('|');
  await page.goto(base + address, { waitUntil: 'load' });
  await page.waitForTimeout(1800);
  if (script) {
    await page.evaluate(script);
    await page.waitForTimeout(900);
  }
  await page.screenshot({ path: join(out, `${name}.png`) });
}
await context.close();
