// The one internal message form and the turn, the node of the tree that every transcript is a path of.
import { z } from 'zod';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}
export const jsonSchema: z.ZodType<Json> = z.json();

/** Lower-case hex SHA-256 of the parent's id and the canonical message. */
export type TurnId = string;

export const partSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  /** `url` is what the source gave: http(s), or a data: URL for inline bytes. */
  z.strictObject({ type: z.literal('image'), url: z.string() }),
  z.strictObject({ type: z.literal('reasoning'), text: z.string() }),
  /** A part of a kind Atelier does not read (audio, file …), kept whole. */
  z.strictObject({ type: z.literal('other'), kind: z.string(), value: jsonSchema }),
]);
export type Part = z.infer<typeof partSchema>;

export const toolCallSchema = z.strictObject({
  name: z.string(),
  /** The parsed arguments; the raw text where `unparsed` is set, because it was not JSON. */
  arguments: jsonSchema,
  unparsed: z.literal(true).optional(),
});
export type ToolCall = z.infer<typeof toolCallSchema>;

const content = z.array(partSchema);

export const messageSchema = z.discriminatedUnion('role', [
  /** The root of every transcript: system prompt (may be empty) and tool schemas. */
  z.strictObject({ role: z.literal('context'), content, tools: z.array(jsonSchema) }),
  /** A system message that is not the first message. */
  z.strictObject({ role: z.literal('system'), content }),
  z.strictObject({ role: z.literal('user'), content, name: z.string().optional() }),
  z.strictObject({
    role: z.literal('assistant'),
    content,
    toolCalls: z.array(toolCallSchema).optional(),
    name: z.string().optional(),
  }),
  z.strictObject({
    role: z.literal('tool'),
    content,
    /** Which call this answers: its position among all tool calls of the transcript, from 0. */
    call: z.int().nonnegative().optional(),
    /** The tool's name, kept only where `call` is unknown (else the call has it). */
    name: z.string().optional(),
    isError: z.literal(true).optional(),
  }),
]);
export type Message = z.infer<typeof messageSchema>;
export type Role = Message['role'];

export interface Turn {
  readonly id: TurnId;
  /** Absent on a root. */
  readonly parent?: TurnId;
  /** 0 on a root. */
  readonly depth: number;
  readonly message: Message;
}
