// Which turn asked for a tool call and which answered it, by the call's id, so that a tool's span finds its turns.
import type { Span } from '#contract/trace';
import type { TurnId } from '#contract/turn';
import { textMember } from '../json.ts';
import type { SourceNode } from './source-tree.ts';
import { callAt } from './trail.ts';

interface Call {
  asked?: TurnId;
  answered?: TurnId;
}

/** So many calls are remembered; tool spans lie near the model spans they belong to. */
const memory = 50_000;

export class CallTurns {
  #calls = new Map<string, Call>();
  #known = new WeakSet<SourceNode>();

  /** Remembers the calls of a transcript; the part of it that is known already is passed over. */
  learn(leaf: SourceNode): void {
    if (this.#calls.size > memory) {
      this.#calls = new Map();
      this.#known = new WeakSet();
    }
    for (let node: SourceNode | undefined = leaf; node !== undefined && !this.#known.has(node); node = node.above) {
      this.#known.add(node);
      this.#learnNode(node);
    }
  }

  /** The tool's span with the turn that asked for it and the one that holds its result, where they are known. */
  stand(span: Span): Span {
    const id = span.kind === 'tool' ? callIdOf(span) : undefined;
    const call = id === undefined ? undefined : this.#calls.get(id);
    if (call === undefined) return span;
    const read = span.read ?? call.asked;
    const wrote = span.wrote ?? call.answered;
    return { ...span, ...(read === undefined ? {} : { read }), ...(wrote === undefined ? {} : { wrote }) };
  }

  #learnNode(node: SourceNode): void {
    const turn = node.leaf?.id;
    if (turn === undefined) return;
    for (const { id } of node.trail.calls) if (id !== undefined && id !== '') this.#call(id).asked = turn;
    for (const message of node.trail.messages) {
      if (message.role !== 'tool' || message.call === undefined) continue;
      const id = callAt(node.trail, message.call)?.id;
      if (id !== undefined && id !== '') this.#call(id).answered = turn;
    }
  }

  #call(id: string): Call {
    const known = this.#calls.get(id);
    if (known !== undefined) return known;
    const call: Call = {};
    this.#calls.set(id, call);
    return call;
  }
}

function callIdOf(span: Span): string | undefined {
  return ['gen_ai.tool.call.id', 'tool_call.id', 'tool.call.id', 'ai.toolCall.id']
    .map((key) => textMember(span.attributes, key))
    .find((id) => id !== undefined);
}
