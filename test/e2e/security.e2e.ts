// What the page must not be able to do, tried from inside the page.
import { expect, test } from '@playwright/test';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerOpenDialog, launchApp, type LaunchedApp } from '../support/app.ts';
import { callRaw } from '../support/call.ts';

let studio: LaunchedApp;
test.beforeAll(async () => {
  studio = await launchApp();
});
test.afterAll(() => studio.close());

const openAiLog = '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}\n';

function writeLog(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'atelier-log-')), 'log.jsonl');
  writeFileSync(path, openAiLog);
  return path;
}

test('the page has no Node and no Electron', async () => {
  const found = await studio.page.evaluate(() => ({
    globals: ['require', 'process', 'module', 'Buffer', 'global', 'ipcRenderer', 'electron'].filter(
      (name) => name in globalThis,
    ),
    bridge: Object.keys(Reflect.get(globalThis, 'atelier')).toSorted(),
    isolated: crossOriginIsolated || isSecureContext,
  }));
  expect(found).toEqual({ globals: [], bridge: ['grant', 'onCommand'], isolated: true });
});

test('the window is sandboxed and isolated', async () => {
  const preferences = await studio.app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const contents: unknown = window?.webContents;
    const read = Reflect.get(Object(contents), 'getLastWebPreferences');
    return typeof read === 'function' ? read.call(contents) : undefined;
  });
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
  });
});

test('every answer carries the policy', async () => {
  const policies = await studio.page.evaluate(async () => {
    const scripts = [...document.querySelectorAll('script')].map((script) => script.src);
    const urls = ['app://studio/index.html', 'app://studio/nothing-here.js', ...scripts];
    return Promise.all(urls.map(async (url) => (await fetch(url)).headers.get('content-security-policy')));
  });
  expect(policies.length).toBeGreaterThan(2);
  for (const policy of policies) {
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]) {
      expect(policy?.split('; ')).toContain(rule);
    }
    expect(policy).not.toContain('unsafe-eval');
  }
});

test('inline script, eval, frames and workers from text do not run', async () => {
  const ran = await studio.page.evaluate(async () => {
    // Past the call itself, in which the debugger lets eval through.
    await new Promise((resolve) => setTimeout(resolve));
    const tried = { inline: false, handler: false, eval: false, worker: false, frame: false };
    const script = document.createElement('script');
    script.textContent = 'document.documentElement.dataset.inline = "ran"';
    document.head.append(script);
    tried.inline = document.documentElement.dataset['inline'] !== undefined;
    const holder = document.createElement('div');
    holder.innerHTML = '<img src="data:," onerror="document.documentElement.dataset.handler=1">';
    document.body.append(holder);
    try {
      // oxlint-disable-next-line eslint/no-eval -- this is what must fail
      tried.eval = (0, eval)('1 + 1') === 2;
    } catch {
      tried.eval = false;
    }
    try {
      const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
      tried.worker = await new Promise((resolve) => {
        worker.addEventListener('message', () => resolve(true));
        worker.addEventListener('error', () => resolve(false));
        setTimeout(() => resolve(false), 1000);
      });
    } catch {
      tried.worker = false;
    }
    const frame = document.createElement('iframe');
    frame.src = 'app://studio/index.html';
    document.body.append(frame);
    await new Promise((resolve) => setTimeout(resolve, 500));
    tried.frame = frame.contentDocument?.getElementById('root') !== null && frame.contentDocument !== null;
    tried.handler = document.documentElement.dataset['handler'] !== undefined;
    frame.remove();
    holder.remove();
    return tried;
  });
  expect(ran).toEqual({ inline: false, handler: false, eval: false, worker: false, frame: false });
});

test('the network is out of reach', async () => {
  const reached = await studio.page.evaluate(async () => {
    const image = (src: string): Promise<boolean> =>
      new Promise((resolve) => {
        const probe = new Image();
        probe.addEventListener('load', () => resolve(true));
        probe.addEventListener('error', () => resolve(false));
        probe.src = src;
      });
    const get = (url: string): Promise<boolean> =>
      fetch(url).then(
        () => true,
        () => false,
      );
    return {
      fetch: await get('https://example.com/'),
      loopback: await get('http://127.0.0.1:1/'),
      file: await get('file:///etc/hostname'),
      image: await image('https://example.com/x.png'),
      inline: await image('data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='),
    };
  });
  expect(reached).toEqual({ fetch: false, loopback: false, file: false, image: false, inline: true });
});

