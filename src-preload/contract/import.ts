// Imports: files of agent logs coming in, what was read and what was set aside.
import { oc, type } from '@orpc/contract';
import { z } from 'zod';
import { problems } from './problem.ts';
import { formatSchema, pageSchema, type Format, type Page } from './trace.ts';

export interface DetectedFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  /** Absent where nothing known was recognised; `reason` says why. */
  readonly format?: Format;
  readonly reason?: string;
}

/** One line or record that could not be taken, set aside while the rest went on. */
export interface Reject {
  readonly file: string;
  /** 1-based line, or for a JSON array the 1-based line its element starts on. */
  readonly line: number;
  readonly byteStart: number;
  readonly byteEnd: number;
  readonly cause: string;
  readonly hint?: string;
  /** The first 2,000 characters of the record. */
  readonly excerpt: string;
}

export interface ImportCounts {
  /** Traces found in the files, and those that were not in the workspace before. */
  readonly traces: number;
  readonly newTraces: number;
  /** Messages of these traces, and the distinct turns they stand on. */
  readonly messages: number;
  readonly turns: number;
  readonly newTurns: number;
  readonly spans: number;
  readonly scores: number;
  /** Labelled pairs found (preference formats), and those that are new. */
  readonly pairs: number;
  readonly newPairs: number;
  readonly rejected: number;
}

export interface ImportSummary extends ImportCounts {
  readonly id: string;
  readonly file: string;
  /** Absent where nothing known was recognised; `problem` says why. */
  readonly format?: Format;
  readonly bytes: number;
  readonly startedAt: number;
  readonly finishedAt?: number;
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  readonly problem?: string;
}

/** Formats that files come in. */
export const fileFormats = formatSchema.exclude(['atelier', 'gateway']);
export const importFormatSchema = z.union([z.literal('auto'), fileFormats]);
export type ImportFormat = z.infer<typeof importFormatSchema>;

const base = oc.errors(problems);

/** Paths must have been granted: picked in the dialog or dropped on the window. */
export const imports = {
  pick: base.output(type<readonly string[]>()),
  detect: base
    .route({
      method: 'POST',
      path: '/imports/detect',
      summary: 'What files of the workspace hold, before anything is read',
    })
    .input(z.object({ paths: z.array(z.string()).max(1000) }))
    .output(type<readonly DetectedFile[]>()),
  start: base
    .route({ method: 'POST', path: '/imports', summary: 'Imports files of the workspace, as a job' })
    .input(z.object({ paths: z.array(z.string()).min(1).max(1000), format: importFormatSchema }))
    .output(type<{ readonly jobId: string }>()),
  list: base
    .route({ method: 'GET', path: '/imports', summary: 'What was imported' })
    .output(type<readonly ImportSummary[]>()),
  rejects: base
    .route({ method: 'GET', path: '/imports/{importId}/rejects', summary: 'What of an import was set aside, and why' })
    .input(z.object({ importId: z.string(), page: pageSchema }))
    .output(type<Page<Reject>>()),
};
