// Money back, one line each in shop/refunds.jsonl.
import { defineTool } from 'atelier';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

export const Refund = z.object({ order: z.string(), amount: z.number(), at: z.string() });

/** Done twice, it pays twice: after a crash in the middle Atelier asks a person whether to repeat it. */
export const refund = defineTool({
  name: 'refund',
  description: 'Pays money back for an order.',
  input: z.object({ order: z.string(), amount: z.number().positive() }),
  output: Refund,
  effect: 'write',
  idempotent: false,
  timeout: '10s',
  run: async ({ order, amount }, { folder }) => {
    const paid = { order, amount, at: new Date().toISOString() };
    await appendFile(join(folder, 'shop', 'refunds.jsonl'), `${JSON.stringify(paid)}\n`);
    return paid;
  },
});
