// Imports: picks, recognises and reads files of agent logs.
import { contract } from '#contract/contract';
import type { ImportSummary } from '#contract/import';
import { implement } from '@orpc/server';
import { Problem } from '#engine/problem';
import { detectFile } from '#engine/trace/import/formats';
import { importFiles } from '#engine/trace/import/run';
import { asContractErrors, type Context } from './context.ts';

const os = implement(contract.imports).$context<Context>().use(asContractErrors);

export const imports = os.router({
  pick: os.pick.handler(({ context }) => context.desk.pickFiles()),
  detect: os.detect.handler(({ context, input }) => {
    requireGranted(context, input.paths);
    return Promise.all(input.paths.map((path) => detectFile(path)));
  }),
  start: os.start.handler(({ context, input }) => {
    const { paths, format } = input;
    requireGranted(context, paths);
    const studio = context.studio();
    const title = paths.length === 1 ? `Import ${lastPart(paths[0] ?? '')}` : `Import ${paths.length} files`;
    const jobId = studio.jobs.start(
      'import',
      title,
      async (task) => {
        try {
          return await importFiles(studio.store, studio.clock, paths, { format, redactor: studio.redactor }, task);
        } finally {
          studio.changed('workspace', 'imports', 'traces', 'pairs', 'labels');
        }
      },
      sentence,
    );
    studio.changed('imports');
    return { jobId };
  }),
  /** The traces of runs, and those that came through the gateway, belong to imports of their own, which nobody imported. */
  list: os.list.handler(({ context }) =>
    context
      .studio()
      .store.imports.list()
      .filter(({ format }) => format !== 'atelier' && format !== 'gateway'),
  ),
  rejects: os.rejects.handler(({ context, input }) => {
    const { imports: store } = context.studio().store;
    if (store.get(input.importId) === undefined) throw new Problem('NOT_FOUND', 'There is no such import.');
    return store.rejects(input.importId, input.page.offset, input.page.limit);
  }),
});

/** Only what a person picked or dropped may be read. */
function requireGranted(context: Context, paths: readonly string[]): void {
  const refused = paths.find((path) => !context.desk.isGranted(path));
  if (refused === undefined) return;
  throw new Problem(
    'REFUSED',
    `${lastPart(refused)} was not chosen by you.`,
    'Pick the file in the dialog or drop it on the window.',
  );
}

function lastPart(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}

function sentence(summaries: readonly ImportSummary[]): string {
  const failed = summaries.find((summary) => summary.state === 'failed');
  if (failed?.problem !== undefined && summaries.length === 1) return failed.problem;
  const sum = (key: 'newTraces' | 'traces' | 'rejected'): number =>
    summaries.reduce((total, one) => total + one[key], 0);
  const traces = sum('traces');
  const parts = [
    `${sum('newTraces').toLocaleString('en')} of ${traces.toLocaleString('en')} ${traces === 1 ? 'trace' : 'traces'} new`,
    ...(sum('rejected') > 0 ? [`${sum('rejected').toLocaleString('en')} set aside`] : []),
    ...(failed === undefined ? [] : [`${lastPart(failed.file)} could not be read`]),
  ];
  return parts.join(', ');
}
