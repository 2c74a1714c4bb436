// The walls: dependency-cruiser over src-*; fails as well when it did not see every module.
import { runTool } from './tools.ts';
import { sourceFiles } from './tree.ts';

type Cruise = {
  modules: { source: string }[];
  summary: { violations: { from: string; to: string; rule: { name: string }; cycle?: { name: string }[] }[] };
};

const folders = ['src-main', 'src-preload', 'src-renderer'];

export async function imports(root: string): Promise<string | undefined> {
  const ours = sourceFiles(root, ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'], folders);
  const sources = ours.filter((path) => !path.endsWith('.d.ts'));
  if (sources.length === 0) return 'There is no module under src-*: nothing was cruised.';
  const present = folders.filter((folder) => sources.some((path) => path.startsWith(`${folder}/`)));
  const args = ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...present];
  const done = await runTool(root, 'dependency-cruiser/bin/dependency-cruiser.mjs', args);
  let cruise: Cruise;
  try {
    cruise = JSON.parse(done.stdout) as Cruise;
  } catch {
    return `dependency-cruiser wrote no report.\n${done.stdout}${done.stderr}`;
  }
  const seen = new Set(cruise.modules.map((module) => module.source));
  const unseen = sources.filter((path) => !seen.has(path)).map((path) => `${path}: was not cruised`);
  const broken = cruise.summary.violations.map(({ from, to, rule, cycle }) => {
    const through = cycle === undefined ? to : cycle.map((step) => step.name).join(' → ');
    return `${from} → ${through}: ${rule.name}`;
  });
  const problems = [...unseen, ...broken];
  return problems.length === 0 ? undefined : problems.join('\n');
}
