// A table with mistakes is imported: each row that cannot be used is told by number, in the reader's
// language, the others go in, and the bot answers from them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { button, CONSOLE, EDITOR, openAs, says, settle, shoot, story, visit } from './_house.js';
import { workbook } from './_workbook.js';

const MARK = `${Date.now() % 1_000_000}`;
const QUESTION = `雪球卡第${MARK}期怎么领取`;

const TABLE = [
  'question,similar,answer,category',
  `${QUESTION},雪球卡领取${MARK}|雪球卡在哪里领${MARK},请在营业厅出示短信领取 ${MARK}。,活动`,
  ',没有标准问,有答案,活动',
  `${QUESTION},,重复的问题,活动`,
  `新问题没有答案${MARK},,,活动`,
  `答案像数据${MARK},,[{坏的,活动`,
  `分类太深${MARK},,答案,一/二/三/四/五/六`,
  `${'长'.repeat(201)},,答案,活动`,
].join('\n');

/** The rows that are refused: their number, and what is said about them. */
const REFUSED = {
  'zh-CN': [
    [3, '标准问', '请填写标准问。'],
    [4, '标准问', '与第 2 行是同一个问题。'],
    [5, '回答', '这是新的问题，需要写答案。'],
    [6, '回答', '答案看起来像 JSON，但格式不对。'],
    [7, '分类', '分类层级太深。'],
    [8, '标准问', '标准问最多 200 个字。'],
  ],
  'en-US': [
    [3, 'Question', 'Write the question.'],
    [4, 'Question', 'The same question stands in row 2.'],
    [5, 'Answer', 'A new question needs an answer.'],
    [6, 'Answer', 'The answer looks like JSON but is not what is expected.'],
    [7, 'Category', 'Categories are nested too deep.'],
    [8, 'Question', 'A question has at most 200 characters.'],
  ],
};

async function choose(page, name, text) {
  await page.locator('input[type="file"]').setInputFiles({
    name,
    mimeType: 'text/csv',
    buffer: Buffer.from(text),
  });
}

for (const locale of ['en-US', 'zh-CN']) {
  test(`rows that cannot be used are told one by one, ${locale}`, async () => {
    const window = await openAs(EDITOR, { locale });
    const { page } = window;
    await story(`import-${locale}`, [window], async () => {
      await page.goto(`${CONSOLE}/knowledge/import`);
      await settle(page);
      await choose(page, 'questions.csv', TABLE);
      await page.locator('.ant-statistic').first().waitFor();
      // below it may stand what the rows that go in would change for customers' questions
      const refused = page.locator('.ant-table-wrapper').first().locator('tbody tr.ant-table-row');
      const cells = await refused.evaluateAll((rows) =>
        // the first piece of a cell: below it may stand what the reader of JSON said
        rows.map((row) => [...row.cells].map((cell) => (cell.firstChild ?? cell).textContent)),
      );
      assert.deepEqual(
        cells,
        REFUSED[locale].map(([row, ...words]) => [String(row), ...words]),
      );
      await shoot(page, `import-refused-${locale}`);
    });
  });
}

test('the other rows go in, and the bot answers from them', async () => {
  const window = await openAs(EDITOR);
  const { page } = window;
  await story('import', [window], async () => {
    await page.goto(`${CONSOLE}/knowledge/import`);
    await settle(page);
    await choose(page, 'nonsense.csv', 'a,b\n1,2\n');
    await says(page, '没有找到需要的列');
    await choose(page, 'questions.csv', TABLE);
    await button(page, '导入 1 条').click();
    await says(page, '导入完成，机器人已经开始使用。');
    // the rows that are left would be gone from the page: it asks first
    await button(page, '查看条目').click();
    await says(page, '6 行没有导入');
    await button(page.getByRole('dialog'), '放弃修改').click();
    await page.getByPlaceholder('搜索问题').fill(QUESTION);
    await page.getByRole('row').filter({ hasText: QUESTION }).waitFor();

    // once more: nothing is new
    await visit(page, '/knowledge/import');
    await choose(page, 'questions.csv', TABLE);
    await says(page, '没有可以导入的行。');
    assert.ok(await button(page, '导入 0 条').isDisabled());

    await visit(page, '/bot/test');
    const field = page.getByPlaceholder('像客户一样说…');
    await field.fill(`雪球卡在哪里领${MARK}`);
    await field.press('Enter');
    await page
      .locator('.phone-line.account')
      .filter({ hasText: `出示短信领取 ${MARK}` })
      .waitFor();
    await page.locator('.candidate').filter({ hasText: QUESTION }).waitFor();
  });
});

