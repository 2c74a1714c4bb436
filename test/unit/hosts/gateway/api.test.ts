// The API: what it offers and what it does not, who may ask, and that it says what it does.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { traverseContractProcedures } from '@orpc/server';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '#contract/contract';
import { offered, withheld } from '#hosts/gateway/api-procedures';
import { apiOperations } from '#hosts/gateway/openapi';
import { apiStudio } from '#test/api-studio';

/** Every procedure of the contract by name, with its route. */
function procedures(): ReadonlyMap<
  string,
  { readonly method?: string; readonly path?: string; readonly summary?: string }
> {
  const found = new Map<string, { method?: string; path?: string; summary?: string }>();
  traverseContractProcedures({ router: contract, path: [] }, ({ contract: { '~orpc': definition }, path }) => {
    const { method, path: at, summary } = definition.route;
    found.set(path.join('.'), {
      ...(method === undefined ? {} : { method }),
      ...(at === undefined ? {} : { path: at }),
      ...(summary === undefined ? {} : { summary }),
    });
  });
  return found;
}

const problem = z.object({ code: z.string(), message: z.string(), hint: z.string().optional() });

describe('what is offered', () => {
  test('every procedure is offered, or withheld for a reason', () => {
    const all = procedures();
    expect(all.size).toBeGreaterThan(90);
    for (const name of all.keys()) {
      const [domain = ''] = name.split('.');
      const ways = [name in offered ? 'offered' : '', name in withheld || domain in withheld ? 'withheld' : ''];
      expect([name, ways.filter((way) => way !== '')]).toEqual([name, [expect.any(String)]]);
    }
    const known = new Set([...all.keys(), ...Object.keys(contract)]);
    for (const name of [...Object.keys(offered), ...Object.keys(withheld)]) expect([...known]).toContain(name);
  });

  test('no secret, no key, no setting of models, no switch and no other workspace is within its reach', () => {
    const names = Object.keys(offered);
    const never =
      /^(vault|desk)\.|^gateway\.(?!calls$|use$)|^models\.(?!prices$)|^egress\.set|^workspace\.(open|pick|forget|recent|reveal)/;
    expect(names.filter((name) => never.test(name))).toEqual([]);
  });

  test('what is offered has a method, a path of its own and a summary; what only reads changes nothing by GET', () => {
    const all = procedures();
    const ways = new Set<string>();
    for (const [name, scope] of Object.entries(offered)) {
      const { method = '', path = '', summary = '' } = all.get(name) ?? {};
      expect([name, path]).toEqual([name, expect.stringMatching(/^\/[a-z]/)]);
      expect([name, summary]).toEqual([name, expect.stringMatching(/^[A-Z].{5,}[^.]$/)]);
      ways.add(`${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`);
      const scopes = { GET: ['read'], POST: ['read', 'write'] }[method] ?? ['write'];
      expect({ name, fits: scopes.includes(scope) }).toEqual({ name, fits: true });
    }
    expect(ways.size).toBe(Object.keys(offered).length);
    const others = [...all].filter(([name]) => !(name in offered));
    expect(others.filter(([, { path }]) => path !== undefined)).toEqual([]);
  });
});

