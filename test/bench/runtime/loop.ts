// The row of the durable step: a loop of 2,000, against plain inserts of the same bytes and LangGraph.
import { join } from 'node:path';
import { z } from 'zod';
import { ours } from './built.ts';
import { Contestant } from './contestant.ts';
import { langGraphScript } from './peers.ts';
import { eachStep, full, grouped, peerAsync, peerSync, Samples, timed, within, type Row } from './row.ts';

const raw = join(import.meta.dirname, 'raw.ts');
const committed = z.looseObject({ ms: z.number(), commits: z.array(z.string()) });
const body = z.array(z.unknown());

/** Each body alone, so that every event is a commit of its own. */
function oneByOne(commits: readonly string[]): string[][] {
  return commits.flatMap((text) => {
    const parts = body.parse(JSON.parse(text));
    const events = parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1]]] : []));
    return events.map((event) => [JSON.stringify(event)]);
  });
}

export const loop: Row = {
  about: 'durable step, a loop of 2,000, from asking for the run to its end as a reader is told of it',
  measure: (rounds) =>
    within(async (folder) => {
      using us = new Contestant(ours);
      using plain = new Contestant(raw);
      using peer = new Contestant(langGraphScript);
      const steps = 2000;
      const effects = 300;
      const samples = new Samples();
      let commits = 0;
      for (let round = 0; round <= rounds; round += 1) {
        const run = await us.ask('loop', { folder: folder('ours'), steps }, committed);
        await us.rest();
        const same = run.commits.map((text) => [text]);
        commits = same.length;
        const insert = (bodies: readonly (readonly string[])[]): Promise<z.infer<typeof timed>> =>
          plain.ask('insert', { folder: folder('raw'), commits: bodies }, timed);
        const rawSame = await insert(same);
        const rawEach = await insert(oneByOne(run.commits));
        const sync = await peer.ask('loop', { folder: folder('peer'), steps, durability: 'sync' }, timed);
        const async_ = await peer.ask('loop', { folder: folder('peer'), steps, durability: 'async' }, timed);
        const asking = await us.ask('effects', { folder: folder('ours'), steps: effects }, committed);
        await us.rest();
        const rawAsking = await insert(asking.commits.map((text) => [text]));
        const perStep = ({ ms }: { readonly ms: number }, of = steps): number => (ms / of) * 1000;
        samples.add(round, {
          ours: perStep(run),
          rawSame: perStep(rawSame),
          rawEach: perStep(rawEach),
          sync: perStep(sync),
          async: perStep(async_),
          asking: perStep(asking, effects),
          rawAsking: perStep(rawAsking, effects),
        });
      }
      return {
        figures: [
          samples.figure('Atelier', 'µs a step', grouped, 'ours'),
          samples.figure(
            `raw insert of the same bytes in the same ${commits} commits`,
            'µs a step',
            grouped,
            'rawSame',
          ),
          samples.figure('raw insert of the same bytes, one commit a step', 'µs a step', eachStep, 'rawEach'),
          samples.figure('LangGraph, sync', 'µs a step', peerSync, 'sync'),
          samples.figure('LangGraph, async', 'µs a step', peerAsync, 'async'),
          samples.figure(
            'Atelier, every step asks a model (what it read and said is written as turns too)',
            'µs a step',
            `${full}: two commits a step`,
            'asking',
          ),
          samples.figure(
            'raw insert of the bytes of its journal, without the turns, in the same commits',
            'µs a step',
            'two commits a step',
            'rawAsking',
          ),
        ],
        ratios: [
          samples.ratio('Atelier ÷ raw insert, one commit a step', 'ours', 'rawEach', { atMost: 2 }),
          samples.ratio('Atelier ÷ raw insert, the same commits', 'ours', 'rawSame', { atMost: 2 }),
          samples.ratio('every step asks a model: Atelier ÷ raw insert, the same commits', 'asking', 'rawAsking', {
            atMost: 2,
          }),
          samples.ratio('LangGraph sync ÷ Atelier', 'sync', 'ours', { atLeast: 20 }),
          samples.ratio('LangGraph async ÷ Atelier', 'async', 'ours', { atLeast: 20 }),
        ],
      };
    }),
};