test('all sheets of a workbook come in, and one that is no table is told', async () => {
  const window = await openAs(EDITOR);
  const { page } = window;
  const asked = (what) => `${what}${MARK}怎么办理`;
  const book = workbook({
    填写说明: [['每行一个问题，不要改表头']],
    宽带: [
      ['标准问', '答案'],
      [asked('移机'), '请在营业厅办理。'],
    ],
    手机: [
      ['答案', '标准问'],
      ['请拨打热线。', asked('停机保号')],
      ['请在营业厅办理。', asked('移机')],
    ],
  });
  await story('sheets', [window], async () => {
    await page.goto(`${CONSOLE}/knowledge/import`);
    await settle(page);
    await choose(page, 'questions.xlsx', book);
    const sheets = page.getByTestId('sheets');
    await sheets.getByText('宽带（1 行）和手机（2 行）').waitFor();
    await sheets.getByText('未读的表').filter({ hasText: '填写说明' }).waitFor();
    await page.getByRole('row').filter({ hasText: '手机 · 3' }).getByText('与“宽带”第 2 行').waitFor();
    await shoot(page, 'sheets');
    await button(page, '导入 2 条').click();
    const mend = page.getByTestId('mend');
    await mend.getByRole('textbox', { name: '手机 · 3 标准问' }).fill(asked('携号转网'));
    await page.getByTestId('mend-run').click();
    await mend.waitFor({ state: 'detached' });
    await visit(page, '/knowledge');
    for (const what of ['停机保号', '携号转网']) {
      await page.getByPlaceholder('搜索问题').fill(asked(what));
      await page.getByRole('row').filter({ hasText: asked(what) }).waitFor();
    }
  });
});

test('what goes out as Excel comes back as nothing new', async () => {
  const window = await openAs(EDITOR);
  const { page } = window;
  await story('export', [window], async () => {
    await page.goto(`${CONSOLE}/knowledge`);
    await settle(page);
    await button(page, '导出').click();
    const coming = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Excel' }).click();
    const file = await coming;
    assert.equal(file.suggestedFilename(), 'knowledge.xlsx');
    await visit(page, '/knowledge/import');
    await page.locator('input[type="file"]').setInputFiles(await file.path());
    await says(page, '没有可以导入的行。');
    const rows = await page.locator('.ant-statistic-content-value').allTextContents();
    assert.ok(Number(rows[0]) > 60, `${rows}`);
    assert.deepEqual(rows.slice(1), ['0', '0', rows[0], '0']);
  });
});

test('of 5,000 rows 40 are bad: they are mended on the page and come in alone', async () => {
  // another company's base, so that the other stories find theirs as it was
  const window = await openAs({ login: 'nuanting.editor', password: 'demo-nuanting-editor' });
  const { page } = window;
  const bad = (nth) => nth % 125 === 0;
  const rows = Array.from({ length: 5000 }, (_, at) => at + 1).map(
    (nth) => `第 ${nth} 号营业厅几点开门 ${MARK},${bad(nth) ? '' : `第 ${nth} 号 9 点开门`}`,
  );
  await story('mend', [window], async () => {
    await page.goto(`${CONSOLE}/knowledge/import`);
    await settle(page);
    await choose(page, 'halls.csv', `question,answer\n${rows.join('\n')}\n`);
    await button(page, '导入 4960 条').click();
    const mend = page.getByTestId('mend');
    await mend.getByText('40 行有问题').waitFor();
    await shoot(page, 'mend');
    const answers = mend.getByRole('textbox', { name: '回答' });
    assert.equal(await answers.count(), 40);
    for (let at = 0; at < 39; at++) await answers.nth(at).fill(`改好了 ${at}`);
    await page.getByTestId('mend-run').click();
    await says(page, '已导入 39 条');
    await mend.getByText('1 行有问题').waitFor();
    assert.equal(await answers.count(), 1, 'the one that is still wrong stays');
    await answers.first().fill('最后一行');
    await page.getByTestId('mend-run').click();
    await mend.waitFor({ state: 'detached' });

    await visit(page, '/knowledge');
    await page.getByPlaceholder('搜索问题').fill(`第 5000 号营业厅几点开门 ${MARK}`);
    await page.getByRole('row').filter({ hasText: '最后一行' }).waitFor();
  });
});
