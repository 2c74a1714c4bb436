// The gateway: the one door to models for anybody's agent. Its address, its keys, and what goes through it.
import { oc, type } from '@orpc/contract';
import { z } from 'zod';
import { budgetSchema, limitsSchema } from './model.ts';
import { problems } from './problem.ts';

/** What a key lets its bearer do. */
export const scopeSchema = z.enum([
  /** Call models. */
  'models',
  /** Send traces and scores. */
  'telemetry',
  /** Read over the API (`/api`). */
  'read',
  /** Change over the API; never the vault, keys or settings. */
  'write',
]);
export type Scope = z.infer<typeof scopeSchema>;

/** record: asks the upstream and records. replay: answers from records alone. replay-then-live: from records where there is one. */
export const cassetteModeSchema = z.enum(['record', 'replay', 'replay-then-live']);
export type CassetteMode = z.infer<typeof cassetteModeSchema>;

export const keySettingsSchema = z.strictObject({
  label: z.string().trim().min(1).max(80),
  scopes: z.array(scopeSchema).min(1),
  mode: cassetteModeSchema,
  /** Where a request goes whose model names no provider; absent: the first provider of the request's dialect. */
  provider: z.string().max(40).optional(),
  limits: limitsSchema.optional(),
  budget: z.strictObject({ day: budgetSchema.optional() }).optional(),
});
export type KeySettings = z.infer<typeof keySettingsSchema>;

/** A virtual key. Only a hash of it is kept. */
export interface GatewayKey {
  readonly id: string;
  readonly settings: KeySettings;
  /** What the key begins with, to tell it by: "atl-3f9c". */
  readonly prefix: string;
  readonly createdAt: number;
  readonly lastUsedAt?: number;
  readonly revokedAt?: number;
}

export interface KeyUse {
  readonly key: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
  readonly errors: number;
}

/** A request to the gateway, under way or done. */
export interface GatewayCall {
  readonly id: string;
  readonly key: string;
  readonly at: number;
  /** "POST /v1/chat/completions". */
  readonly endpoint: string;
  readonly model?: string;
  readonly provider?: string;
  readonly stream: boolean;
  readonly state: 'waiting' | 'streaming' | 'done' | 'failed' | 'cancelled';
  readonly status?: number;
  /** From where the answer came. */
  readonly from?: 'upstream' | 'record';
  readonly firstByteMs?: number;
  readonly ms?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
  readonly traceId?: string;
  readonly problem?: string;
}

export interface GatewayState {
  readonly isOn: boolean;
  /** "http://127.0.0.1:4140" where it listens. */
  readonly address?: string;
  readonly port: number;
  /** Why it does not listen although it is on. */
  readonly problem?: { readonly sentence: string; readonly hint?: string };
  /** Names of the providers a key can be given. */
  readonly providers: readonly string[];
  readonly keys: readonly GatewayKey[];
}

export const defaultGatewayPort = 4140;

const base = oc.errors(problems);
const byId = z.object({ id: z.string() });

export const gateway = {
  state: base.output(type<GatewayState>()),
  /** Kept in `atelier.json`; CONFLICT where the port is taken. */
  start: base.input(z.object({ port: z.int().min(1024).max(65_535).optional() })).output(type<GatewayState>()),
  stop: base.output(type<GatewayState>()),
  /** `key` is shown this once. */
  createKey: base
    .input(keySettingsSchema)
    .output(type<{ readonly key: string; readonly state: GatewayState; readonly id: string }>()),
  updateKey: base.input(z.object({ id: z.string(), settings: keySettingsSchema })).output(type<GatewayState>()),
  /** For good; its records stay. */
  revokeKey: base.input(byId).output(type<GatewayState>()),
  /** Newest first; those under way are among them. */
  calls: base
    .route({ method: 'GET', path: '/gateway/calls', summary: 'What goes through the gateway, newest first' })
    .input(z.object({ key: z.string().optional(), limit: z.int().positive().max(500) }))
    .output(type<readonly GatewayCall[]>()),
  /** Since `from`, by key. */
  use: base
    .route({ method: 'GET', path: '/gateway/use', summary: 'What each key used since a time' })
    .input(z.object({ from: z.number() }))
    .output(type<readonly KeyUse[]>()),
};
