// The browser engine's own network log of a whole visit: no name is looked up, no host is asked. What main sends is in the ledger.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { launchApp } from '../support/app.ts';

const logSchema = z.object({
  constants: z.object({ logEventTypes: z.record(z.string(), z.number()) }),
  events: z.array(z.object({ type: z.number(), params: z.record(z.string(), z.unknown()).optional() })),
});

test('the browser engine looks up no name and asks no host', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-network-'));
  const file = join(folder, 'net.json');
  const { page, close } = await launchApp({ args: [`--log-net-log=${file}`] });
  // Of its own accord it asks when it starts, and when something is typed.
  await page.keyboard.type('some wrods that are mispelt');
  await page.waitForTimeout(5000);
  await close();
  const { constants, events } = logSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  rmSync(folder, { recursive: true });
  const names = new Map(Object.entries(constants.logEventTypes).map(([name, number]) => [number, name]));
  expect(events.length).toBeGreaterThan(5);
  const told = events.map(({ type, params }) => `${names.get(type) ?? type} ${JSON.stringify(params ?? {})}`);
  const outward = told.filter(
    (line) =>
      /^(?:HOST_RESOLVER_(?:SYSTEM_TASK|DNS_TASK|MANAGER_JOB)|TCP_CONNECT|UDP_CONNECT|DNS_TRANSACTION|SSL_CONNECT) /u.test(
        line,
      ) || /^URL_REQUEST_START_JOB .*"url":"(?:https?|wss?):/u.test(line),
  );
  expect(outward).toEqual([]);
});
