// A run whose agent file has changed since: whether it may go on, and if not, what is different.
import { createTwoFilesPatch } from 'diff';
import type { RunSummary } from '#contract/run';
import type { AgentSource, Bundle } from '../ports.ts';
import { Problem } from '../problem.ts';
import type { LoadedAgent } from './agent-files.ts';

/** Lines of the difference that are shown. */
const shownLines = 40;

/**
 * The version that the run's state must be brought from; undefined where the file is as it was. Throws CONFLICT with the difference where
 * the file has changed and declares no way from that version.
 */
export function migrationOf(run: RunSummary, agent: LoadedAgent, source: AgentSource | undefined): string | undefined {
  const { bundle, face } = agent;
  if (bundle.hash === run.hash) return undefined;
  const declared = declaredMigration(run, agent);
  if (declared !== undefined) return declared;
  const from = run.version ?? '';
  const hint =
    face.version === undefined || face.version === from
      ? 'Fork the run to go on with the new file, or declare a new `version` with `migrate` in it, or put the old file back.'
      : `Declare migrate: { ${JSON.stringify(from)}: … } in the file, or fork the run, or put the old file back.`;
  throw new Problem(
    'CONFLICT',
    `${run.file} has changed since the run was last under way:\n${differenceOf(source, bundle)}`,
    hint,
  );
}

/** The version that a changed file says how to come from; undefined where it has not changed or says nothing of it. */
export function declaredMigration(run: RunSummary, { bundle, face }: LoadedAgent): string | undefined {
  const from = run.version ?? '';
  const isDeclared = face.version !== undefined && face.version !== from && face.migratesFrom.includes(from);
  return bundle.hash !== run.hash && isDeclared ? from : undefined;
}

/** A unified diff of the files that differ; its first lines. */
export function differenceOf(before: AgentSource | undefined, now: Bundle): string {
  if (before === undefined) return 'The file as it was is not known.';
  const names = [...new Set([...Object.keys(before.files), ...Object.keys(now.files)])].toSorted();
  const lines = names.flatMap((name) => {
    const [old, text] = [before.files[name], now.files[name]];
    if (old === text) return [];
    const patch = createTwoFilesPatch(
      name,
      name,
      old ?? '',
      text ?? '',
      old === undefined ? 'new' : '',
      text === undefined ? 'gone' : '',
      {
        context: 2,
      },
    );
    return patch.trimEnd().split('\n').slice(1);
  });
  const more = lines.length - shownLines;
  return [...lines.slice(0, shownLines), ...(more > 0 ? [`… and ${more} more lines`] : [])].join('\n');
}
