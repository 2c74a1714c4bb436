// The row of many runs at once: nodes a second and memory at the peak, against LangGraph.
import { ours } from './built.ts';
import { Contestant, type Memory } from './contestant.ts';
import { langGraphScript } from './peers.ts';
import { grouped, peerAsync, Samples, timed, within, type Row } from './row.ts';

export const concurrent: Row = {
  about: '1,000 runs of 10 nodes at the same time',
  measure: async (rounds) => {
    const runs = 1000;
    const steps = 10;
    const samples = new Samples();
    // A process for each measure: its memory is what this alone took.
    const measure = (script: string, args: Readonly<Record<string, unknown>>): Promise<{ ms: number; peak: Memory }> =>
      within(async (folder) => {
        using one = new Contestant(script);
        const given = { folder: folder('one'), steps, runs, ...args };
        await one.ask('concurrent', { ...given, runs: 20 }, timed);
        const { value, peak } = await one.watched(() => one.ask('concurrent', given, timed));
        return { ms: value.ms, peak };
      });
    for (let round = 0; round <= rounds; round += 1) {
      const mine = await measure(ours, {});
      const theirs = await measure(langGraphScript, { durability: 'async' });
      const perSecond = (ms: number): number => (runs * steps * 1000) / ms;
      samples.add(round, {
        ours: perSecond(mine.ms),
        peer: perSecond(theirs.ms),
        ourPeak: mine.peak.residentBytes / 2 ** 20,
        peerPeak: theirs.peak.residentBytes / 2 ** 20,
        ourShare: mine.peak.shareBytes / 2 ** 20,
        peerShare: theirs.peak.shareBytes / 2 ** 20,
      });
    }
    return {
      figures: [
        samples.figure('Atelier', 'nodes/s', grouped, 'ours'),
        samples.figure('LangGraph, async', 'nodes/s', peerAsync, 'peer'),
        samples.figure('Atelier, sum of its processes', 'MiB resident at the peak', grouped, 'ourPeak'),
        samples.figure('LangGraph', 'MiB resident at the peak', peerAsync, 'peerPeak'),
        samples.figure('Atelier, pages that its processes share counted once', 'MiB at the peak', grouped, 'ourShare'),
        samples.figure('LangGraph', 'MiB at the peak, counted so', peerAsync, 'peerShare'),
      ],
      ratios: [
        samples.ratio('nodes/s: Atelier ÷ LangGraph', 'ours', 'peer', { atLeast: 7 }),
        samples.ratio('peak memory: Atelier ÷ LangGraph', 'ourPeak', 'peerPeak', { atMost: 1 / 2 }),
        samples.ratio('the same, shared pages counted once', 'ourShare', 'peerShare', { atMost: 1 / 2 }),
      ],
    };
  },
};
