// Checks that are somebody else's program: run it in a folder, and what it says is the problem when it fails.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Looks at a tree and says what is wrong with it; undefined when nothing is. */
export type Check = (root: string) => Promise<string | undefined>;

type Done = { code: number; stdout: string; stderr: string };

/** Runs a program of node_modules on this Node. */
export function runTool(root: string, program: string, args: string[]): Promise<Done> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', program), ...args], {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', (error) => resolve({ code: 1, stdout, stderr: `${stderr}${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

export function tool(program: string, ...args: string[]): Check {
  return async (root) => {
    const done = await runTool(root, program, args);
    return done.code === 0 ? undefined : `${done.stdout}${done.stderr}`;
  };
}

/** Type-checks each project: they differ in what they may know (DOM, Node, neither). */
export async function types(root: string): Promise<string | undefined> {
  const projects = readdirSync(root).filter((name) => /^tsconfig\.(?!base)\w+\.json$/.test(name));
  if (projects.length === 0) return 'No tsconfig.*.json was found: nothing was checked.';
  const runs = await Promise.all(projects.map((name) => runTool(root, 'typescript/bin/tsc', ['-p', name])));
  const wrong = runs.flatMap((done, at) => (done.code === 0 ? [] : [`${projects[at]}:\n${done.stdout}${done.stderr}`]));
  return wrong.length === 0 ? undefined : wrong.join('\n');
}
