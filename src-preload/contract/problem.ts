// The errors that cross the contract: a code for programs, a sentence for people and a hint.
import { z } from 'zod';

export const problemCodes = ['BAD_INPUT', 'NOT_FOUND', 'CONFLICT', 'REFUSED', 'CANCELLED', 'INTERNAL'] as const;
export type ProblemCode = (typeof problemCodes)[number];

/** What a person can do about the problem, in one sentence. */
const hintSchema = z.object({ hint: z.string().optional() });

/** The oRPC error map every procedure shares; `message` holds the sentence, `data.hint` what to do. */
export const problems = {
  BAD_INPUT: { status: 400, data: hintSchema },
  NOT_FOUND: { status: 404, data: hintSchema },
  CONFLICT: { status: 409, data: hintSchema },
  REFUSED: { status: 403, data: hintSchema },
  CANCELLED: { status: 499, data: hintSchema },
  INTERNAL: { status: 500, data: hintSchema },
} as const;