describe('who may ask', () => {
  test('nobody without a key; each scope its own', async () => {
    const studio = await apiStudio();
    const [read, write, models] = [studio.key('read'), studio.key('write'), studio.key('models')];
    const search = { filter: {}, page: { offset: 0, limit: 10 } };
    expect(await studio.call('GET', '/workspace')).toMatchObject({ status: 401 });
    expect(await studio.call('GET', '/workspace', { key: `atl-${'x'.repeat(43)}` })).toMatchObject({ status: 401 });
    expect(await studio.call('GET', '/workspace', { key: models })).toMatchObject({ status: 403 });
    expect(await studio.call('GET', '/workspace', { key: read })).toMatchObject({ status: 200 });
    expect(await studio.call('POST', '/pairs/search', { key: read, body: search })).toMatchObject({ status: 200 });
    expect(await studio.call('POST', '/pairs/mine', { key: read, body: {} })).toMatchObject({ status: 403 });
    expect(await studio.call('POST', '/pairs/mine', { key: write, body: {} })).toMatchObject({ status: 200 });
    expect(await studio.call('GET', '/workspace', { key: write })).toMatchObject({ status: 403 });
    studio.revoke(read);
    expect(await studio.call('GET', '/workspace', { key: read })).toMatchObject({ status: 401 });
    expect(await studio.call('GET', `/workspace?key=${write}`, { key: write })).toMatchObject({ status: 400 });
  });

  test('the scope that a request needs is the one of the procedure that answers it', async () => {
    const studio = await apiStudio();
    const nothing = studio.key('telemetry');
    for (const { method, path, scope, name } of apiOperations()) {
      const { status, body } = await studio.call(method, path.replaceAll(/\{\w+\}/g, 'x'), {
        key: nothing,
        body: method === 'GET' ? undefined : {},
      });
      expect([name, status, problem.parse(body).message]).toEqual([name, 403, expect.stringContaining(`"${scope}"`)]);
    }
  });

  test('a key that may only read changes nothing, however the path is spelt', async () => {
    const studio = await apiStudio();
    const key = studio.key('read');
    const done: string[] = [];
    expect(await studio.call('GET', '/workspace', { key })).toMatchObject({ status: 200 });
    expect(apiOperations().filter(({ scope }) => scope === 'write').length).toBeGreaterThan(20);
    for (const { method, path, scope } of apiOperations()) {
      if (scope !== 'write') continue;
      const plain = path.replaceAll(/\{\w+\}/g, 'x');
      for (const spelt of [`${plain}/`, plain.toUpperCase(), plain.replace(/[a-z]/u, encoded), `${plain};x`]) {
        const { status } = await studio.call(method, spelt, { key, body: method === 'GET' ? undefined : {} });
        if (![403, 404].includes(status)) done.push(`${method} ${spelt}: ${status}`);
      }
    }
    expect(done).toEqual([]);
  });

  test('a stream ends when its key is revoked: nothing more is told', async () => {
    const studio = await apiStudio();
    const [key, writer] = [studio.key('read'), studio.key('write')];
    const events = studio.events('/changes', key);
    const label = (name: string): Promise<unknown> =>
      studio.call('POST', '/annotators', { key: writer, body: { name } });
    await Promise.all([events.next(), label('one')]);
    studio.revoke(key);
    await label('two');
    const told: unknown[] = [];
    for await (const event of events) told.push(event);
    expect(told.filter((event) => 'topics' in z.looseObject({}).parse(event))).toEqual([]);
  });

  test('a stream ends when its key is revoked: nothing more is told', async () => {
    const studio = await apiStudio();
    const [key, writer] = [studio.key('read'), studio.key('write')];
    const events = studio.events('/changes', key);
    const change = async (name: string): Promise<undefined> => {
      expect((await studio.call('POST', '/annotators', { key: writer, body: { name } })).status).toBe(200);
    };
    // Until it listens.
    const first = events.next();
    for (let time = 0; (await Promise.race([first, change(`Ann ${time}`)])) === undefined; time += 1);
    studio.revoke(key);
    await change('Ben');
    // At most what had left before.
    let told = 0;
    for await (const _ of events) told += 1;
    expect(told).toBeLessThan(2);
  });

  test('what is withheld is nowhere, by whatever path', async () => {
    const studio = await apiStudio();
    const key = studio.key('read', 'write');
    for (const name of procedures().keys()) {
      if (name in offered) continue;
      const path = `/${name.replace('.', '/')}`;
      for (const [method, body] of [['GET'], ['POST', {}], ['PUT', {}], ['DELETE']] as const) {
        const { status } = await studio.call(method, path, { key, body });
        expect([method, path, status]).toEqual([method, path, 404]);
      }
    }
  });

  test('a cookie of the studio opens nothing here', async () => {
    const studio = await apiStudio();
    const { status } = await studio.call('GET', '/workspace', { headers: { cookie: 'atelier-1=x' } });
    expect(status).toBe(401);
  });
});

