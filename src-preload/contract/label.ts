// Labels: an annotator's judgements of pairs, the queue they come from, and how far they can be relied on.
import { oc, type } from '@orpc/contract';
import { z } from 'zod';
import { pairFilterSchema, type PairDetail } from './pair.ts';
import { problems } from './problem.ts';
import { pageSchema, type Page } from './trace.ts';
import { messageSchema, type Message, type TurnId } from './turn.ts';

/** Of the pair's own a and b, whatever side they were shown on. */
export const choiceSchema = z.enum(['a', 'b', 'tie', 'bad']);
export type Choice = z.infer<typeof choiceSchema>;
export const strengthSchema = z.union([z.literal(1), z.literal(2), z.literal(3)]);
export type Strength = z.infer<typeof strengthSchema>;
/** The name under which labels came in with files; nobody labels as it. */
export const importedAnnotator = 'imported';
/** One line that can be seen, without signs that turn the direction of what follows: names stand in tables and cards. */
export const annotatorNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]*$/u, 'a name stands on one line')
  .regex(/[\p{L}\p{N}\p{P}\p{S}]/u, 'a name needs something that can be seen');

export interface Annotator {
  readonly name: string;
  readonly createdAt: number;
}

export interface Label {
  readonly id: string;
  readonly pairId: string;
  readonly annotator: string;
  readonly choice: Choice;
  readonly strength: Strength;
  readonly tags: readonly string[];
  readonly rationale?: string;
  /** The leaf of the edited branch that is to be chosen instead; replaces the chosen side. */
  readonly edit?: TurnId;
  /** b was shown on the left. */
  readonly swapped: boolean;
  /** 0 where no screen showed the pair: from the command line, imported. */
  readonly elapsedMs: number;
  /** Set on a blind repeat: the label it repeats. */
  readonly repeats?: string;
  readonly source: 'human' | 'imported';
  readonly createdAt: number;
  /** Set when undone; an undone label counts nowhere. */
  readonly undoneAt?: number;
}

export const labelInputSchema = z.object({
  pairId: z.string(),
  annotator: annotatorNameSchema,
  choice: choiceSchema,
  strength: strengthSchema,
  tags: z.array(z.string().min(1).max(60)).max(20),
  rationale: z.string().max(20_000).optional(),
  /** The chosen side's messages after the prompt, edited; becomes new turns. Only with choice a or b. */
  edit: z.array(messageSchema).min(1).optional(),
  swapped: z.boolean(),
  /** A day at most: no pair is looked at for longer. */
  elapsedMs: z.number().nonnegative().max(86_400_000),
  repeats: z.string().optional(),
});
export type LabelInput = z.infer<typeof labelInputSchema>;

export interface QueueItem {
  readonly detail: PairDetail;
  /** Show b on the left: shuffled by annotator and pair, and remembered. */
  readonly swapped: boolean;
  /** A blind repeat of this label; the screen must not show that it is one before the choice. */
  readonly repeats?: string;
}

export interface QueueProgress {
  readonly total: number;
  readonly labelled: number;
  readonly skipped: number;
  readonly today: number;
  /** Median of the annotator's labels, in ms. */
  readonly medianMs?: number;
  readonly undoDepth: number;
}

export const queueSettingsSchema = z.object({
  filter: pairFilterSchema,
  /** Share of blind repeats, 0 to 0.5. */
  repeatRate: z.number().min(0).max(0.5),
  /** Show sources and scores before the label. */
  reveal: z.boolean(),
  tags: z.array(z.string().min(1).max(60)).max(9),
});
export type QueueSettings = z.infer<typeof queueSettingsSchema>;

/** An estimate with the bounds of its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  /** Items it rests on. */
  readonly n: number;
}

export interface AgreementReport {
  readonly annotators: readonly {
    readonly name: string;
    readonly labels: number;
    readonly medianMs?: number;
    /** Share of blind repeats answered alike. */
    readonly consistency?: Estimate;
    /** How often the left side was chosen of the labels with a choice of side. */
    readonly leftShare?: Estimate;
  }[];
  readonly pairs: readonly {
    readonly one: string;
    readonly two: string;
    readonly shared: number;
    readonly agreement: number;
    /** Cohen's kappa; absent where it is undefined (both used one category only). */
    readonly kappa?: Estimate;
  }[];
  /** Krippendorff's alpha, nominal, over all; absent where undefined. */
  readonly alpha?: Estimate;
}

const base = oc.errors(problems);
const who = z.object({ annotator: annotatorNameSchema });

export const labels = {
  annotators: base
    .route({ method: 'GET', path: '/annotators', summary: 'Who labels' })
    .output(type<readonly Annotator[]>()),
  addAnnotator: base
    .route({ method: 'POST', path: '/annotators', summary: 'Adds an annotator' })
    .input(z.object({ name: annotatorNameSchema }))
    .output(type<readonly Annotator[]>()),
  queue: base
    .route({ method: 'GET', path: '/annotators/{annotator}/queue', summary: "Settings of an annotator's queue" })
    .input(who)
    .output(type<QueueSettings>()),
  setQueue: base
    .route({
      method: 'PUT',
      path: '/annotators/{annotator}/queue',
      summary: "Changes the settings of an annotator's queue",
    })
    .input(who.extend({ settings: queueSettingsSchema }))
    .output(type<QueueSettings>()),
  /** The pair to label now; the same one until it is labelled or skipped, also after a restart. Undefined: none left. */
  next: base
    .route({
      method: 'POST',
      path: '/annotators/{annotator}/next',
      summary: 'The pair to label now; the same one until it is labelled or skipped',
    })
    .input(who)
    .output(type<QueueItem | undefined>()),
  /** Durable when it returns; returns the next item at once so that one key press is one round trip. */
  add: base
    .route({ method: 'POST', path: '/labels', summary: 'Labels a pair; answers with the next one' })
    .input(labelInputSchema)
    .output(type<{ readonly label: Label; readonly next?: QueueItem; readonly progress: QueueProgress }>()),
  skip: base
    .route({ method: 'POST', path: '/annotators/{annotator}/skip', summary: 'Skips a pair; answers with the next one' })
    .input(who.extend({ pairId: z.string() }))
    .output(type<{ readonly next?: QueueItem; readonly progress: QueueProgress }>()),
  /**
   * Takes the annotator's last act (label or skip) back and returns to that pair. Any depth. `edited` holds the messages
   * after the prompt of the undone label's edit, so that the screen can show it again.
   */
  undo: base
    .route({
      method: 'POST',
      path: '/annotators/{annotator}/undo',
      summary: "Takes an annotator's last label or skip back",
    })
    .input(who)
    .output(
      type<{
        readonly undone?: Label;
        readonly edited?: readonly Message[];
        readonly item?: QueueItem;
        readonly progress: QueueProgress;
      }>(),
    ),
  progress: base
    .route({ method: 'GET', path: '/annotators/{annotator}/progress', summary: 'How far an annotator is' })
    .input(who)
    .output(type<QueueProgress>()),
  list: base
    .route({ method: 'GET', path: '/labels', summary: 'Labels, newest first' })
    .input(z.object({ annotator: z.string().optional(), pairId: z.string().optional(), page: pageSchema }))
    .output(type<Page<Label>>()),
  agreement: base
    .route({ method: 'GET', path: '/labels/agreement', summary: 'How far the labels can be relied on' })
    .output(type<AgreementReport>()),
};
