// The trail: the source messages read or written so far, newest first, in whose light the next one is understood.
import type { Json, Message } from '#contract/turn';

export interface KnownCall {
  readonly name: string;
  /** As the source names it; absent where it does not. */
  readonly id?: string;
  /** Arguments in the source's key order. */
  readonly arguments?: Json;
}

/** The newest source message of each kind: the next of its kind probably has the same shape. */
export interface Shapes {
  readonly user?: Json;
  readonly assistant?: Json;
  readonly calling?: Json;
  readonly tool?: Json;
  readonly system?: Json;
}

export interface Trail {
  readonly above: Trail | undefined;
  readonly messages: readonly Message[];
  /** The calls this source message makes; the first has the position `callBase` in the transcript. */
  readonly calls: readonly KnownCall[];
  readonly callBase: number;
  /** Calls up to and with this message. */
  readonly callCount: number;
  /** Up to and with this message. */
  readonly shapes: Shapes;
}

/** Where a transcript begins: nothing read yet but its head. */
export function trailStart(messages: readonly Message[]): Trail {
  return { above: undefined, messages, calls: [], callBase: 0, callCount: 0, shapes: {} };
}

/** The trail one source message longer. */
export function extendTrail(
  above: Trail,
  expanded: Json,
  messages: readonly Message[],
  calls: readonly KnownCall[],
): Trail {
  const kind = kindOf(messages);
  const shapes = kind === undefined ? above.shapes : { ...above.shapes, [kind]: expanded };
  return { above, messages, calls, callBase: above.callCount, callCount: above.callCount + calls.length, shapes };
}

/** Which kind of source message these internal messages make up, for the next one's shape. */
export function kindOf(messages: readonly Message[]): keyof Shapes | undefined {
  const message = messages[0];
  if (message === undefined || message.role === 'context') return undefined;
  return message.role === 'assistant' && message.toolCalls !== undefined ? 'calling' : message.role;
}

/** So many messages and calls are looked through for the call of a result, so that no record costs its length squared. */
const reach = 2000;

export interface FoundCall {
  readonly position: number;
  readonly call: KnownCall;
}

/**
 * The call that a tool result answers: the newest one with that id that has no answer yet, or the newest at all; by name
 * where the source gives no ids. `answered` are positions answered by the message being read itself.
 */
export function answeredCall(
  trail: Trail,
  fits: (call: KnownCall) => boolean,
  answered: ReadonlySet<number>,
): FoundCall | undefined {
  const taken = new Set<number>();
  let fallback: FoundCall | undefined;
  let left = reach;
  for (let at: Trail | undefined = trail; at !== undefined && at.callCount > 0 && left > 0; at = at.above) {
    left -= 1;
    for (const message of at.messages.slice(0, left)) {
      if (message.role === 'tool' && message.call !== undefined) taken.add(message.call);
    }
    for (const [index, call] of at.calls.slice(0, left).entries()) {
      left -= 1;
      if (!fits(call)) continue;
      const found = { position: at.callBase + index, call };
      if (!taken.has(found.position) && !answered.has(found.position)) return found;
      fallback ??= found;
    }
    if (fallback !== undefined) return fallback;
  }
  return undefined;
}

/** The call at a position, looked up from the newest. */
export function callAt(trail: Trail, position: number): KnownCall | undefined {
  let steps = 0;
  for (let at: Trail | undefined = trail; at !== undefined && steps < reach; at = at.above, steps += 1) {
    if (position >= at.callBase && position < at.callCount) return at.calls[position - at.callBase];
  }
  return undefined;
}

/** How far back a call of the same tool is looked for: source messages. */
const recall = 24;

/** The newest call of the tool that is not too far back. */
export function recentCall(trail: Trail, name: string): KnownCall | undefined {
  let steps = 0;
  for (let at: Trail | undefined = trail; at !== undefined && steps < recall; at = at.above, steps += 1) {
    const call = at.calls.slice(0, recall).find((one) => one.name === name);
    if (call !== undefined) return call;
  }
  return undefined;
}