test('app:// gives out nothing but the built page', async () => {
  const statuses = await studio.page.evaluate(async () => {
    const ask = (url: string): Promise<number> =>
      fetch(url).then(
        (answer) => answer.status,
        () => -1,
      );
    return {
      page: await ask('app://studio/index.html'),
      encoded: await ask('app://studio/..%2f..%2fpackage.json'),
      encodedDots: await ask('app://studio/%2e%2e%2f%2e%2e%2fpackage.json'),
      deep: await ask('app://studio/assets/..%2f..%2f..%2fpackage.json'),
      back: await ask('app://studio/..%5c..%5cpackage.json'),
      absolute: await ask('app://studio/%2fetc%2fhostname'),
      broken: await ask('app://studio/%ff'),
      folder: await ask('app://studio/assets'),
      otherHost: await ask('app://elsewhere/index.html'),
      posted: await fetch('app://studio/index.html', { method: 'POST' }).then(
        (answer) => answer.status,
        () => -1,
      ),
    };
  });
  expect(statuses.page).toBe(200);
  for (const [name, status] of Object.entries(statuses))
    if (name !== 'page') expect([name, status]).not.toEqual([name, 200]);
});

test('the page cannot leave, nor open windows; https links are offered to the browser after a question', async () => {
  await studio.app.evaluate(({ dialog, shell }) => {
    const seen = { asked: [] as string[], opened: [] as string[], answer: 0 };
    Reflect.set(globalThis, 'seen', seen);
    const ask = (...given: unknown[]): Promise<{ response: number; checkboxChecked: boolean }> => {
      seen.asked.push(String(Reflect.get(Object(given.at(-1)), 'message')));
      return Promise.resolve({ response: seen.answer, checkboxChecked: false });
    };
    Reflect.set(dialog, 'showMessageBox', ask);
    Reflect.set(shell, 'openExternal', (url: string) => Promise.resolve(void seen.opened.push(url)));
  });
  const seen = (): Promise<{ asked: string[]; opened: string[] }> =>
    studio.app.evaluate(() => Reflect.get(globalThis, 'seen'));
  const { page } = studio;

  for (const url of [
    'https://example.com/a',
    'http://example.com/',
    'file:///etc/hostname',
    'app://elsewhere/',
    'javascript:1',
  ]) {
    await page.evaluate((to) => {
      const link = Object.assign(document.createElement('a'), { href: to });
      document.body.append(link);
      link.click();
      link.remove();
    }, url);
    expect(await page.evaluate((to) => window.open(to) === null, url)).toBe(true);
  }
  await expect.poll(async () => (await seen()).asked.length).toBe(2);
  expect(await seen()).toMatchObject({ opened: [] });
  expect((await seen()).asked[0]).toContain('example.com');
  await page.waitForTimeout(200);
  expect((await seen()).asked).toHaveLength(2);
  expect(page.url()).toBe('app://studio/index.html');
  expect(studio.app.windows()).toHaveLength(1);

  await studio.app.evaluate(() => Reflect.set(Reflect.get(globalThis, 'seen'), 'answer', 1));
  await page.evaluate(() => window.open('https://example.com/b?c=d'));
  await expect.poll(async () => (await seen()).opened).toEqual(['https://example.com/b?c=d']);
  await page.evaluate(() => window.open('https://user:secret@example.com/'));
  await page.waitForTimeout(200);
  expect((await seen()).opened).toHaveLength(1);
});

