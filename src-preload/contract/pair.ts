// Pairs: two branches of the tree to choose between, where they were found and why.
import { oc, type } from '@orpc/contract';
import { z } from 'zod';
import { problems } from './problem.ts';
import { pageSchema, type Format, type Page, type Score } from './trace.ts';
import type { Turn, TurnId } from './turn.ts';

/** sibling: two assistant turns with one parent. outcome: same group, different score. imported: a preference that came in. */
export const pairKindSchema = z.enum(['sibling', 'outcome', 'imported']);
export type PairKind = z.infer<typeof pairKindSchema>;

export interface Pair {
  /** SHA-256 of the two leaves in id order, so no pair exists twice. */
  readonly id: string;
  readonly kind: PairKind;
  /** Last turn both sides share: the prompt ends here. */
  readonly prompt: TurnId;
  /** Leaf of each branch; a < b by id, so that the order tells nothing. */
  readonly a: TurnId;
  readonly b: TurnId;
  /** One sentence: why this is a pair. May name scores; hidden until labelled. */
  readonly reason: string;
  readonly group?: string;
  readonly traceA?: string;
  readonly traceB?: string;
  readonly createdAt: number;
}

export const pairFilterSchema = z.object({
  kind: z.array(pairKindSchema).optional(),
  /** More could not be asked of the database at once. */
  group: z.array(z.string()).max(10_000).optional(),
  /** Full text over the turns of both sides. */
  text: z.string().max(1000).optional(),
  /** Restrict to pairs (un)labelled, by the given annotator or by anybody. */
  labelled: z.enum(['yes', 'no']).optional(),
  annotator: z.string().optional(),
  tag: z.string().optional(),
});
export type PairFilter = z.infer<typeof pairFilterSchema>;

/** What is hidden until the label is given. */
export interface SideOrigin {
  readonly traceId?: string;
  readonly traceName?: string;
  readonly source?: Format;
  readonly model?: string;
  readonly scores: readonly Score[];
}

export interface PairDetail {
  readonly pair: Pair;
  /** Root to `prompt`. */
  readonly prefix: readonly Turn[];
  /** After `prompt` to the leaf of each side. */
  readonly a: readonly Turn[];
  readonly b: readonly Turn[];
  readonly originA: SideOrigin;
  readonly originB: SideOrigin;
}

export interface PairListItem {
  readonly pair: Pair;
  readonly excerptA: string;
  readonly excerptB: string;
  readonly labels: number;
}

export interface MineSummary {
  readonly pairs: number;
  readonly new: number;
  readonly byKind: Readonly<Partial<Record<PairKind, number>>>;
  /** Equal sides and branches of branches that were found and left out, and over-large groups that were cut, with counts. */
  readonly leftOut: readonly { readonly why: string; readonly count: number }[];
}

export interface PairFacets {
  readonly kinds: readonly { readonly value: PairKind; readonly count: number }[];
  readonly groups: readonly { readonly value: string; readonly count: number }[];
  readonly tags: readonly { readonly value: string; readonly count: number }[];
  readonly total: number;
}

const base = oc.errors(problems);

export const pairs = {
  mine: base
    .route({ method: 'POST', path: '/pairs/mine', summary: 'Finds pairs among the traces, as a job' })
    .input(z.object({ kinds: z.array(pairKindSchema).optional() }))
    .output(type<{ readonly jobId: string }>()),
  list: base
    .route({ method: 'POST', path: '/pairs/search', summary: 'Finds pairs' })
    .input(z.object({ filter: pairFilterSchema, page: pageSchema }))
    .output(type<Page<PairListItem>>()),
  get: base
    .route({ method: 'GET', path: '/pairs/{id}', summary: 'One pair, both sides whole' })
    .input(z.object({ id: z.string() }))
    .output(type<PairDetail>()),
  facets: base
    .route({ method: 'GET', path: '/pairs/facets', summary: 'The values that pairs can be filtered by' })
    .output(type<PairFacets>()),
};
