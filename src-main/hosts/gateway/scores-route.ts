// Scores of traces, from what judges an agent's work elsewhere: POST /v1/scores.
import type { Score } from '#contract/trace';
import type { Topic } from '#contract/workspace';
import { z } from 'zod';
import type { CallStore } from '#engine/network-ports';
import type { Store } from '#engine/ports';
import type { Redactor } from '#engine/redactor';
import { checkIsJson, parseJson, readBody } from './body.ts';
import { Refusal } from './refusal.ts';
import type { Route, RouteRequest } from './route.ts';

const bodyLimit = 2 * 1024 * 1024;
const most = 1000;
/** Scores of one trace, each of another name: they are written and shown together. */
const mostOfTrace = 200;

export interface ScoresRouteParts {
  readonly store: Store & { readonly calls: CallStore };
  readonly redactor: Redactor;
  readonly changed: (...topics: Topic[]) => void;
  /** What went through the gateway so far is in the store when it resolves: a score may be of a call that has just ended. */
  readonly flush: () => Promise<void>;
}

const text = z.string().min(1);
const scoreSchema = z.strictObject({
  trace_id: text.max(200).optional(),
  call_id: text.max(200).optional(),
  name: z.string().trim().min(1).max(200),
  value: z.union([z.number(), z.boolean()], {
    error: 'a score is a number, or true or false; write words into "comment"',
  }),
  comment: z.string().max(10_000).optional(),
});
type ScoreInput = z.infer<typeof scoreSchema>;

/** One score, or a list of them, of which all are taken or none: {trace_id or call_id, name, value, comment?}. */
export function scoresRoute(parts: ScoresRouteParts): Route {
  return {
    prefix: '/v1/scores',
    scope: () => 'telemetry',
    bodyLimit,
    handle: (exchange) => handle(exchange, parts),
  };
}

async function handle({ request, response, path }: RouteRequest, parts: ScoresRouteParts): Promise<void> {
  if (path !== '/v1/scores')
    throw new Refusal(404, `There is nothing at ${path.slice(0, 100)}.`, 'Scores go to /v1/scores.');
  if (request.method !== 'POST') {
    throw new Refusal(405, 'Scores are sent by POST.', undefined, { headers: { allow: 'POST' } });
  }
  checkIsJson(request);
  const body = parseJson(await readBody(request, bodyLimit));
  const items = Array.isArray(body) ? (body as readonly unknown[]) : [body];
  if (items.length === 0 || items.length > most) throw new Refusal(400, `A list holds 1 to ${most} scores.`);
  const scores = items.map((item, index) => parsed(item, Array.isArray(body) ? index : undefined));
  await parts.flush();
  put(parts, scores);
  parts.changed('traces');
  const answer = Buffer.from(JSON.stringify({ scores: scores.length }));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
  response.end(answer);
}

function parsed(item: unknown, index: number | undefined): ScoreInput {
  const where = index === undefined ? 'The score' : `Score ${index + 1} of the list`;
  const { success, data, error } = scoreSchema.safeParse(item);
  if (!success) {
    const [issue] = error.issues;
    const place = issue === undefined || issue.path.length === 0 ? '' : ` at "${issue.path.join('.')}"`;
    throw new Refusal(400, `${where} cannot be read${place}: ${issue?.message ?? 'it is none'}.`, example);
  }
  if ((data.trace_id === undefined) === (data.call_id === undefined)) {
    throw new Refusal(400, `${where} needs either "trace_id" or "call_id".`, example);
  }
  return data;
}

const example =
  'A score is {"trace_id": …, "name": "helpful", "value": 0.8, "comment": "…"}; the answer to a call names both ids (x-atelier-trace, x-atelier-call).';

function put({ store, redactor }: ScoresRouteParts, inputs: readonly ScoreInput[]): void {
  const byTrace = new Map<string, Score[]>();
  for (const input of inputs) {
    const id = traceOf(store, input);
    const scores = byTrace.get(id) ?? [];
    const name = redactor.text(input.name);
    const score = { name, value: Number(input.value) };
    const comment = input.comment === undefined ? {} : { comment: redactor.text(input.comment) };
    // Of several scores of one name the last one stands.
    byTrace.set(id, [...scores.filter((other) => other.name !== name), { ...score, ...comment }]);
  }
  for (const [id, scores] of byTrace) {
    const names = [...(store.traces.get(id)?.summary.scores ?? []), ...scores].map(({ name }) => name);
    if (new Set(names).size <= mostOfTrace) continue;
    throw new Refusal(
      400,
      `The trace ${id} would have more than ${mostOfTrace} scores.`,
      'Give a score that is there a new value, or put several into one. No score of the request was taken.',
    );
  }
  store.transaction(() => {
    for (const [id, scores] of byTrace) store.traces.putScores(id, scores);
  });
}

function traceOf(store: ScoresRouteParts['store'], { trace_id: trace, call_id: call }: ScoreInput): string {
  // Trace ids as OpenTelemetry writes them are lower case; some libraries give capitals.
  const id =
    trace === undefined
      ? store.calls.get(call ?? '')?.traceId
      : [trace, trace.toLowerCase()].find((one) => store.traces.get(one) !== undefined);
  if (id !== undefined && store.traces.get(id) !== undefined) return id;
  const what = trace === undefined ? `call ${(call ?? '').slice(0, 80)}` : `trace ${trace.slice(0, 80)}`;
  throw new Refusal(404, `There is no ${what}.`, 'No score of the request was taken.');
}
