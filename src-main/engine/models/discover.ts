// Model servers that run on this machine: the usual loopback ports are asked for their models.
import { z } from 'zod';
import type { FoundServer } from '#contract/model';
import type { Json } from '#contract/turn';
import { isLoopback } from '../loopback.ts';
import { HttpFailure, type WayOut } from '../network-ports.ts';
import { jsonOf } from './answer.ts';
import { ModelError } from './model.ts';

type Kind = FoundServer['kind'];

/** Where each listens unless told otherwise. */
export const usualPorts: readonly { readonly kind: Kind; readonly port: number }[] = [
  { kind: 'ollama', port: 11_434 },
  { kind: 'lm-studio', port: 1234 },
  { kind: 'llama.cpp', port: 8080 },
  { kind: 'vllm', port: 8000 },
];

const patienceMs = 1500;

export const modelListSchema = z.object({
  data: z.array(z.object({ id: z.string().min(1).max(300), owned_by: z.string().optional() })).max(10_000),
});

/** What only one kind of server answers. */
const signs: readonly { readonly kind: Kind; readonly path: string; readonly schema: z.ZodType }[] = [
  {
    kind: 'lm-studio',
    path: '/api/v0/models',
    schema: z.object({ object: z.literal('list'), data: z.array(z.looseObject({ compatibility_type: z.string() })) }),
  },
  { kind: 'ollama', path: '/api/version', schema: z.object({ version: z.string() }) },
  { kind: 'llama.cpp', path: '/props', schema: z.object({ default_generation_settings: z.unknown() }) },
  { kind: 'vllm', path: '/version', schema: z.object({ version: z.string() }) },
];

/** What servers call themselves in their list of models. */
const owners: Readonly<Record<string, Kind>> = { library: 'ollama', llamacpp: 'llama.cpp', vllm: 'vllm' };

/**
 * Servers that are not among `known` (addresses). One that does not answer quickly, or not with a list of models, is none; where offline mode
 * holds the question back, throws its Problem (REFUSED).
 */
export async function discover(
  wayOut: WayOut,
  known: readonly { readonly name: string; readonly url: string }[],
  { ports = usualPorts, signal }: { readonly ports?: typeof usualPorts; readonly signal: AbortSignal },
): Promise<readonly FoundServer[]> {
  const places = new Set(known.map(({ url }) => placeOf(url)));
  const names = new Set(known.map(({ name }) => name));
  const asked = ports.filter(({ port }) => !places.has(`loopback:${port}`));
  const found = await Promise.all(asked.map(({ kind, port }) => look(wayOut, kind, port, signal)));
  return found.flatMap((server) => {
    if (server === undefined) return [];
    const suggested = freeName(server.kind === 'unknown' ? 'local' : server.kind.replace('.', '-'), names);
    names.add(suggested);
    return [{ ...server, suggested }];
  });
}

async function look(
  wayOut: WayOut,
  usual: Kind,
  port: number,
  signal: AbortSignal,
): Promise<Omit<FoundServer, 'suggested'> | undefined> {
  const origin = `http://127.0.0.1:${port}`;
  const list = modelListSchema.safeParse(await get(wayOut, `${origin}/v1/models`, signal));
  if (!list.success) return undefined;
  const models = list.data.data.map(({ id }) => id);
  const owner = list.data.data.map(({ owned_by }) => owners[owned_by ?? '']).find((kind) => kind !== undefined);
  return { kind: owner ?? (await kindOf(wayOut, origin, usual, signal)), url: `${origin}/v1`, models };
}

async function kindOf(wayOut: WayOut, origin: string, usual: Kind, signal: AbortSignal): Promise<Kind> {
  // The usual one first: most often it is that.
  const inOrder = [...signs.filter(({ kind }) => kind === usual), ...signs.filter(({ kind }) => kind !== usual)];
  for (const { kind, path, schema } of inOrder) {
    if (schema.safeParse(await get(wayOut, `${origin}${path}`, signal)).success) return kind;
  }
  return 'unknown';
}

/** undefined where nothing answers, or not with JSON. */
async function get(wayOut: WayOut, url: string, signal: AbortSignal): Promise<Json | undefined> {
  const patience = AbortSignal.timeout(patienceMs);
  try {
    const { status, body } = await wayOut.send({
      method: 'GET',
      url,
      headers: [
        ['accept', 'application/json'],
        ['user-agent', 'atelier'],
        ['accept-encoding', 'identity'],
      ],
      signal: AbortSignal.any([signal, patience]),
      headMs: patienceMs,
      idleMs: patienceMs,
      cause: { purpose: 'discovery' },
    });
    const answer = await jsonOf(body);
    return status === 200 ? answer : undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HttpFailure || error instanceof ModelError || patience.aborted) return undefined;
    throw error;
  }
}

/** "host:port", the same for every name of this machine. */
function placeOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${isLoopback(hostname) ? 'loopback' : hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let number = 2, name = wanted; ; number += 1) {
    if (!taken.has(name)) return name;
    name = `${wanted}-${number}`;
  }
}
