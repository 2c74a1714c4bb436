// Egress: what left this machine through Atelier, in a chained ledger, and the offline switch.
import { oc, type } from '@orpc/contract';
import { z } from 'zod';
import { problems } from './problem.ts';

export const purposeSchema = z.enum(['model', 'gateway', 'embeddings', 'models-list', 'discovery']);
export type Purpose = z.infer<typeof purposeSchema>;

/** Who asked for a connection, and for what. */
export interface EgressCause {
  readonly purpose: Purpose;
  /** The run, or the gateway key, on whose behalf. */
  readonly run?: string;
  readonly key?: string;
  readonly model?: string;
  /** Name of the secret that was put in. */
  readonly secret?: string;
}

/**
 * One entry. An 'open' one is written before the first byte leaves, so that it outlives the process, however that ends; its 'close' names it
 * by `opens`. `hash` is sha256(hash of the entry before ‖ canonical JSON of this entry without its hash), in lower-case hex.
 */
export interface LedgerEntry extends EgressCause {
  readonly n: number;
  readonly at: number;
  readonly kind: 'open' | 'close' | 'refused';
  readonly opens?: number;
  readonly host: string;
  readonly port: number;
  readonly method?: string;
  readonly path?: string;
  /** Of a close: bytes on the wire for this exchange, heads included (before TLS). */
  readonly sent?: number;
  readonly received?: number;
  readonly status?: number;
  readonly ms?: number;
  /** Of a close that was no answer, and of a refusal: why. */
  readonly reason?: string;
  readonly hash: string;
}

export interface EgressState {
  readonly isOffline: boolean;
  /** Hosts that may be reached while offline: "localhost", "127.0.0.1", "models.lan:8080". */
  readonly allowed: readonly string[];
  readonly refusedToday: number;
  readonly sentToday: number;
  readonly entries: number;
}

export interface EgressReport {
  readonly from: number;
  readonly to: number;
  readonly run?: string;
  readonly hosts: readonly {
    readonly host: string;
    readonly port: number;
    readonly connections: number;
    readonly sent: number;
    readonly received: number;
    readonly refused: number;
    readonly secrets: readonly string[];
    readonly purposes: readonly Purpose[];
  }[];
  /** Opened in that time and never closed: the process ended in the middle. */
  readonly unfinished: number;
}

export const ledgerFilterSchema = z.object({
  kind: z.enum(['open', 'close', 'refused']).optional(),
  /** Exactly, as entries name it. */
  host: z.string().max(300).optional(),
  port: z.int().min(0).max(65_535).optional(),
  run: z.string().max(200).optional(),
  key: z.string().max(200).optional(),
  purpose: purposeSchema.optional(),
  /** From then on, and before then, epoch ms. */
  from: z.number().optional(),
  to: z.number().optional(),
});
export type LedgerFilter = z.infer<typeof ledgerFilterSchema>;

export interface LedgerPage {
  /** Newest first. */
  readonly items: readonly LedgerEntry[];
  readonly total: number;
}

/** Whether each entry's hash is what its text and the one before it make; where not, the first that is not. */
export type LedgerCheck =
  | { readonly isWhole: true; readonly entries: number; readonly head: string }
  | { readonly isWhole: false; readonly entries: number; readonly brokenAt: number; readonly sentence: string };

const base = oc.errors(problems);

export const egress = {
  state: base
    .route({ method: 'GET', path: '/egress', summary: 'Whether Atelier is offline, and what left today' })
    .output(type<EgressState>()),
  setOffline: base.input(z.object({ isOffline: z.boolean() })).output(type<EgressState>()),
  setAllowed: base.input(z.object({ hosts: z.array(z.string().min(1).max(300)).max(200) })).output(type<EgressState>()),
  ledger: base
    .route({ method: 'POST', path: '/egress/ledger/search', summary: 'Entries of the egress ledger' })
    .input(z.object({ filter: ledgerFilterSchema, offset: z.int().nonnegative(), limit: z.int().positive().max(1000) }))
    .output(type<LedgerPage>()),
  report: base
    .route({ method: 'GET', path: '/egress/report', summary: 'What left this machine in a time or for a run' })
    .input(z.object({ from: z.number().optional(), to: z.number().optional(), run: z.string().max(200).optional() }))
    .output(type<EgressReport>()),
  check: base
    .route({ method: 'GET', path: '/egress/check', summary: 'Whether the ledger is whole' })
    .output(type<LedgerCheck>()),
};
