// The row of the async step: a step that awaits a promise, nothing on disk, against XState.
import { ours } from './built.ts';
import { Contestant } from './contestant.ts';
import { xstateScript } from './peers.ts';
import { nothing, Samples, timed, type Row } from './row.ts';

export const memory: Row = {
  about: 'a step that awaits a promise, nothing on disk',
  measure: async (rounds) => {
    using us = new Contestant(ours);
    using peer = new Contestant(xstateScript);
    const steps = 20_000;
    const samples = new Samples();
    for (let round = 0; round <= rounds; round += 1) {
      const mine = await us.ask('memory', { folder: '', steps }, timed);
      const theirs = await peer.ask('loop', { steps }, timed);
      samples.add(round, { ours: (mine.ms / steps) * 1000, peer: (theirs.ms / steps) * 1000 });
    }
    return {
      figures: [
        samples.figure('Atelier', 'µs a step', nothing, 'ours'),
        samples.figure('XState, loop over a promise', 'µs a step', nothing, 'peer'),
      ],
      ratios: [samples.ratio('Atelier ÷ XState', 'ours', 'peer', { atMost: 1 })],
    };
  },
};