test('permissions are refused, but for copying text', async () => {
  const asked = await studio.page.evaluate(async () => {
    const denied = (work: Promise<unknown>): Promise<boolean> =>
      work.then(
        () => false,
        () => true,
      );
    return {
      notifications: (await Notification.requestPermission()) === 'denied',
      camera: await denied(navigator.mediaDevices.getUserMedia({ video: true })),
      place: await denied(new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject))),
      reading: (await navigator.permissions.query({ name: 'clipboard-read' as PermissionName })).state,
    };
  });
  expect(asked).toEqual({ notifications: true, camera: true, place: true, reading: 'denied' });
  await studio.page.bringToFront();
  expect(await studio.page.evaluate(() => navigator.clipboard.writeText('copied').then(() => true))).toBe(true);
});

test('downloads are refused', async () => {
  await studio.app.evaluate(({ session }) => {
    session.defaultSession.on('will-download', (event) => Reflect.set(globalThis, 'refused', event.defaultPrevented));
  });
  await studio.page.evaluate(() => {
    const href = URL.createObjectURL(new Blob(['x']));
    Object.assign(document.createElement('a'), { href, download: 'x.txt' }).click();
  });
  await expect.poll(() => studio.app.evaluate(() => Reflect.get(globalThis, 'refused') as unknown)).toBe(true);
});

test('a port from another window is not served', async () => {
  expect((await callRaw(studio.page, '/workspace/current'))?.status).toBe(200);
  const opened = studio.app.waitForEvent('window');
  await studio.app.evaluate(({ BrowserWindow }) => {
    const [ours] = BrowserWindow.getAllWindows();
    const preload = Reflect.get(
      Object(Reflect.get(Object(ours?.webContents), 'getLastWebPreferences').call(ours?.webContents)),
      'preload',
    );
    const foreign = new BrowserWindow({ show: false, webPreferences: { preload: String(preload), sandbox: true } });
    void foreign.loadURL('app://studio/index.html');
  });
  const foreign = await opened;
  await foreign.waitForLoadState();
  expect(await callRaw(foreign, '/workspace/current', undefined, 1_500)).toBeUndefined();
  await foreign.close();
});

test('only files that a person gave may be imported', async () => {
  // A window of its own: after the refused download above Playwright still waits for a navigation.
  const own = await launchApp();
  const path = writeLog();
  for (const procedure of ['/imports/detect', '/imports/start']) {
    const refused = await callRaw(own.page, procedure, { paths: [path], format: 'auto' });
    expect(refused).toMatchObject({ status: 403, body: { code: 'REFUSED' } });
  }
  expect(
    await own.page.evaluate(() => Reflect.get(globalThis, 'atelier').grant(new File(['x'], 'made-up.jsonl'))),
  ).toBeUndefined();

  // Picked in the dialog.
  await answerOpenDialog(own.app, [path]);
  expect(await callRaw(own.page, '/imports/pick')).toMatchObject({ body: [path] });
  expect(await callRaw(own.page, '/imports/detect', { paths: [path] })).toMatchObject({ status: 200 });

  // A real file that the page was handed, as by a drop.
  const dropped = writeLog();
  await own.page.evaluate(() =>
    document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'probe' })),
  );
  await own.page.setInputFiles('#probe', dropped);
  const granted = await own.page.evaluate(() => {
    const input = document.querySelector<HTMLInputElement>('#probe');
    const file = input?.files?.[0];
    input?.remove();
    return Reflect.get(globalThis, 'atelier').grant(file);
  });
  expect(granted).toBe(dropped);
  expect(await callRaw(own.page, '/imports/detect', { paths: [dropped] })).toMatchObject({ status: 200 });
  await own.close();
});

test('only recent workspaces open by path, and only what is ours is shown in the file manager', async () => {
  expect(await callRaw(studio.page, '/workspace/open', { path: '/etc' })).toMatchObject({ status: 403 });
  expect(await callRaw(studio.page, '/workspace/reveal', { path: '/etc/hostname' })).toMatchObject({ status: 403 });
});

test('an input of another form is refused in words, and an unknown procedure is not found', async () => {
  const refused = await callRaw(studio.page, '/jobs/cancel', { id: 7 });
  expect(refused).toMatchObject({ status: 400, body: { code: 'BAD_INPUT' } });
  expect(JSON.stringify(refused)).toContain('id: ');
  expect((await callRaw(studio.page, '/workspace/__proto__'))?.status).toBe(404);
});
