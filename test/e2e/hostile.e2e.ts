// What the window is given that it should not trust: hostile logs, a hostile page, a workspace that goes away.
import { expect, test, type Page } from '@playwright/test';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectMessage } from '../../src-preload/contract/bridge.ts';
import { answerOpenDialog, launchApp } from '../support/app.ts';
import { callRaw } from '../support/call.ts';
import { importByKeys, labelAs, mineByKeys, pairOnScreen, writeTrials } from './prefer-logs.ts';

const scratch = mkdtempSync(join(tmpdir(), 'atelier-hostile-'));
test.afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function folder(name: string): string {
  const path = join(scratch, name);
  mkdirSync(path, { recursive: true });
  return path;
}

const mark = 'document.title="owned"';
const html = `<img src=x onerror='${mark}'><script>${mark}</script><iframe src="javascript:top.${mark}"></iframe>`;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload='${mark}'><script>parent.${mark}</script></svg>`;
const dataSvg = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
const unsafeUrls = [
  'javascript:document.title="owned"',
  'file:///etc/hostname',
  'http://127.0.0.1:9/a.png',
  'https://example.org/a.png',
  `data:text/html,<script>${mark}</script>`,
  'app://studio/index.html',
  'x'.repeat(50_000),
];

function hostileRecords(): readonly { readonly says: string; readonly record: unknown }[] {
  const call = (id: string, name: string, args: string) => ({
    id,
    type: 'function',
    function: { name, arguments: args },
  });
  return [
    {
      says: 'markup everywhere',
      record: {
        messages: [
          { role: 'system', content: html },
          { role: 'user', name: html, content: `markup everywhere ${html}` },
          { role: 'assistant', content: html, tool_calls: [call(html, html, JSON.stringify({ [html]: html }))] },
          { role: 'tool', tool_call_id: html, content: html },
        ],
        tools: [{ type: 'function', function: { name: html, description: html, parameters: { [html]: html } } }],
        model: html,
      },
    },
    {
      says: 'images of all kinds',
      record: {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'images of all kinds' },
              ...[dataSvg, ...unsafeUrls].map((url) => ({ type: 'image_url', image_url: { url } })),
            ],
          },
          { role: 'assistant', content: 'Seen.' },
        ],
      },
    },
    {
      says: 'signs that turn the line',
      record: {
        messages: [
          { role: 'user', content: 'signs that turn the line \u202egnp.exe \u2066\u200b\u001b[31m\u0007 👩‍👩‍👧 ' },
          { role: 'assistant', content: `\u202e${'backwards '.repeat(9)}` },
        ],
      },
    },
    {
      says: 'ten million letters',
      record: {
        messages: [
          { role: 'user', content: `ten million letters ${'lorem '.repeat(1_700_000)}` },
          { role: 'assistant', content: '\n'.repeat(200_000) },
        ],
      },
    },
    {
      says: 'five thousand calls',
      record: {
        messages: [
          { role: 'user', content: 'five thousand calls' },
          {
            role: 'assistant',
            content: null,
            tool_calls: Array.from({ length: 5000 }, (_, index) => call(`c${index}`, `tool_${index}`, '{}')),
          },
        ],
      },
    },
    {
      says: 'a name of a million letters',
      record: {
        messages: [
          { role: 'user', content: 'a name of a million letters' },
          { role: 'assistant', content: null, tool_calls: [call('c', 'n'.repeat(1_000_000), '['.repeat(900))] },
        ],
      },
    },
  ];
}

/** Opens a port of its own, sends what is given as it is, and returns what came back within the time. */
function send(page: Page, messages: readonly unknown[], forMs: number): Promise<readonly string[]> {
  return page.evaluate(
    ({ messages, forMs, connectMessage }) => {
      const { port1, port2 } = new MessageChannel();
      window.postMessage(connectMessage, location.origin, [port2]);
      const answers: string[] = [];
      port1.addEventListener('message', (event: MessageEvent<string>) => answers.push(event.data));
      port1.start();
      for (const message of messages) port1.postMessage(message);
      return new Promise<string[]>((resolve) =>
        setTimeout(() => {
          port1.close();
          resolve(answers);
        }, forMs),
      );
    },
    { messages, forMs, connectMessage },
  );
}

test('hostile logs are text: nothing runs, nothing is fetched, every view stands', async () => {
  test.setTimeout(120_000);
  const records = hostileRecords();
  const file = join(folder('logs'), `${html.replaceAll('/', '_').slice(0, 80)}.jsonl`);
  writeFileSync(file, records.map(({ record }) => JSON.stringify(record)).join('\n'));
  const studio = await launchApp({ workspace: folder('logs-workspace') });
  const { app, page } = studio;
  await answerOpenDialog(app, [file]);
  await importByKeys(page);
  const rows = page.getByRole('listbox', { name: 'Traces' }).getByRole('option');
  await expect(rows).toHaveCount(records.length);
  for (const [index, { says }] of records.entries()) {
    await page.keyboard.press('/');
    await page.keyboard.type(says);
    await expect(rows).toHaveCount(1);
    await rows.first().dblclick();
    await expect(page.getByRole('tab', { name: /^Transcript/ })).toBeVisible();
    for (const tab of [/^Steps/, /^Record/, /^Transcript/]) {
      await page.getByRole('tab', { name: tab }).click();
      await expect(page.getByRole('tab', { name: tab })).toHaveAttribute('aria-selected', 'true');
    }
    await expect(page.locator('[data-pane="main"]')).toContainText(says);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    if (says === 'images of all kinds') {
      await expect(page.getByText('Not fetched', { exact: false }).first()).toBeVisible();
      const shown = await page.evaluate(() => [...document.images].map(({ src }) => src.slice(0, 18)));
      expect(shown.filter((src) => src !== 'data:image/svg+xml')).toEqual([]);
    }
    if (says === 'signs that turn the line') {
      await expect(page.getByRole('heading', { level: 1 }).locator('[data-code]').first()).toBeVisible();
      const user = page.getByRole('article', { name: /^User/ });
      for (const code of ['U+202E', 'U+2066', 'U+200B'])
        await expect(user.locator(`[data-code="${code}"]`)).toHaveCount(1);
      // The family is one emoji, and what follows the override still reads forwards.
      await expect(user.locator('[data-code]')).toHaveCount(3);
      const ends = await user.locator('[data-code="U+202E"]').evaluate((chip) => {
        const text = chip.nextSibling;
        const left = (at: number): number => {
          const range = document.createRange();
          if (text !== null) range.setStart(text, at);
          if (text !== null) range.setEnd(text, at + 1);
          return range.getBoundingClientRect().left;
        };
        return [left(0), left(3)];
      });
      expect(ends[0]).toBeLessThan(ends[1] ?? 0);
    }
    await studio.shoot(`hostile-${index}`);
    await page.getByRole('button', { name: /^Back/ }).first().click();
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    await expect(rows).toHaveCount(records.length);
  }
  expect(await page.title()).toBe('Atelier');
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  expect(studio.faults).toEqual([]);
  await studio.close();
});

test('a hostile page cannot confuse, flood or stop the studio', async () => {
  test.setTimeout(120_000);
  const studio = await launchApp({ workspace: folder('page') });
  const { app, page } = studio;
  const garbage = [
    'no json',
    '',
    '{',
    'null',
    '[]',
    '{"i":1}',
    7,
    { a: 1 },
    '{"i":"1","p":null}',
    '{"i":"1","p":{"u":null}}',
  ];
  expect(await send(page, garbage, 300)).toEqual([]);
  const paths = [
    [0, '__proto__', 'polluted'],
    [0, 'constructor', 'prototype', 'polluted'],
  ];
  const polluting = { i: '1', p: { u: '/traces/facets', b: { json: { a: '1' }, meta: paths } } };
  const [answer] = await send(page, [JSON.stringify(polluting)], 500);
  expect(JSON.parse(answer ?? '{}')).toMatchObject({ p: { s: 400 } });
  expect(await app.evaluate(() => 'polluted' in {})).toBe(false);
  const deep = `{"i":"1","p":{"u":"/labels/add","b":{"json":${'['.repeat(200_000)}${']'.repeat(200_000)}}}}`;
  expect(JSON.parse((await send(page, [deep], 1_500))[0] ?? '{}')).toMatchObject({ p: { s: 400 } });

  const many = Array.from({ length: 100_000 }, (_, index) => `g${index}`);
  const page0 = { offset: 0, limit: 10 };
  expect(await callRaw(page, '/pairs/list', { filter: { group: many }, page: page0 })).toMatchObject({ status: 400 });
  const sort = { by: 'name', descending: false };
  for (const group of [many, ["' OR 1=1 --"]])
    expect(await callRaw(page, '/traces/list', { filter: { group }, sort, page: page0 })).toMatchObject({
      body: { items: [], total: 0 },
    });
  for (const text of ['"', 'NEAR(', "'; drop table turns; --", '('.repeat(900), '\u0000', '{col}:x', '^', '*'])
    expect(await callRaw(page, '/traces/list', { filter: { text }, sort, page: page0 })).toMatchObject({ status: 200 });

  const calls = Array.from({ length: 5_000 }, (_, index) =>
    JSON.stringify({ i: String(index), p: { u: index % 2 === 0 ? '/traces/facets' : '/labels/agreement', b: {} } }),
  );
  expect(await send(page, calls, 8_000)).toHaveLength(5_000);
  const streams = Array.from({ length: 1_000 }, (_, index) =>
    JSON.stringify({ i: String(index), p: { u: index % 2 === 0 ? '/jobs/watch' : '/workspace/changes', b: {} } }),
  );
  await send(page, streams, 800);
  const before = Date.now();
  expect(await callRaw(page, '/workspace/current')).toMatchObject({ status: 200 });
  expect(Date.now() - before).toBeLessThan(2_000);
  expect(studio.faults).toEqual([]);
  await studio.close();
});

test('a workspace that is moved away while it is open takes no label that would be lost', async () => {
  const workspace = folder('moved');
  const studio = await launchApp({ workspace });
  const { page } = studio;
  await answerOpenDialog(studio.app, [writeTrials(folder('moved-logs'))]);
  await importByKeys(page);
  await mineByKeys(page);
  await labelAs(page, 'Ada');
  const pair = (await pairOnScreen(page).getAttribute('data-pair')) ?? '';
  renameSync(workspace, `${workspace}-aside`);
  await page.keyboard.press('a');
  await page.keyboard.press('Enter');
  await expect(page.getByText('it was moved or removed', { exact: false }).first()).toBeVisible();
  await studio.shoot('workspace-gone');
  expect(await callRaw(page, '/labels/list', { page: { offset: 0, limit: 1 } })).toMatchObject({ status: 404 });
  renameSync(`${workspace}-aside`, workspace);
  const labels = await callRaw(page, '/labels/list', { pairId: pair, page: { offset: 0, limit: 1 } });
  expect(labels).toMatchObject({ body: { total: 0 } });
  await studio.close();
});
