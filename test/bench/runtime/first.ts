// The row of the first event: how soon a reader is told of a run that was asked for.
import { z } from 'zod';
import { ours } from './built.ts';
import { Contestant } from './contestant.ts';
import { full, Samples, within, type Row } from './row.ts';

export const first: Row = {
  about: 'from asking for a run to its first event as a reader is told of it, warm runner (the window adds its own)',
  measure: (rounds) =>
    within(async (folder) => {
      using us = new Contestant(ours);
      const samples = new Samples();
      for (let round = 0; round <= rounds; round += 1) {
        const shape = z.looseObject({ eventMs: z.number(), stepMs: z.number() });
        const { eventMs, stepMs } = await us.ask('first', { folder: folder('ours'), steps: 10 }, shape);
        samples.add(round, { eventMs, stepMs, budget: 100 });
      }
      return {
        figures: [
          samples.figure('first event', 'ms', full, 'eventMs'),
          samples.figure('first step', 'ms', full, 'stepMs'),
        ],
        ratios: [samples.ratio('first event ÷ 100 ms', 'eventMs', 'budget', { atMost: 1 })],
      };
    }),
};
