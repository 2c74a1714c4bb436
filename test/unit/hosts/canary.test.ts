// Fifty secrets, every feature, then a search of everything that was written or told: none of them may be there.
import { createRouterClient } from '@orpc/server';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { NodeSpawner } from '#adapters/node-spawner';
import { router } from '#handlers/router';
import { openWorkspaces } from '#hosts/studio-parts';
import type { Context } from '#handlers/context';
import { resources } from '#test/browser-studio';
import { temporaryFolder } from '#test/store';
import { startFakeUpstream, type PlayedRequest } from '#test/upstream/fake-upstream';
import { everyByte } from '#test/upstream/quirks';
import { chatAnswer, chatStream, openaiError } from '#test/upstream/wire-openai';
import { messagesAnswer } from '#test/upstream/wire-anthropic';

/** Values of many spellings: what JSON, URLs, HTML and SQL write otherwise is among them. */
function canaries(): readonly string[] {
  const random = (): string => randomBytes(18).toString('base64url');
  return Array.from({ length: 50 }, (_, index) => {
    switch (index % 5) {
      case 0:
        return `sk-canary-${random()}`;
      case 1:
        return `canary "${random()}" \\ / & <b>`;
      case 2:
        return `canary+${random()}=%20é/${index}`;
      case 3:
        return randomBytes(24).toString('hex');
      default:
        return `canary.${random()}.${random()}`;
    }
  });
}

/** As bytes that could stand in a file: plain, as JSON, URL and base64 write it. */
function spellings(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const plain = Buffer.from(value);
  return [value, json, encodeURIComponent(value), plain.toString('base64').replace(/=+$/u, ''), plain.toString('hex')];
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );
}

/** The value stands backwards in the source, which is the user's own: what is searched for is what Atelier makes of it. */
const agentSource = (
  canary: string,
): string => `import { agent, code, edge, end, input, llm, start, tool } from 'atelier';
import { z } from 'zod';
import { leak } from '../tools/leak.ts';
const canary = [...${JSON.stringify([...canary].toReversed().join(''))}].reverse().join('');
export default agent(
  { state: { question: input(z.string()), answer: z.string().default(''), found: z.string().default(''), more: z.string().default('') }, tools: { leak } },
  {
    nodes: {
      ask: llm({ model: 'fake/echo', prompt: ({ state }) => state.question, result: ({ text }) => ({ answer: text }) }),
      call: tool({ use: 'leak', input: ({ state }) => ({ text: state.answer }), result: ({ text }) => ({ found: text }) }),
      keep: code(({ log }) => { console.log('printed', canary); log('logged ' + canary); return { more: canary }; }),
      fail: code(() => { throw new Error('failed with ' + canary); }),
    },
    edges: [start('ask'), edge('ask', 'call'), edge('call', 'keep'), edge('keep', 'fail'), end('fail')],
  },
);
`;

const toolSource = `import { defineTool } from 'atelier';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
export const leak = defineTool({
  name: 'leak',
  description: 'Tells what is in the file.',
  input: z.object({ text: z.string() }),
  output: z.object({ text: z.string() }),
  effect: 'read',
  run: async (_input, { folder }) => {
    const text = await readFile(join(folder, 'own.txt'), 'utf8');
    console.log('the tool printed', text);
    return { text };
  },
});
`;

