// The source messages of an import as a tree, so that what transcripts share is read, hashed and stored once.
import type { Json, JsonObject, Message, Turn } from '#contract/turn';
import type { ResidueLink } from '../../ports.ts';
import { Problem } from '../../problem.ts';
import { canonicalJson, sha256 } from '../../turns/canonical.ts';
import { isEmptyContext, turnBelow } from '../../turns/path.ts';
import { diffJson } from '../../turns/residue.ts';
import { isArray, isObject } from '../json.ts';
import type { Dialect, SourceSide } from './format.ts';
import { extendTrail, trailStart, type Trail } from './trail.ts';

/** Index of the head's residue; messages follow from 0. */
export const headIndex = -1;

/** A link of the residue chain, and its patch as JSON. */
interface Link {
  readonly link: ResidueLink;
  readonly text: string;
}

/** One source message (or the head), and what it became. */
export interface SourceNode {
  readonly above: SourceNode | undefined;
  readonly trail: Trail;
  /** What this message adds to the path; none where the head waits for the first message. */
  readonly turns: readonly Turn[];
  /** Canonical JSON of each turn's message. */
  readonly turnTexts: readonly string[];
  /** The path's last turn; undefined only on such a head. */
  readonly leaf: Turn | undefined;
  readonly link: Link | undefined;
  /** Id of the newest link of the chain. */
  readonly residue: string | undefined;
  /** Tool calls up to here. */
  readonly callCount: number;
  /** The first words of the first user up to here. */
  readonly title: string | undefined;
  /** Whether the root holds nothing. */
  readonly bare: boolean;
  /** The source message; the head where there is none. */
  readonly source: Json;
  /** The node below, which most have one of; where there are more, by the JSON of their source message. */
  below: SourceNode | Map<string, SourceNode> | undefined;
  /** Set once its turns and link are in the store. */
  stored: boolean;
}

/**
 * Characters of source kept before the tree is forgotten and grows anew: so many, or some transcripts like the newest one. More would
 * help few logs, and what lives longer costs the garbage collector a tenth of the import's time.
 */
const usualMemory = 128 * 1024;
const transcripts = 3;

export interface SourceTreeOptions {
  /** Characters of source kept, where many transcripts grow at once. */
  readonly memory?: number;
  /** Masks what is read before anything is made of it; the value itself where there is nothing to mask. What is known is not masked again. */
  readonly mask?: (value: Json) => Json;
}

export class SourceTree {
  readonly #dialect: Dialect;
  #heads = new Map<string, SourceNode>();
  #size = 0;
  #newest = 0;

  readonly #memory: number;
  readonly #mask: (value: Json) => Json;

  constructor(dialect: Dialect, { memory = usualMemory, mask = (value) => value }: SourceTreeOptions = {}) {
    this.#dialect = dialect;
    this.#memory = memory;
    this.#mask = mask;
  }

  /** Reads a side; returns the node of its last message. Throws a Problem that names the message that cannot be read. */
  read(side: SourceSide): SourceNode {
    if (this.#size > Math.max(this.#memory, transcripts * this.#newest)) {
      this.#heads = new Map();
      this.#size = 0;
    }
    this.#newest = 0;
    let node = this.#head(side.head);
    const [first] = side.messages;
    if (node.leaf === undefined && first === undefined) throw new Problem('BAD_INPUT', 'It has no messages.');
    for (const [index, source] of side.messages.entries()) node = this.extend(node, source, index, side.head);
    return node;
  }

  #head(given: JsonObject): SourceNode {
    const known = this.#heads.get(JSON.stringify(given));
    if (known !== undefined) return known;
    const masked = this.#mask(given);
    const head = isObject(masked) ? masked : given;
    const text = JSON.stringify(head);
    const alike = this.#heads.get(text);
    if (alike !== undefined) return alike;
    const waits = head['lead'] === true;
    const node = waits ? waitingHead(head) : headNode(this.#dialect, head);
    this.#heads.set(text, node);
    this.#size += text.length;
    return node;
  }

