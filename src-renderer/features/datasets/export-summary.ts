// The result of an export job, checked: jobs carry what came of them as unknown.
import { z } from 'zod';
import { fileFormatSchema, targetSchema, type ExportSummary } from '#contract/dataset';

const schema: z.ZodType<ExportSummary> = z.object({
  target: targetSchema,
  format: fileFormatSchema,
  rows: z.number(),
  files: z.array(z.object({ path: z.string(), rows: z.number(), bytes: z.number(), sha256: z.string() })),
  losses: z.array(z.object({ what: z.string(), rows: z.number(), effect: z.enum(['dropped', 'skipped', 'changed']) })),
  findings: z.array(
    z.object({
      rule: z.string(),
      kind: z.enum(['secret', 'pii']),
      count: z.number(),
      rows: z.number(),
      examples: z.array(z.string()),
    }),
  ),
  masked: z.boolean(),
  verified: z.number(),
  nearDuplicates: z.number(),
  versionHash: z.string(),
  notes: z.array(z.string()),
});

/** Undefined where it is no summary. */
export function exportSummaryOf(result: unknown): ExportSummary | undefined {
  return schema.safeParse(result).data;
}
