// Datasets: a saved recipe over labels, its frozen versions, and what is written for a trainer.
import { oc, type } from '@orpc/contract';
import { z } from 'zod';
import { pairKindSchema } from './pair.ts';
import { problems } from './problem.ts';
import { strengthSchema, type Label } from './label.ts';
import type { Json, TurnId } from './turn.ts';

export const recipeSchema = z.object({
  kinds: z.array(pairKindSchema).optional(),
  groups: z.array(z.string()).optional(),
  /** Absent: all annotators. */
  annotators: z.array(z.string()).optional(),
  tags: z.array(z.string()).optional(),
  /** drop: ties make no row. Both-bad labels never make a pair row; KTO takes them as two undesirable rows. */
  ties: z.enum(['drop', 'both-desirable']),
  minStrength: strengthSchema,
  /** Where annotators disagree: take the majority (a draw is dropped), only what all agree on, or the latest. */
  conflicts: z.enum(['majority', 'unanimous', 'latest']),
  /** decision: the first assistant turn of each side. trajectory: everything after the prompt. */
  unit: z.enum(['decision', 'trajectory']),
});
export type Recipe = z.infer<typeof recipeSchema>;

/** One frozen choice: what the labels on one pair came to under the recipe. */
export interface FrozenChoice {
  readonly pairId: string;
  readonly prompt: TurnId;
  /** For 'tie' and 'bad' the two sides in id order. */
  readonly chosen: TurnId;
  readonly rejected: TurnId;
  readonly verdict: 'prefer' | 'tie' | 'bad';
  readonly strength: number;
  readonly group?: string;
  /** Groups of the runs the two sides came from, where the pair itself has none: the split keeps these whole too. */
  readonly sideGroups?: readonly string[];
  readonly labels: readonly Pick<Label, 'id' | 'annotator' | 'choice' | 'strength'>[];
}

export interface DatasetVersion {
  /** SHA-256 over recipe and choices in canonical JSON: same recipe on the same labels, same id. */
  readonly hash: string;
  readonly datasetId: string;
  readonly number: number;
  readonly createdAt: number;
  readonly recipe: Recipe;
  readonly choices: number;
}

/** What freezing gave back. */
export interface FrozenVersion extends DatasetVersion {
  /** Recipe and labels come to what this version holds already; no new one was made. */
  readonly unchanged: boolean;
}

export interface Dataset {
  readonly id: string;
  readonly name: string;
  readonly recipe: Recipe;
  readonly createdAt: number;
  readonly versions: readonly DatasetVersion[];
}

export interface RecipePreview {
  readonly choices: number;
  readonly ties: number;
  readonly bad: number;
  /** Why labelled pairs make no row, with counts. */
  readonly leftOut: readonly { readonly why: string; readonly count: number }[];
}

export const targetSchema = z.enum(['trl-dpo', 'trl-dpo-standard', 'trl-kto', 'openai', 'axolotl', 'llama-factory']);
export type Target = z.infer<typeof targetSchema>;
export const fileFormatSchema = z.enum(['jsonl', 'parquet']);
export type FileFormat = z.infer<typeof fileFormatSchema>;

export const exportOptionsSchema = z.object({
  target: targetSchema,
  format: fileFormatSchema,
  /** Share of rows for the test file, 0 to 0.9; 0 writes one file. */
  split: z.number().min(0).max(0.9),
  seed: z.int().nonnegative(),
  /** Mask what the scan found; otherwise it is reported and left. */
  mask: z.boolean(),
});
export type ExportOptions = z.infer<typeof exportOptionsSchema>;

/** What a target cannot carry, and how many rows that touches. */
export interface Loss {
  readonly what: string;
  readonly rows: number;
  /** dropped: the row stays without it. skipped: the row is not written. changed: carried in another shape. */
  readonly effect: 'dropped' | 'skipped' | 'changed';
}

export interface ScanFinding {
  readonly rule: string;
  readonly kind: 'secret' | 'pii';
  readonly count: number;
  readonly rows: number;
  /** Masked examples, never the value. */
  readonly examples: readonly string[];
}

export interface ExportPlan {
  readonly rows: number;
  readonly train: number;
  readonly test: number;
  readonly losses: readonly Loss[];
  readonly findings: readonly ScanFinding[];
  /** Near-duplicate rows that stand on both sides of the split. */
  readonly nearDuplicates: readonly { readonly train: string; readonly test: string; readonly similarity: number }[];
  readonly sample: readonly Json[];
  /** What a person should know before writing, in sentences: a test file that cannot be made, a share that could not be met. */
  readonly notes: readonly string[];
}

export interface ExportedFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ExportSummary {
  readonly target: Target;
  readonly format: FileFormat;
  readonly rows: number;
  readonly files: readonly ExportedFile[];
  readonly losses: readonly Loss[];
  readonly findings: readonly ScanFinding[];
  readonly masked: boolean;
  /** Rows read back from the files and found equal to their source but for the losses. */
  readonly verified: number;
  readonly nearDuplicates: number;
  readonly versionHash: string;
  readonly notes: readonly string[];
}

const base = oc.errors(problems);
const versionRef = z.object({ hash: z.string() });

export const datasets = {
  list: base
    .route({ method: 'GET', path: '/datasets', summary: 'Datasets with their versions' })
    .output(type<readonly Dataset[]>()),
  create: base
    .route({ method: 'POST', path: '/datasets', summary: 'Makes a dataset' })
    .input(z.object({ name: z.string().trim().min(1).max(120), recipe: recipeSchema }))
    .output(type<Dataset>()),
  update: base
    .route({ method: 'PUT', path: '/datasets/{id}', summary: 'Changes the name and recipe of a dataset' })
    .input(z.object({ id: z.string(), name: z.string().trim().min(1).max(120), recipe: recipeSchema }))
    .output(type<Dataset>()),
  /** Hidden, not destroyed; `restore` brings it back. */
  remove: base
    .route({ method: 'DELETE', path: '/datasets/{id}', summary: 'Hides a dataset' })
    .input(z.object({ id: z.string() }))
    .output(type<void>()),
  restore: base
    .route({ method: 'POST', path: '/datasets/{id}/restore', summary: 'Brings a hidden dataset back' })
    .input(z.object({ id: z.string() }))
    .output(type<Dataset>()),
  preview: base
    .route({ method: 'POST', path: '/datasets/preview', summary: 'What a recipe comes to now' })
    .input(recipeSchema)
    .output(type<RecipePreview>()),
  freeze: base
    .route({ method: 'POST', path: '/datasets/{id}/versions', summary: 'Freezes a version' })
    .input(z.object({ id: z.string() }))
    .output(type<FrozenVersion>()),
  plan: base
    .route({ method: 'POST', path: '/versions/{hash}/plan', summary: 'What an export would write, lose and reveal' })
    .input(versionRef.extend({ options: exportOptionsSchema }))
    .output(type<ExportPlan>()),
  /** Asks for a folder; undefined when the person cancels. Runs as a job whose result is an ExportSummary. */
  export: base
    .route({
      method: 'POST',
      path: '/versions/{hash}/export',
      summary: 'Writes a version for a trainer to the folder exports of the workspace, as a job',
    })
    .input(versionRef.extend({ options: exportOptionsSchema }))
    .output(type<{ readonly jobId: string } | undefined>()),
};
