// A thread with the real gateway before upstreams that always answer, so that one that hangs or dies can be told from outside.
import { createServer } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort } from 'node:worker_threads';
import { openStore } from '#adapters/sqlite/store';
import { Problem } from '#engine/problem';
import { openDoors } from '#hosts/doors';
import { resourcesFolder } from '#hosts/type-sources';
import { playMessages } from '#test/upstream/wire-anthropic';
import { embeddingsAnswer, playChat } from '#test/upstream/wire-openai';
import { playResponses } from '#test/upstream/wire-responses';
import { playJson } from '#test/upstream/said';
import type { Played, PlayedRequest } from '#test/upstream/fake-upstream';

export type FromServer =
  | { readonly kind: 'open'; readonly port: number; readonly key: string }
  /** What its log was told: what went wrong inside. */
  | { readonly kind: 'failed'; readonly sentence: string }
  | { readonly kind: 'heap'; readonly bytes: number }
  | { readonly kind: 'closed' };

export type ToServer = 'heap' | 'close';

function tell(message: FromServer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
  parentPort?.postMessage(message);
}

/** Plain HTTP of Node's own: nothing of it is under test. */
async function openUpstream(): Promise<{ readonly origin: string; readonly close: () => void }> {
  const server = createServer({ maxHeaderSize: 2 ** 20 }, (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString('utf8');
      const played = answerTo({ path: request.url ?? '', body });
      response.writeHead(played.status ?? 200, played.headers?.flat());
      const all = typeof played.body === 'string' ? [played.body] : (played.body as readonly string[]);
      for (const piece of all) response.write(piece);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

function answerTo({ path, body }: Pick<PlayedRequest, 'path' | 'body'>): Played {
  const request = { method: 'POST', path, headers: [], body, gone: new AbortController().signal };
  const said = { text: 'Both are warm.' };
  if (path.startsWith('/v1/messages/')) return playJson({ input_tokens: 5 });
  if (path.startsWith('/v1/messages')) return playMessages(said)(request);
  if (path.startsWith('/v1/responses')) return playResponses(said)(request);
  if (path.startsWith('/v1/embeddings')) return playJson(embeddingsAnswer(['x']));
  return playChat(said)(request);
}

async function openGateway(): Promise<void> {
  const upstream = await openUpstream();
  const folder = mkdtempSync(join(tmpdir(), 'atelier-fuzz-'));
  const providers = Object.fromEntries(
    ['openai', 'anthropic'].map((dialect) => [dialect, { dialect, url: `${upstream.origin}/v1` }]),
  );
  writeFileSync(join(folder, 'atelier.json'), JSON.stringify({ models: { providers } }));
  const store = openStore(join(folder, 'studio.db'));
  const doors = openDoors({
    folder,
    resources: resourcesFolder(),
    store,
    clock: { now: () => Date.now() },
    vault: new Problem('NOT_FOUND', 'There is no vault.'),
    changed: () => undefined,
    failed: (sentence) => tell({ kind: 'failed', sentence }),
  });
  const { port } = await started(doors);
  const { key } = doors.gateway.createKey({ label: 'fuzz', scopes: ['models', 'telemetry'], mode: 'record' });
  const close = async (): Promise<void> => {
    await doors.close();
    // Whatever is sent, the call of it is kept; in what it cannot be, it says so.
    for (const { id, problem } of doors.gateway.calls({ limit: 500 }))
      if (problem !== undefined && /could not be recorded|fault in Atelier/u.test(problem))
        tell({ kind: 'failed', sentence: `Call ${id}: ${problem}` });
    upstream.close();
    store.close();
    rmSync(folder, { recursive: true, force: true });
    tell({ kind: 'closed' });
  };
  parentPort?.on('message', (message: ToServer) => {
    if (message === 'heap') tell({ kind: 'heap', bytes: heap() });
    else void close();
  });
  tell({ kind: 'open', port, key });
}

async function started({ gateway }: ReturnType<typeof openDoors>): Promise<{ readonly port: number }> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await gateway.start({ port: 20_000 + Math.floor(Math.random() * 40_000) });
    } catch (error) {
      if (tries === 20) throw error;
    }
  }
}

/** What is still in use. */
function heap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

await openGateway();
