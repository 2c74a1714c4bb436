// What has come in where nothing has yet.
import type { ImportCounts } from '#contract/import';

export const noCounts: ImportCounts = {
  traces: 0,
  newTraces: 0,
  messages: 0,
  turns: 0,
  newTurns: 0,
  spans: 0,
  scores: 0,
  pairs: 0,
  newPairs: 0,
  rejected: 0,
};
