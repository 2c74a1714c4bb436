// Jobs: whatever takes over a second, with progress and cancel.
import { eventIterator, oc, type } from '@orpc/contract';
import { z } from 'zod';
import { problems, type ProblemCode } from './problem.ts';

export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(['import', 'mine', 'export']),
  title: z.string(),
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  /** 0 to 1; absent while unknown. */
  progress: z.number().optional(),
  /** What it is doing now, or what came of it. */
  message: z.string().optional(),
  problem: z.object({ code: z.custom<ProblemCode>(), message: z.string(), hint: z.string().optional() }).optional(),
  /** What came of it (ImportSummary[], MineSummary, ExportSummary), once done. */
  result: z.unknown().optional(),
  startedAt: z.number(),
  finishedAt: z.number().optional(),
});
export type Job = Readonly<z.infer<typeof jobSchema>>;

const base = oc.errors(problems);

export const jobs = {
  /** All jobs of this session, newest first. */
  list: base
    .route({ method: 'GET', path: '/jobs', summary: 'Jobs of this session, newest first' })
    .output(type<readonly Job[]>()),
  /** Every change of every job, until the reader stops; starts with the running ones. */
  watch: base
    .route({ method: 'GET', path: '/jobs/events', summary: 'Every change of every job (server-sent events)' })
    .output(eventIterator(jobSchema)),
  cancel: base
    .route({ method: 'POST', path: '/jobs/{id}/cancel', summary: 'Cancels a job' })
    .input(z.object({ id: z.string() }))
    .output(type<void>()),
};
