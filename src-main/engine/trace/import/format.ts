// What an importer of conversations is: it takes a record apart into source messages, and puts it together again.
import type { Format, Score } from '#contract/trace';
import type { Json, JsonObject, Message } from '#contract/turn';
import type { KnownCall, Trail } from './trail.ts';

/** One transcript of a record, still in the source's own form. */
export interface SourceSide {
  readonly side: '' | 'chosen' | 'rejected';
  /** What stands before the messages: tools, system prompt, and what a dialect wants to know of them. */
  readonly head: JsonObject;
  readonly messages: readonly Json[];
}

/** A record taken apart: `join` of the same format gives it back equal, key order included. */
export interface SplitRecord {
  /** The record without its heads and messages. */
  readonly frame: JsonObject;
  /** One side, one for each answer sampled, or chosen before rejected. */
  readonly sides: readonly SourceSide[];
}

/** What a record says about itself besides its messages. */
export interface RecordFacts {
  /** Human title; else the first words of the user. */
  readonly name?: string;
  readonly group?: string;
  readonly model?: string;
  readonly error?: string;
  /** Epoch ms. */
  readonly startedAt?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Scores of each side, in the order of the sides. */
  readonly scores: readonly (readonly Score[])[];
  /** How much better chosen is, where the record says so; 1 to 3. */
  readonly strength?: 1 | 2 | 3;
}

/** How one vendor writes a message. Messages are read and written in the light of those before them (`Trail`). */
export interface Dialect {
  /** The root, and whether the first source message is part of it. */
  readonly readHead: (
    head: JsonObject,
    first: Json | undefined,
  ) => { readonly context: Message; readonly lead: boolean };
  readonly writeHead: (context: Message) => JsonObject;
  /** Source message → messages of the internal form. Throws a Problem where it is none. */
  readonly read: (source: Json, above: Trail) => readonly Message[];
  /** The source message as the trail lets one expect it; what differs becomes the residue. */
  readonly write: (messages: readonly Message[], above: Trail) => Json;
  /** The first source message where it is part of the root. */
  readonly writeLead: (context: Message) => Json;
  /** How many messages after the root each source message usually makes up. */
  readonly sizes: (messages: readonly Message[]) => readonly number[];
  /** Opens JSON that stands as text inside a message, so that a residue holds only what differs; exact. */
  readonly expand: (source: Json, above: Trail) => Json;
  readonly collapse: (expanded: Json) => Json;
  /** The tool calls of an expanded source message, as many as the message it reads as has. */
  readonly calls: (expanded: Json) => readonly KnownCall[];
}

/** Outweighs a sample of records that merely fit another format. */
export const decisive = 100;

/** A format whose records are transcripts. */
export interface ConversationFormat {
  readonly id: Format;
  readonly dialect: Dialect;
  /** How sure it is that this is a record of its own: 0 (no), around 1 (fits), `decisive` (only this format looks so). */
  readonly recognise: (record: Json) => number;
  /** Throws a Problem that says what is missing. */
  readonly split: (record: Json) => SplitRecord;
  readonly join: (split: SplitRecord) => Json;
  /** The frame as the heads let one expect it. */
  readonly blank: (sides: readonly SourceSide[]) => JsonObject;
  readonly facts: (record: Json, split: SplitRecord) => RecordFacts;
}
