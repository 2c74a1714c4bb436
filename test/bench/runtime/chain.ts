// The row of the chain: time and bytes of 1,000 nodes against LangGraph, and what a node costs among 10,000.
import { z } from 'zod';
import { ours } from './built.ts';
import { Contestant } from './contestant.ts';
import { langGraphScript } from './peers.ts';
import { grouped, peerAsync, Samples, timed, within, type Row } from './row.ts';

const onDisk = z.looseObject({ ms: z.number(), bytes: z.number() });

export const chain: Row = {
  about: 'a chain of 1,000 nodes, durable; and what a node costs in a chain of 10,000',
  measure: (rounds) =>
    within(async (folder) => {
      using us = new Contestant(ours);
      // Its own: a workspace of its own each time would cool the other's runner down.
      using weighed = new Contestant(ours);
      using peer = new Contestant(langGraphScript);
      const samples = new Samples();
      for (let round = 0; round <= rounds; round += 1) {
        const short = await us.ask('chain', { folder: folder('ours'), steps: 1000 }, timed);
        await us.rest();
        const long = await us.ask('chain', { folder: folder('ours'), steps: 10_000 }, timed);
        await us.rest();
        const theirs = await peer.ask('chain', { folder: folder('peer'), steps: 1000, durability: 'async' }, onDisk);
        const disk = await weighed.ask(
          'disk',
          { folder: folder(`disk-${round}`), steps: 1000 },
          z.looseObject({ bytes: z.number(), empty: z.number() }),
        );
        samples.add(round, {
          ours: short.ms,
          long: long.ms / 10,
          peer: theirs.ms,
          bytes: disk.bytes - disk.empty,
          whole: disk.bytes,
          peerBytes: theirs.bytes,
        });
      }
      return {
        figures: [
          samples.figure('Atelier', 'µs a node', grouped, 'ours'),
          samples.figure('Atelier, 10,000 nodes', 'µs a node', grouped, 'long'),
          samples.figure('LangGraph, async', 'µs a node', peerAsync, 'peer'),
          samples.figure('Atelier, added to the database (agent source included)', 'bytes', grouped, 'bytes'),
          samples.figure('Atelier, whole database', 'bytes', grouped, 'whole'),
          samples.figure('LangGraph, whole database', 'bytes', peerAsync, 'peerBytes'),
        ],
        ratios: [
          samples.ratio('time: LangGraph ÷ Atelier', 'peer', 'ours', { atLeast: 90 }),
          samples.ratio('bytes: Atelier, whole database ÷ LangGraph', 'whole', 'peerBytes', { atMost: 1 / 20 }),
          samples.ratio('bytes: Atelier, added ÷ LangGraph', 'bytes', 'peerBytes', { atMost: 1 / 20 }),
          samples.ratio('node of 10,000 ÷ node of 1,000', 'long', 'ours', { atMost: 1.5 }),
        ],
      };
    }),
};