  /** Reads one more message below a node, its `index`-th; `head` is the one the node was read with. Throws as `read` does. */
  extend(above: SourceNode, source: Json, index: number, head: JsonObject): SourceNode {
    const size = sizeOf(source);
    this.#newest += size;
    const known = childOf(above, source);
    if (known !== undefined) return known;
    const masked = this.#mask(source);
    const alike = masked === source ? undefined : childOf(above, masked);
    if (alike !== undefined) return alike;
    const node =
      above.leaf === undefined
        ? leadNode(this.#dialect, above, isObject(above.source) ? above.source : head, masked)
        : messageNode(this.#dialect, above, above.leaf, masked, index);
    addChild(above, node);
    this.#size += size;
    return node;
  }
}

function childOf({ below }: SourceNode, source: Json): SourceNode | undefined {
  if (below === undefined) return undefined;
  if (below instanceof Map) return below.get(JSON.stringify(source));
  return diffJson(below.source, source) === undefined ? below : undefined;
}

function addChild(above: SourceNode, node: SourceNode): void {
  const { below } = above;
  if (below === undefined) above.below = node;
  else if (below instanceof Map) below.set(JSON.stringify(node.source), node);
  else above.below = new Map([below, node].map((child) => [JSON.stringify(child.source), child]));
}

/** About how many characters a value has. */
function sizeOf(value: Json): number {
  if (typeof value === 'string') return value.length + 2;
  if (!isObject(value) && !isArray(value)) return 4;
  let size = 2;
  if (isArray(value)) for (const item of value) size += sizeOf(item) + 1;
  else for (const key of Object.keys(value)) size += key.length + 4 + sizeOf(value[key] ?? null);
  return size;
}

function waitingHead(head: JsonObject): SourceNode {
  return {
    above: undefined,
    source: head,
    trail: trailStart([]),
    turns: [],
    turnTexts: [],
    leaf: undefined,
    link: undefined,
    residue: undefined,
    callCount: 0,
    title: undefined,
    bare: true,
    below: undefined,
    stored: true,
  };
}

function headNode(dialect: Dialect, head: JsonObject): SourceNode {
  const { context } = dialect.readHead(head, undefined);
  return rootNode(dialect, undefined, head, context, undefined);
}

/** The first source message where it is part of the root (a system prompt). */
function leadNode(dialect: Dialect, above: SourceNode, head: JsonObject, source: Json): SourceNode {
  const { context } = dialect.readHead(head, source);
  return rootNode(dialect, above, head, context, source);
}

function rootNode(
  dialect: Dialect,
  above: SourceNode | undefined,
  head: JsonObject,
  context: Message,
  lead: Json | undefined,
): SourceNode {
  const rootText = canonicalJson(context);
  const root = turnBelow(undefined, context, rootText);
  const link = linkBelow(undefined, headIndex, writeStart(dialect, context), [head, lead ?? null]);
  return {
    above,
    source: lead ?? head,
    trail: trailStart([context]),
    turns: [root],
    turnTexts: [rootText],
    leaf: root,
    link,
    residue: link?.link.id,
    callCount: 0,
    title: undefined,
    bare: isEmptyContext(context),
    below: undefined,
    stored: false,
  };
}

/** What the writer makes of a root: the head, and the first message where it expects one that is part of the root. */
export function writeStart(dialect: Dialect, context: Message): Json {
  const head = dialect.writeHead(context);
  return [head, head['lead'] === true ? dialect.writeLead(context) : null];
}

function messageNode(dialect: Dialect, above: SourceNode, leaf: Turn, source: Json, index: number): SourceNode {
  const messages = readMessages(dialect, source, above.trail, index);
  const turns: Turn[] = [];
  const turnTexts: string[] = [];
  let last = leaf;
  for (const message of messages) {
    const turnText = canonicalJson(message);
    last = turnBelow(last, message, turnText);
    turns.push(last);
    turnTexts.push(turnText);
  }
  const expanded = dialect.expand(source, above.trail);
  const link = linkBelow(above.residue, index, dialect.write(messages, above.trail), expanded);
  const calls = dialect.calls(expanded);
  return {
    above,
    source,
    trail: extendTrail(above.trail, expanded, messages, calls),
    turns,
    turnTexts,
    leaf: last,
    link,
    residue: link?.link.id ?? above.residue,
    callCount: above.callCount + calls.length,
    title: above.title ?? titleOf(messages),
    bare: above.bare,
    below: undefined,
    stored: false,
  };
}

/** What one source message reads as. Throws a Problem that names it by its place. */
export function readMessages(dialect: Dialect, source: Json, above: Trail, index: number): readonly Message[] {
  try {
    return dialect.read(source, above);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(error.code, `Message ${index + 1} cannot be read: ${error.message}.`, error.hint, {
      cause: error,
    });
  }
}

function linkBelow(parent: string | undefined, index: number, written: Json, source: Json): Link | undefined {
  const patch = diffJson(written, source);
  if (patch === undefined) return undefined;
  // Not canonical: the order of a patch's members is the order of new keys in the source.
  const text = JSON.stringify(patch);
  const id = sha256(`${parent ?? ''}${index}${text}`);
  return { link: parent === undefined ? { id, index, patch } : { id, parent, index, patch }, text };
}

/** A title is cut after this many characters. */
const titleLength = 80;

/** The first words of the first user; undefined where no user says anything. */
export function titleOf(messages: readonly Message[]): string | undefined {
  for (const message of messages) {
    if (message.role !== 'user') continue;
    const text = message.content.find((part) => part.type === 'text')?.text;
    const title = text === undefined ? undefined : shortened(text);
    if (title !== undefined) return title;
  }
  return undefined;
}

/** The first words of a text on one line. */
export function shortened(text: string): string | undefined {
  const line = text
    .slice(0, titleLength * 8)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toWellFormed();
  if (line === '') return undefined;
  if (line.length <= titleLength) return line;
  const cut = line.slice(0, titleLength - 1);
  const space = cut.lastIndexOf(' ');
  return `${(space > titleLength / 2 ? cut.slice(0, space) : cut).toWellFormed()}…`;
}

/** Messages of the internal form up to a node; an empty root is none. */
export function messageCount(node: SourceNode): number {
  return (node.leaf?.depth ?? 0) + (node.bare ? 0 : 1);
}
