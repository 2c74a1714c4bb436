// The processes of the gateway's bench: an upstream, our gateway before it, and the peer's.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { freePort } from '../../support/free-port.ts';
import type { Target } from './client.ts';

const readySchema = z.object({ port: z.number(), key: z.string().optional() });
const countsSchema = z.object({
  calls: z.number(),
  inputTokens: z.number(),
  turns: z.number(),
  traces: z.number(),
  rss: z.number(),
});
export type Counts = z.infer<typeof countsSchema>;

export interface World {
  readonly direct: Target;
  readonly ours: Target;
  readonly peer: Target;
  readonly counts: () => Promise<Counts>;
  close(): Promise<void>;
}

const folder = import.meta.dirname;
const peerProgram = join(folder, '..', 'peers', 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js');

export async function openWorld(): Promise<World> {
  const scratch = mkdtempSync(join(tmpdir(), 'atelier-bench-gateway-'));
  const upstream = fork(join(folder, 'upstream.mjs'), { silent: true });
  const { port } = await ready(upstream);
  const gateway = fork(join(folder, 'ours.ts'), [scratch, String(port), String(await freePort())], { silent: true });
  gateway.stderr?.pipe(process.stderr);
  const opened = await ready(gateway);
  const peerPort = await freePort();
  const args = ['--import', join(folder, 'peer-preload.mjs'), peerProgram, '--headless', `--port=${peerPort}`];
  const peer = spawn(process.execPath, args, { stdio: 'ignore' });
  await answers(peerPort);
  return {
    direct: { name: 'direct', port, headers: { authorization: 'Bearer none' } },
    ours: { name: 'ours', port: opened.port, headers: { authorization: `Bearer ${opened.key ?? ''}` } },
    peer: {
      name: 'portkey',
      port: peerPort,
      headers: {
        authorization: 'Bearer none',
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `http://127.0.0.1:${port}/v1`,
      },
    },
    counts: () =>
      new Promise((resolve) => {
        gateway.once('message', (counts) => resolve(countsSchema.parse(counts)));
        gateway.send('counts');
      }),
    async close() {
      const ended = [upstream, gateway, peer].map((child) => new Promise((resolve) => child.once('exit', resolve)));
      gateway.send('close');
      upstream.kill();
      peer.kill();
      await Promise.all(ended);
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** The first line that it prints. */
function ready(child: ChildProcess): Promise<z.infer<typeof readySchema>> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (piece: Buffer) => {
      text += piece.toString();
      const end = text.indexOf('\n');
      if (end >= 0) resolve(readySchema.parse(JSON.parse(text.slice(0, end))));
    });
    child.once('exit', (code) => reject(new Error(`A process of the bench ended at once (${code}).`)));
  });
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const isUp = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The peer did not start: it is installed in test/bench/peers on first use.');
}
