// Made by build/types.ts: do not change it here.
import { z } from 'zod';
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
    readonly [key: string]: Json;
}
export declare const jsonSchema: z.ZodType<Json>;
/** Lower-case hex SHA-256 of the parent's id and the canonical message. */
export type TurnId = string;
export declare const partSchema: z.ZodDiscriminatedUnion<[z.ZodObject<{
    type: z.ZodLiteral<"text">;
    text: z.ZodString;
}, z.core.$strict>, z.ZodObject<{
    type: z.ZodLiteral<"image">;
    url: z.ZodString;
}, z.core.$strict>, z.ZodObject<{
    type: z.ZodLiteral<"reasoning">;
    text: z.ZodString;
}, z.core.$strict>, z.ZodObject<{
    type: z.ZodLiteral<"other">;
    kind: z.ZodString;
    value: z.ZodType<Json, unknown, z.core.$ZodTypeInternals<Json, unknown>>;
}, z.core.$strict>], "type">;
export type Part = z.infer<typeof partSchema>;
export declare const toolCallSchema: z.ZodObject<{
    name: z.ZodString;
    arguments: z.ZodType<Json, unknown, z.core.$ZodTypeInternals<Json, unknown>>;
    unparsed: z.ZodOptional<z.ZodLiteral<true>>;
}, z.core.$strict>;
export type ToolCall = z.infer<typeof toolCallSchema>;
export declare const messageSchema: z.ZodDiscriminatedUnion<[z.ZodObject<{
    role: z.ZodLiteral<"context">;
    content: z.ZodArray<z.ZodDiscriminatedUnion<[z.ZodObject<{
        type: z.ZodLiteral<"text">;
        text: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"image">;
        url: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"reasoning">;
        text: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"other">;
        kind: z.ZodString;
        value: z.ZodType<Json, unknown, z.core.$ZodTypeInternals<Json, unknown>>;
    }, z.core.$strict>], "type">>;
    tools: z.ZodArray<z.ZodType<Json, unknown, z.core.$ZodTypeInternals<Json, unknown>>>;
}, z.core.$strict>, z.ZodObject<{
    role: z.ZodLiteral<"system">;
    content: z.ZodArray<z.ZodDiscriminatedUnion<[z.ZodObject<{
        type: z.ZodLiteral<"text">;
        text: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"image">;
        url: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"reasoning">;
        text: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"other">;
        kind: z.ZodString;
        value: z.ZodType<Json, unknown, z.core.$ZodTypeInternals<Json, unknown>>;
    }, z.core.$strict>], "type">>;
}, z.core.$strict>, z.ZodObject<{
    role: z.ZodLiteral<"user">;
    content: z.ZodArray<z.ZodDiscriminatedUnion<[z.ZodObject<{
        type: z.ZodLiteral<"text">;
        text: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"image">;
        url: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"reasoning">;
        text: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"other">;
        kind: z.ZodString;
        value: z.ZodType<Json, unknown, z.core.$ZodTypeInternals<Json, unknown>>;
    }, z.core.$strict>], "type">>;
    name: z.ZodOptional<z.ZodString>;
}, z.core.$strict>, z.ZodObject<{
    role: z.ZodLiteral<"assistant">;
    content: z.ZodArray<z.ZodDiscriminatedUnion<[z.ZodObject<{
        type: z.ZodLiteral<"text">;
        text: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"image">;
        url: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"reasoning">;
        text: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"other">;
        kind: z.ZodString;
        value: z.ZodType<Json, unknown, z.core.$ZodTypeInternals<Json, unknown>>;
    }, z.core.$strict>], "type">>;
    toolCalls: z.ZodOptional<z.ZodArray<z.ZodObject<{
        name: z.ZodString;
        arguments: z.ZodType<Json, unknown, z.core.$ZodTypeInternals<Json, unknown>>;
        unparsed: z.ZodOptional<z.ZodLiteral<true>>;
    }, z.core.$strict>>>;
    name: z.ZodOptional<z.ZodString>;
}, z.core.$strict>, z.ZodObject<{
    role: z.ZodLiteral<"tool">;
    content: z.ZodArray<z.ZodDiscriminatedUnion<[z.ZodObject<{
        type: z.ZodLiteral<"text">;
        text: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"image">;
        url: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"reasoning">;
        text: z.ZodString;
    }, z.core.$strict>, z.ZodObject<{
        type: z.ZodLiteral<"other">;
        kind: z.ZodString;
        value: z.ZodType<Json, unknown, z.core.$ZodTypeInternals<Json, unknown>>;
    }, z.core.$strict>], "type">>;
    call: z.ZodOptional<z.ZodInt>;
    name: z.ZodOptional<z.ZodString>;
    isError: z.ZodOptional<z.ZodLiteral<true>>;
}, z.core.$strict>], "role">;
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
