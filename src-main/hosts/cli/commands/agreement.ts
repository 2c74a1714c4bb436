// `atelier agreement`: how far the labels can be relied on.
import type { Estimate } from '#contract/label';
import { agreementReport } from '#engine/preference/agreement';
import type { Command } from '../command.ts';
import { table } from '../table.ts';

export const agreementCommand: Command = {
  name: 'agreement',
  positionals: 'none',
  usage: 'atelier agreement',
  summary: "Own consistency, Cohen's kappa and Krippendorff's alpha of the labels.",
  options: {},
  optionHelp: [],
  run: async ({ open, task }) => {
    const report = await agreementReport(open(), task);
    const annotators = report.annotators.map((one) => [
      one.name,
      String(one.labels),
      share(one.consistency),
      share(one.leftShare),
    ]);
    const pairs = report.pairs.map((one) => [
      one.one,
      one.two,
      String(one.shared),
      `${Math.round(one.agreement * 100)} %`,
      figure(one.kappa),
    ]);
    const text = [
      annotators.length === 0
        ? 'No labels yet.'
        : table(['ANNOTATOR', 'LABELS', 'CONSISTENT', 'LEFT CHOSEN'], annotators),
      ...(pairs.length === 0 ? [] : ['', table(['ONE', 'TWO', 'SHARED', 'AGREE', 'KAPPA'], pairs)]),
      '',
      `Krippendorff's alpha: ${figure(report.alpha)}`,
    ];
    return { json: report, text: text.join('\n') };
  },
};

function figure(estimate: Estimate | undefined): string {
  if (estimate === undefined) return 'undefined (too few shared labels)';
  const bounds =
    estimate.low === undefined || estimate.high === undefined
      ? ''
      : ` (95 %: ${estimate.low.toFixed(2)} to ${estimate.high.toFixed(2)})`;
  return estimate.value.toFixed(2) + bounds;
}

function share(estimate: Estimate | undefined): string {
  return estimate === undefined ? '' : `${Math.round(estimate.value * 100)} % of ${estimate.n}`;
}