describe('how it answers', () => {
  test('reads queries by their schemas, and says what does not fit', async () => {
    const studio = await apiStudio();
    const key = studio.key('read');
    const ok = await studio.call('GET', '/labels?page[offset]=0&page[limit]=5', { key });
    expect(ok).toMatchObject({ status: 200, body: { items: [], total: 0 } });
    for (const path of [
      '/labels',
      '/labels?page[offset]=0&page[limit]=five',
      '/labels?page[offset]=-1&page[limit]=5',
      '/labels?page[offset]=0&page[limit]=1e2',
    ]) {
      const { status, body } = await studio.call('GET', path, { key });
      const told = { code: 'BAD_INPUT', message: expect.stringContaining('page') };
      expect([path, status, problem.parse(body)]).toEqual([path, 400, told]);
    }
  });

  test('errors are a code, a sentence and a hint', async () => {
    const studio = await apiStudio();
    const key = studio.key('read', 'write');
    const none = await studio.call('GET', '/traces/none', { key });
    expect(none.status).toBe(404);
    expect(problem.parse(none.body).code).toBe('NOT_FOUND');
    const nowhere = await studio.call('GET', '/nowhere', { key });
    expect(nowhere.status).toBe(404);
    expect(problem.parse(nowhere.body)).toEqual({
      code: 'NOT_FOUND',
      message: 'There is no GET /api/nowhere.',
      hint: 'See /api/docs.',
    });
    const raw = (body: string, type = 'application/json') =>
      studio.call('POST', '/annotators', { key, raw: body, headers: { 'content-type': type } });
    expect(await raw('{"name":')).toMatchObject({ status: 400, body: { code: 'BAD_INPUT' } });
    expect(await raw('{"name":"Ann"}', 'text/plain')).toMatchObject({ status: 415, body: { code: 'BAD_INPUT' } });
    expect(await raw('name=Ann', 'application/x-www-form-urlencoded')).toMatchObject({ status: 415 });
    expect(await raw('"Ann"')).toMatchObject({ status: 400 });
    expect(await raw(`{"name":"${'x'.repeat(17 * 1024 * 1024)}"}`)).toMatchObject({
      status: 413,
      body: { code: 'BAD_INPUT' },
    });
    expect(await raw('{"name":"Ann"}')).toMatchObject({ status: 200, body: [{ name: 'Ann' }] });
    expect(await raw('{"__proto__":{"x":1},"name":"Bo"}')).toMatchObject({ status: 200 });
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });

  test('a run is started, watched to its end as server-sent events, and read; a person who answers by key is named so', async () => {
    const studio = await apiStudio({ sample: true });
    const key = studio.key('read', 'write');
    const { body: agents } = await studio.call('GET', '/agents', { key });
    expect(agents).toMatchObject([{ name: 'desk' }, { name: 'digest' }, { name: 'triage' }]);
    const mail = 'Hello, my order W2041 came with a bent corner. I would like my money back. Ines Moreau';
    const start = { file: 'agents/triage.agent.ts', input: { mail }, seed: 1 };
    const { status, body: started } = await studio.call('POST', '/runs', { key, body: start });
    expect(status).toBe(200);
    const { id } = z.object({ id: z.string() }).parse(started);
    const events = studio.events(`/runs/${id}/events?after=0`, key);
    const updates = z.object({
      kind: z.string(),
      events: z.array(z.object({ event: z.looseObject({ type: z.string() }) })).optional(),
    });
    const seen: string[] = [];
    for await (const data of events) {
      for (const { event } of updates.parse(data).events ?? []) {
        seen.push(event.type);
        if (event.type !== 'interrupt.opened') continue;
        const answer = { interrupt: z.string().parse(event['id']), value: { approve: true } };
        expect(await studio.call('POST', `/runs/${id}/answer`, { key, body: answer })).toMatchObject({ status: 200 });
      }
      if (seen.includes('run.finished')) break;
    }
    expect(seen).toContain('interrupt.answered');
    expect(await studio.call('GET', `/runs/${id}`, { key })).toMatchObject({ body: { run: { status: 'finished' } } });
    const { body: journal } = await studio.call('GET', `/runs/${id}/journal?after=0&limit=1000`, { key });
    expect(JSON.stringify(journal)).toContain('"by":"key test"');
    const { body: found } = await studio.call('POST', '/runs/search', {
      key,
      body: { filter: { status: ['finished'] }, limit: 5 },
    });
    expect(found).toMatchObject({ items: [{ id }] });
  }, 60_000);

  test('files come from the workspace alone and go to its folder exports', async () => {
    const studio = await apiStudio();
    const key = studio.key('read', 'write');
    const line = JSON.stringify({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
      ],
    });
    const inside = join(studio.folder, 'logs', 'a.jsonl');
    const outside = join(studio.outside, 'b.jsonl');
    mkdirSync(join(studio.folder, 'logs'));
    for (const path of [inside, outside]) writeFileSync(path, `${line}\n`);
    symlinkSync(outside, join(studio.folder, 'logs', 'link.jsonl'));
    const imported = (path: string) =>
      studio.call('POST', '/imports', { key, body: { paths: [path], format: 'auto' } });
    for (const path of [
      outside,
      join(studio.folder, 'logs', 'link.jsonl'),
      join(studio.folder, '..', 'b.jsonl'),
      join(studio.folder, '.atelier', 'studio.db'),
    ]) {
      const detected = await studio.call('POST', '/imports/detect', { key, body: { paths: [path] } });
      expect([path, (await imported(path)).body, detected.status]).toEqual([
        path,
        expect.objectContaining({ code: 'REFUSED' }),
        403,
      ]);
    }
    expect(await imported(inside)).toMatchObject({ status: 200 });
    await studio.settled(key);
    const exported = () => studio.call('POST', '/traces/export', { key, body: { filter: {}, target: 'openai-chat' } });
    expect(await exported()).toMatchObject({ status: 200 });
    await studio.settled(key);
    await exported();
    await studio.settled(key);
    for (const name of ['transcripts.jsonl', 'transcripts 2.jsonl']) {
      expect(readFileSync(join(studio.folder, 'exports', name), 'utf8')).toContain('Hello');
    }
    expect(existsSync(join(studio.folder, 'exports', 'transcripts 3.jsonl'))).toBe(false);
  });
});

