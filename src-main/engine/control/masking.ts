// Keeps secrets out of runs: what runners and tools tell, and what models answer, is masked before anything is made of it.
import type { RunError } from '#contract/journal';
import type { RunFork, StepState } from '#contract/run';
import { messageSchema, type JsonObject } from '#contract/turn';
import type { Bundler } from '../ports.ts';
import type { Redactor } from '../redactor.ts';
import type { BatchItem } from '../run/protocol.ts';
import { toJson } from '../run/plain-json.ts';
import { RunFailure } from '../run/run-failure.ts';
import type { RunnerListener, Runners } from '../runner/runners.ts';

/** A listener that is told the same, masked. */
export function maskedListener(listener: RunnerListener, redactor: Redactor): RunnerListener {
  return {
    batch: (run, items) =>
      listener.batch(
        run,
        items.map((item) => maskedItem(item, redactor)),
      ),
    left: (run) => listener.left(run),
    refused: (run, error) => listener.refused(run, maskedError(error, redactor)),
    lost: (run, error, alone) => listener.lost(run, maskedError(error, redactor), alone),
    output: (run, text, dropped) => listener.output(run, redactor.text(text), dropped),
  };
}

/** Runners whose tools' results and failures, and whose descriptions of files, are masked. */
export function maskedRunners(runners: Runners, redactor: Redactor): Runners {
  return {
    run: (order, alone) => runners.run(order, alone),
    send: (message) => runners.send(message),
    has: (run) => runners.has(run),
    describe: (url) => masked(runners.describe(url), redactor),
    callTool: async (call) => redactor.json(await masked(runners.callTool(call), redactor)),
    drop: (run) => runners.drop(run),
    warm: () => runners.warm(),
    close: () => runners.close(),
  };
}

/** A bundler whose files are told masked: they are kept with the runs that they began. What is run is what it was. */
export function maskedBundler(bundler: Bundler, redactor: Redactor): Bundler {
  return {
    async bundle(folder, file) {
      const bundle = await bundler.bundle(folder, file);
      const files = Object.entries(bundle.files).map(([name, text]) => [name, redactor.text(text)] as const);
      return { ...bundle, files: Object.fromEntries(files) };
    },
  };
}

/** State put together of pieces that hold a value only together. */
export function maskedState(at: StepState, redactor: Redactor): StepState {
  const { state, before } = at;
  return {
    ...at,
    state: maskedMembers(state, redactor),
    ...(before === undefined ? {} : { before: maskedMembers(before, redactor) }),
  };
}

/** Every item carries JSON as text: a mask needs no escape in it. */
function maskedItem(item: BatchItem, redactor: Redactor): BatchItem {
  if ('event' in item) return { ...item, event: redactor.text(item.event) };
  if ('effect' in item) {
    const { name, request } = item.effect;
    return { ...item, effect: { ...item.effect, name: redactor.text(name), request: redactor.text(request) } };
  }
  return { ...item, snapshot: redactor.text(item.snapshot) };
}

async function masked<T>(work: Promise<T>, redactor: Redactor): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof RunFailure ? new RunFailure(maskedError(error.error, redactor)) : error;
  }
}

export function maskedError(error: RunError, redactor: Redactor): RunError {
  const { name, message, hint, stack, ...rest } = error;
  return {
    ...rest,
    name: redactor.text(name),
    message: redactor.text(message),
    ...(hint === undefined ? {} : { hint: redactor.text(hint) }),
    ...(stack === undefined ? {} : { stack: redactor.text(stack) }),
  };
}

/** An object that a person gave: input, state. */
export function maskedMembers(object: JsonObject, redactor: Redactor): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [redactor.text(name), redactor.json(value)] as const),
  );
}

export function maskedFork(fork: RunFork, redactor: Redactor): RunFork {
  const { set, message } = fork;
  return {
    ...fork,
    ...(set === undefined ? {} : { set: maskedMembers(set, redactor) }),
    ...(message === undefined
      ? {}
      : {
          message: { ...message, message: messageSchema.parse(redactor.json(toJson(message.message, 'The message'))) },
        }),
  };
}
