// Runs a graph step by step: all nodes of a step at once, their patches merged in node order, then the edges on the new state.
import type { JsonObject } from '#contract/turn';
import type { AgentDefinition } from '../graph/definition.ts';
import { Cancellation } from './cancellation.ts';
import type { RunCore, Scope } from './core.ts';
import type { Frame, Inner, Spot } from './frame.ts';
import { runNode, tellDone, type Done } from './node-run.ts';
import { isPromise, type Body, type Patch } from './node-world.ts';
import { innerScope, nodePath } from './path.ts';
import { toJson } from './plain-json.ts';
import { failure, failureOf, type RunFailure } from './run-failure.ts';
import { waysOn, type Joins } from './ways.ts';

/** Where a scope stands after a step. */
export interface Standing {
  readonly state: JsonObject;
  readonly step: number;
  readonly next: readonly number[];
  readonly joins: Joins;
}

/** Runs a scope to its end and gives its last state. Throws a RunFailure. */
export async function runScope(core: RunCore, scope: Scope, from: Standing): Promise<JsonObject> {
  const { graph, path } = scope;
  const { maxSteps } = graph.definition;
  let { state, step, next, joins } = from;
  while (next.length > 0) {
    step += 1;
    if (step > maxSteps) throw endless(maxSteps);
    const names = namesOf(scope, next);
    const hold = core.gate.before(path, step, names, state, Date.now());
    if (hold !== undefined) await hold;
    if (scope.cancellation.reason !== undefined && core.recorded === undefined) throw scope.cancellation.reason;
    const running = runStep(core, scope, step, next, state);
    const ran = isPromise(running) ? await running : running;
    ({ state, joins, next } = finishStep(core, scope, step, ran, state, joins));
    const stop = core.gate.after(path, step, names, state);
    if (stop !== undefined) await stop;
  }
  return state;
}

/** The places of nodes by name. Throws where one is not there (any more). */
export function placesOf({ graph }: Scope, names: readonly string[]): number[] {
  return names.map((name) => {
    const place = graph.places.get(name);
    if (place === undefined) {
      throw failure(
        'UnknownNode',
        `The run stands before the node "${name}", which the agent does not have (any more).`,
      );
    }
    return place;
  });
}

export function namesOf({ graph }: Scope, places: readonly number[]): string[] {
  return places.map((place) => graph.nodes[place]?.name ?? '');
}

/** The first state of a scope, told. */
export function beginScope(core: RunCore, scope: Scope, input: JsonObject): Standing {
  const state = scope.graph.channels.initial(input);
  const next = scope.graph.start;
  core.journal.emit({
    type: 'step.finished',
    scope: scope.path,
    step: 0,
    delta: [['=', [], state]],
    next: namesOf(scope, next),
  });
  return { state, step: 0, next, joins: {} };
}

/** A node that has run in a step; `isTold`: the journal has that it is done. */
interface Ran {
  readonly spot: Spot;
  readonly place: number;
  readonly done: Done;
  readonly isTold: boolean;
}

function runStep(
  core: RunCore,
  scope: Scope,
  step: number,
  places: readonly number[],
  state: JsonObject,
): readonly Ran[] | Promise<readonly Ran[]> {
  const [place, ...others] = places;
  if (place === undefined) return [];
  if (others.length > 0) return runTogether(core, scope, step, places, state);
  const spot = spotOf(scope, step, place, state);
  const running = runNode(core, spot, inner);
  if (isPromise(running)) return running.then((done) => [{ spot, place, done, isTold: false }]);
  return [{ spot, place, done: running, isTold: false }];
}

/** Several nodes at once. Where one fails the others are stopped; what they did is undone where they can; then it fails. */
async function runTogether(
  core: RunCore,
  scope: Scope,
  step: number,
  places: readonly number[],
  state: JsonObject,
): Promise<readonly Ran[]> {
  const cancellation = new Cancellation(scope.cancellation);
  const part = { ...scope, cancellation };
  const failures: RunFailure[] = [];
  let left = places.length;
  const one = async (place: number): Promise<Ran | undefined> => {
    const spot = spotOf(part, step, place, state);
    try {
      const done = await runNode(core, spot, inner);
      left -= 1;
      const isLast = left === 0 && failures.length === 0;
      if (!isLast) tellDone(core, spot, done, true);
      return { spot, place, done, isTold: !isLast };
    } catch (error) {
      const known = failureOf(error);
      failures.push(known);
      cancellation.cancel(failure('Cancelled', `Stopped, because "${spot.node.name}" failed.`));
      return undefined;
    }
  };
  const ran = await Promise.all(places.map((place) => one(place)));
  cancellation.release();
  const first = failures.find(({ error }) => error.name !== 'Cancelled') ?? failures[0];
  if (first !== undefined) throw first;
  return ran.filter((one) => one !== undefined);
}

