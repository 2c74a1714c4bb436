// Orders of the shop, in shop/orders.json.
import { defineTool } from 'atelier';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

export const Order = z.object({
  id: z.string(),
  customer: z.string(),
  email: z.string(),
  placed: z.string(),
  status: z.enum(['packed', 'sent', 'delivered']),
  delivered: z.string().optional(),
  lines: z.array(z.object({ title: z.string(), copies: z.number(), price: z.number() })),
  total: z.number(),
});

/** null where there is no such order. */
export const findOrder = defineTool({
  name: 'findOrder',
  description: 'Finds an order by its number, as in W2041.',
  input: z.object({ id: z.string() }),
  output: Order.nullable(),
  effect: 'read',
  timeout: '5s',
  run: async ({ id }, { folder }) => {
    const orders = z.array(Order).parse(JSON.parse(await readFile(join(folder, 'shop', 'orders.json'), 'utf8')));
    return orders.find((order) => order.id === id.toUpperCase()) ?? null;
  },
});
