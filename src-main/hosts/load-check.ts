// Loads agent files in a runner of its own and tells what fails, for checks without a run.
import { relative, sep } from 'node:path';
import { EsbuildBundler } from '#adapters/bundler';
import { NodeSpawner } from '#adapters/node-spawner';
import type { Finding } from '#contract/agent';
import type { RunError } from '#contract/journal';
import { RunFailure } from '#engine/run/run-failure';
import { RunnerPool } from '#engine/runner/pool';
import type { RunnerListener } from '#engine/runner/runners';
import { Problem } from '#engine/problem';
import { runnerFiles } from './runner-program.ts';

export class LoadCheck {
  readonly #folder: string;
  readonly #bundler: EsbuildBundler;
  readonly #pool: RunnerPool;

  /** `folder`: the workspace. */
  constructor(folder: string) {
    const { program, externals } = runnerFiles(folder);
    this.#folder = folder;
    this.#bundler = new EsbuildBundler(externals);
    this.#pool = new RunnerPool({ spawner: new NodeSpawner(program), folder, listener: silent });
  }

  /** What is wrong with a file that reads well: imports that lead nowhere, code at the top level that fails, schemas that are none. */
  async findings(file: string): Promise<readonly Finding[]> {
    try {
      const { url } = await this.#bundler.bundle(this.#folder, file);
      const { agent } = await this.#pool.describe(url);
      if (agent !== undefined) return [];
      return [findingAt(file, 1, 1, 'The file holds no agent.', 'Its default export must be `agent({ … }, { … })`.')];
    } catch (error) {
      if (error instanceof RunFailure) return [this.#failed(file, error.error)];
      if (error instanceof Problem && error.code === 'BAD_INPUT') return [bundleFinding(file, error)];
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#bundler.close()]);
  }

  /** The first place of its stack that is in the workspace's own files. */
  #failed(file: string, { name, message, hint, stack = '' }: RunError): Finding {
    const said = name === 'Error' || message.startsWith(name) ? message : `${name}: ${message}`;
    for (const [, path = '', line, column] of stack.matchAll(/(?:\(|at )(?:file:\/\/)?([^():\n]+):(\d+):(\d+)/gu)) {
      const inside = relative(this.#folder, path).split(sep).join('/');
      if (inside.startsWith('../') || inside.startsWith('.atelier/') || inside.includes('node_modules/')) continue;
      return findingAt(inside, Number(line), Number(column), said, hint);
    }
    return findingAt(file, 1, 1, said, hint);
  }
}

const silent: RunnerListener = {
  batch: () => undefined,
  left: () => undefined,
  refused: () => undefined,
  lost: () => undefined,
  output: () => undefined,
};

/** The bundler says "file:line:column: what". */
function bundleFinding(file: string, { message, hint }: Problem): Finding {
  const match = /^(.+?):(\d+):(\d+): (.*)$/su.exec(message);
  if (match === null) return findingAt(file, 1, 1, message, hint);
  const [, path = file, line, column, what = ''] = match;
  return findingAt(path, Number(line), Number(column), what, hint);
}

function findingAt(file: string, line: number, column: number, message: string, hint: string | undefined): Finding {
  const suggestion = hint === undefined ? {} : { suggestion: hint };
  const place = { file, line, column, endLine: line, endColumn: column };
  return { rule: 'load', severity: 'error', ...place, message, ...suggestion };
}