function spotOf(scope: Scope, step: number, place: number, state: JsonObject): Spot {
  const node = scope.graph.nodes[place];
  if (node === undefined) throw failure('UnknownNode', `There is no node ${place}.`);
  return { scope, step, node, path: nodePath(scope.path, step, node.name), state, item: undefined, index: 0 };
}

/** Merges, goes on, and tells it in one. */
function finishStep(
  core: RunCore,
  scope: Scope,
  step: number,
  ran: readonly Ran[],
  before: JsonObject,
  waiting: Joins,
): Omit<Standing, 'step'> {
  const { graph, path } = scope;
  try {
    const given = ran.map(({ spot, done }) => ({ node: spot.node.name, patches: done.patches }));
    const { state, delta } = graph.channels.merge(before, given);
    const arrivals = ran.map(({ place, done }) => ({ place, branch: done.branch }));
    const { next, joins } = waysOn(graph, arrivals, state, waiting, { scope: path, step, seed: core.seed });
    for (const { spot, done, isTold } of ran) if (!isTold) tellDone(core, spot, done, false);
    const names = namesOf(scope, next);
    core.journal.emit({
      type: 'step.finished',
      scope: path,
      step,
      delta,
      next: names,
      ...(isEmpty(joins) ? {} : { joins: joinsOf(joins) }),
    });
    if (path === '') {
      core.recorded = undefined;
      core.journal.snapshotIfDue(() => JSON.stringify({ step, state, next: names, joins }));
    }
    core.journal.flushIfFull();
    return { state, next, joins };
  } catch (error) {
    for (const { spot, done, isTold } of ran) if (!isTold) tellDone(core, spot, done, true);
    throw failureOf(error);
  }
}

function isEmpty(joins: Joins): boolean {
  for (const _ in joins) return false;
  return true;
}

function joinsOf(joins: Joins): Record<string, string[]> {
  return Object.fromEntries(Object.entries(joins).map(([index, names]) => [index, [...names]]));
}

function endless(maxSteps: number): RunFailure {
  return failure(
    'MaxSteps',
    `It took ${maxSteps} steps without coming to its end.`,
    'Look for a cycle that nothing leads out of, or raise `maxSteps`.',
  );
}

/* Nodes inside nodes ---------------------------------------------------------------------------------------------------------------- */

const inner: Inner = { body: runBody, graph: runGraph };

function runBody(frame: Frame, body: Body): readonly Patch[] | Promise<readonly Patch[]> {
  const { core, spot, tried } = frame;
  const { definition, name, state, item, index, step = 1, isShielded = false } = body;
  const scope = { ...frame.partFor(isShielded), path: innerScope(spot.path, tried, index) };
  const path = nodePath(scope.path, step, name);
  const node = core.graphs.node(name, definition);
  const at: Spot = { scope, step, node, path, state, item, index: index ?? spot.index };
  const hold = isShielded ? undefined : core.gate.before(scope.path, step, [name], state, Date.now());
  if (hold !== undefined) return hold.then(() => bodyHeld(core, at));
  const running = runNode(core, at, inner);
  return isPromise(running) ? running.then((done) => bodyDone(core, at, done)) : bodyDone(core, at, running);
}

async function bodyHeld(core: RunCore, at: Spot): Promise<readonly Patch[]> {
  return bodyDone(core, at, await runNode(core, at, inner));
}

function bodyDone(core: RunCore, at: Spot, done: Done): readonly Patch[] {
  tellDone(core, at, done, true);
  core.journal.flushIfFull();
  return done.patches;
}

async function runGraph(frame: Frame, agent: AgentDefinition, input: unknown): Promise<JsonObject> {
  const { core, spot, tried } = frame;
  const scope: Scope = { ...frame.scope, path: innerScope(spot.path, tried), graph: core.graphs.of(agent) };
  const known = core.recorded?.scopes.get(scope.path);
  if (known === undefined) {
    const given = toJson(input ?? {}, `The input of "${frame.name}"`);
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      throw failure('BadInput', `The input of "${frame.name}" is no object.`);
    }
    return runScope(core, scope, beginScope(core, scope, given as JsonObject));
  }
  const { state, step, next, joins } = known;
  const frozen = toJson(state, 'The state') as JsonObject;
  return runScope(core, scope, { state: frozen, step, next: placesOf(scope, next), joins });
}