describe('what it says of itself', () => {
  test('is OpenAPI 3.1 of what is offered, and nothing else', async () => {
    const studio = await apiStudio();
    const { status, body } = await studio.call('GET', '/openapi.json');
    expect(status).toBe(200);
    const operation = z.looseObject({
      operationId: z.string(),
      summary: z.string(),
      tags: z.array(z.string()).length(1),
    });
    const document = z
      .looseObject({
        openapi: z.string().startsWith('3.1'),
        servers: z.array(z.object({ url: z.literal('/api') })),
        paths: z.record(z.string(), z.record(z.string(), operation)),
      })
      .parse(body);
    const names = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    expect(names.toSorted()).toEqual(
      apiOperations()
        .map(({ name }) => name)
        .toSorted(),
    );
    expect(JSON.stringify(body)).not.toMatch(/passphrase|createKey/);
    // Every parameter in a path is described.
    for (const [path, item] of Object.entries(document.paths)) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const one of Object.values(item)) {
        const parameters = z
          .array(z.looseObject({ name: z.string(), in: z.string() }))
          .catch([])
          .parse(one['parameters']);
        expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(wanted);
      }
    }
  });

  test('is a page to read too, without a script and with nothing from elsewhere', async () => {
    const studio = await apiStudio();
    const { status, text, headers } = await studio.call('GET', '/docs');
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(text).not.toMatch(/<script|<link|https?:\/\/|\son\w+=|style="/);
    for (const { name, path } of apiOperations()) {
      expect(text).toContain(`id="${name}"`);
      expect(text).toContain(`/api${path}`);
    }
    expect(await studio.call('GET', '/')).toMatchObject({ status: 302, headers: { location: '/api/docs' } });
    expect(await studio.call('POST', '/docs', { body: {} })).toMatchObject({ status: 405 });
  });
});

function encoded(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16)}`;
}