test('fifty secrets are in nothing that was written or told', { timeout: 120_000 }, async () => {
  const scratch = temporaryFolder();
  const workspace = join(scratch, 'workspace');
  const values = canaries();
  const [first = '', second = ''] = values;
  const all = values.join(' ');

  // The file that an agent's tool reads is the user's own, as are .env and the log to import: they are not searched.
  for (const folder of ['agents', 'tools']) mkdirSync(join(workspace, folder), { recursive: true });
  writeFileSync(join(workspace, 'agents', 'a.agent.ts'), agentSource(second));
  writeFileSync(join(workspace, 'tools', 'leak.ts'), toolSource);
  writeFileSync(join(workspace, 'own.txt'), all);
  const own = new Set(['own.txt', '.env', 'log.jsonl'].map((name) => join(workspace, name)));

  /** Echoes whatever key it was given, and all the canaries besides: in its headers, its body, its errors. */
  const sent: PlayedRequest[] = [];
  const upstream = await startFakeUpstream((request) => {
    sent.push(request);
    const key = request.headers.find(([name]) => /^(?:authorization|x-api-key)$/iu.test(name))?.[1] ?? 'none';
    const said = { text: `you sent ${key}; ${all}`, reasoning: all };
    const headers = [['x-echo', key.replace(/[^\x20-\x7e]/gu, '?')] as const];
    if (request.path.endsWith('/messages')) {
      return {
        headers: [...headers, ['content-type', 'application/json']],
        body: JSON.stringify(messagesAnswer(said)),
      };
    }
    if (request.body.includes('be wrong')) {
      const body = JSON.stringify(openaiError(`Incorrect API key provided: ${key}`));
      return { status: 401, headers: [...headers, ['content-type', 'application/json']], body };
    }
    if (request.body.includes('"stream":true'))
      return { headers: [...headers, ['content-type', 'text/event-stream']], body: everyByte(chatStream(said)) };
    return { headers: [...headers, ['content-type', 'application/json']], body: JSON.stringify(chatAnswer(said)) };
  });
  onTestFinished(() => upstream.close());

  const logged: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text: string | Uint8Array) => (logged.push(String(text)), write(text));
  onTestFinished(() => void (process.stderr.write = write));

  const workspaces = await openWorkspaces({
    data: join(scratch, 'data'),
    resources,
    asked: workspace,
    owner: 'a test',
    spawner: (program) => new NodeSpawner(program),
  });
  const granted = new Set([join(workspace, 'log.jsonl'), join(workspace, '.env')]);
  const desk: Context['desk'] = {
    pickFiles: () => Promise.resolve([...granted]),
    pickFolder: () => Promise.resolve(scratch),
    pickSaveFile: (_title, suggested) => Promise.resolve(join(scratch, suggested)),
    isGranted: (path) => granted.has(path),
    reveal: () => Promise.resolve(),
  };
  const told: string[] = [];
  const context: Context = { studio: workspaces.studio, desk, workspaces };
  const client = createRouterClient(router, { context });
  /** What crosses to the page, errors too. */
  const tell = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      const value = await answer;
      told.push(JSON.stringify(value) ?? '');
      return value;
    } catch (error) {
      told.push(JSON.stringify(error), String(error));
      throw error;
    }
  };

  await tell(client.vault.choosePassphrase({ passphrase: 'correct horse battery', autoLockMinutes: 0 }));
  const { origin } = new URL(upstream.origin);
  for (const [index, value] of values.entries()) {
    const bindings = [
      { kind: 'provider' as const, name: index % 2 === 0 ? 'fake' : 'claude', origin },
      { kind: 'host' as const, origin: 'https://example.com' },
    ];
    await tell(client.vault.add({ name: `CANARY_${index}`, value, bindings }));
  }
  await tell(client.vault.rotate({ name: 'CANARY_2', value: values[3] ?? '' })).catch(() => undefined);
  await expect(
    tell(client.vault.add({ name: 'CANARY_0', value: first, bindings: [{ kind: 'tool', name: 'leak' }] })),
  ).rejects.toThrow('CANARY_0');
  const tries = { tries: 1, url: `${upstream.origin}/v1` };
  await tell(
    client.models.putProvider({ name: 'fake', settings: { dialect: 'openai', secret: 'CANARY_0', ...tries } }),
  );
  await tell(
    client.models.putProvider({ name: 'claude', settings: { dialect: 'anthropic', secret: 'CANARY_9', ...tries } }),
  );

  // An agent's run, through everything that a run has.
  const run = await tell(client.runs.start({ file: 'agents/a.agent.ts', input: { question: `what of ${all}?` } }));
  await expect.poll(() => workspaces.studio().runs.get(run.id).run.status, { timeout: 60_000 }).toBe('failed');
  expect(sent.some(({ headers }) => headers.some(([, value]) => value.includes(first)))).toBe(true);
  for await (const event of await client.models.try({ model: 'fake/echo', prompt: 'be wrong' }))
    told.push(JSON.stringify(event));
  for await (const event of await client.models.try({ model: 'claude/echo', prompt: all }))
    told.push(JSON.stringify(event));
  await tell(client.models.offered({ provider: 'fake' })).catch(() => undefined);

  // Foreign clients at the gateway, streamed, not, wrong; their canaries in every place.
  const { key } = await client.gateway.createKey({
    label: 'notebook',
    scopes: ['models', 'telemetry'],
    mode: 'record',
  });
  const { address = '' } = await tell(client.gateway.start({ port: 20_000 + Math.floor(Math.random() * 20_000) }));
  const answers: string[] = [];
  const statuses: number[] = [];
  const ask = async (path: string, body: unknown, more: Record<string, string> = {}): Promise<void> => {
    const answer = await fetch(`${address}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...more },
      body: JSON.stringify(body),
    });
    statuses.push(answer.status);
    answers.push(JSON.stringify([...answer.headers]), await answer.text());
  };
  const tools = [{ type: 'function', function: { name: 'f', description: all, parameters: { type: 'object' } } }];
  const messages = [
    { role: 'system', content: all },
    { role: 'user', content: [{ type: 'text', text: all }] },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: JSON.stringify({ key: second }) } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: all },
  ];
  const extra = { user: second, metadata: { [values[4] ?? '']: second }, x_unknown: all };
  await ask(
    '/v1/chat/completions',
    { model: 'echo', messages, tools, ...extra },
    { 'x-atelier-task': values[4] ?? '' },
  );
  await ask('/v1/chat/completions', { model: 'fake/echo', messages, stream: true, ...extra });
  await ask('/v1/chat/completions', { model: 'fake/echo', messages: [{ role: 'user', content: 'be wrong' }] });
  await ask('/v1/chat/completions', { model: values[4] ?? '', messages: 'none' });
  await ask('/v1/messages', { model: 'echo', max_tokens: 9, system: all, messages: [{ role: 'user', content: all }] });
  await ask('/v1/responses', { model: 'claude/echo', input: all });
  await ask('/v1/traces', {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: all } }] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: '5b8efff798038103d269b633813fc60c',
                spanId: 'eee19b7ec3c1b174',
                name: all,
                startTimeUnixNano: '1544712660000000000',
                endTimeUnixNano: '1544712661000000000',
                attributes: [
                  { key: 'gen_ai.prompt', value: { stringValue: all } },
                  { key: second, value: { stringValue: 'x' } },
                ],
                status: { code: 2, message: all },
              },
            ],
          },
        ],
      },
    ],
  });
  await ask('/v1/scores', { trace_id: run.id, name: 'good', value: 1, comment: all });
  await client.gateway.calls({ limit: 100 }).then((calls) => told.push(JSON.stringify(calls)));

  // Files: an import with canaries in it, variables, exports.
  writeFileSync(
    join(workspace, 'log.jsonl'),
    `${JSON.stringify({
      messages: [
        { role: 'user', content: all },
        { role: 'assistant', content: all },
      ],
    })}\n`,
  );
  writeFileSync(join(workspace, '.env'), `export ANOTHER="${values[8] ?? ''}"\n`);
  await tell(client.vault.findInFile({ path: join(workspace, '.env') }));
  await tell(client.imports.start({ paths: [join(workspace, 'log.jsonl')], format: 'auto' }));
  const isIdle = (): boolean =>
    workspaces
      .studio()
      .jobs.list()
      .every(({ state }) => state !== 'running');
  await expect.poll(isIdle, { timeout: 60_000 }).toBe(true);
  for (const target of ['source', 'openai-chat'] as const) await tell(client.traces.export({ filter: {}, target }));
  await expect.poll(isIdle, { timeout: 60_000 }).toBe(true);

  // Everything that the page can be told.
  const page = { offset: 0, limit: 500 };
  const traces = await tell(client.traces.list({ filter: {}, sort: { by: 'position', descending: false }, page }));
  expect(traces.total).toBeGreaterThan(5);
  for (const { id } of traces.items) {
    await tell(client.traces.get({ id }));
    await tell(client.traces.raw({ id })).catch(() => undefined);
  }
  await tell(client.runs.get({ id: run.id }));
  await tell(client.runs.journal({ id: run.id, after: 0, limit: 1000 }));
  await tell(client.vault.state());
  await tell(client.vault.releases({ limit: 1000 }));
  await tell(client.egress.ledger({ filter: {}, offset: 0, limit: 1000 }));
  await tell(client.egress.report({}));
  await tell(client.models.state());
  await tell(client.workspace.doctor());
  // While the database is open: the log beside it, too.
  const open = filesIn(scratch).filter((file) => !own.has(file));
  const written = new Map(open.map((file) => [file, readFileSync(file)]));
  await tell(client.vault.lock());
  await workspaces.close();
  for (const file of filesIn(scratch)) if (!own.has(file)) written.set(`${file} (closed)`, readFileSync(file));

  const found: string[] = [];
  const search = (where: string, bytes: Buffer): void => {
    for (const [index, value] of values.entries())
      if (spellings(value).some((spelling) => bytes.includes(spelling))) found.push(`canary ${index} in ${where}`);
  };
  for (const [file, bytes] of written) search(file, bytes);
  for (const line of told) search(`what the page was told: ${line.slice(0, 60)}`, Buffer.from(line));
  search('what clients were told', Buffer.from(answers.join('\n')));
  search('the log', Buffer.from(logged.join('\n')));
  expect(found).toEqual([]);
  // The search can find: the user's own files, and the wire to the upstream, hold them.
  const hits = found.length;
  search('own.txt', readFileSync(join(workspace, 'own.txt')));
  expect(found.length).toBeGreaterThanOrEqual(hits + values.length);
  // Masked, not left out: the run, the gateway and the import have the masks.
  const database = join(workspace, '.atelier', 'studio.db');
  expect(written.get(`${database} (closed)`)?.includes('‹secret CANARY_')).toBe(true);
  expect(statuses).toEqual([200, 200, 401, 200, 200, 200, 200, 200]);
  expect(answers.join('\n')).toContain('‹secret CANARY_0›');
  expect(told.join('\n')).toContain('‹secret CANARY_0›');
});
