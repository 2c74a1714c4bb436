// Agent and tool files as main knows them: bundled, and described once for each content.
import type { JsonObject } from '#contract/turn';
import { keepNewest } from '../keep-newest.ts';
import type { Bundle, Bundler } from '../ports.ts';
import { Problem, sentenceOf } from '../problem.ts';
import type { Description, ToolFace } from '../run/protocol.ts';
import { RunFailure } from '../run/run-failure.ts';
import type { Runners } from '../runner/runners.ts';

/** Descriptions kept; a workspace has tens of files. */
const remembered = 200;

export interface LoadedAgent {
  readonly bundle: Bundle;
  readonly face: NonNullable<Description['agent']>;
}

export interface LoadedTool {
  readonly bundle: Bundle;
  readonly face: ToolFace;
}

export class AgentFiles {
  readonly #folder: string;
  readonly #bundler: Bundler;
  readonly #runners: Runners;
  /** By hash of a bundle. */
  readonly #descriptions = new Map<string, Promise<Description>>();
  /** By hash of the agent's bundle and the tool's file: a run keeps the tools that it began with. */
  readonly #toolFiles = new Map<string, Promise<{ readonly bundle: Bundle; readonly faces: readonly ToolFace[] }>>();
  readonly #loading = new Map<string, Promise<LoadedAgent>>();
  readonly #ready = new Map<string, readonly ToolFace[]>();

  constructor(folder: string, bundler: Bundler, runners: Runners) {
    this.#folder = folder;
    this.#bundler = bundler;
    this.#runners = runners;
  }

  /**
   * Bundles and describes the file as it is now; those who ask while that is under way share it. Throws BAD_INPUT with the user's error where
   * it cannot be loaded; NOT_FOUND.
   */
  agent(file: string): Promise<LoadedAgent> {
    const loading = this.#loading.get(file) ?? this.#load(file).finally(() => this.#loading.delete(file));
    this.#loading.set(file, loading);
    return loading;
  }

  async #load(file: string): Promise<LoadedAgent> {
    const bundle = await this.#bundler.bundle(this.#folder, file);
    const { agent } = await this.#describe(file, bundle);
    if (agent !== undefined) return { bundle, face: agent };
    throw new Problem('BAD_INPUT', `${file} holds no agent.`, 'Its default export must be agent({ … }, { … }).');
  }

  /** Loads the tools of an agent before they are called. What is wrong with one is told when it is called. */
  prepareTools({ bundle, face }: LoadedAgent): void {
    for (const file of new Set(face.tools.map((tool) => tool.file))) {
      if (isOfTools(file) && Object.hasOwn(bundle.files, file)) this.#toolFile(bundle, file).catch(() => undefined);
    }
  }

  /** What main knows of the tool already: enough to decide whether it may run. */
  readyTool(agent: Bundle, file: string, name: string): ToolFace | undefined {
    return this.#ready.get(keyOf(agent, file))?.find((face) => face.name === name);
  }

  /**
   * A tool by its file, which must be one of the agent's own and lie in tools/, and its name there: whatever a runner says, nothing else of the machine is
   * a tool. Throws REFUSED, BAD_INPUT.
   */
  async tool(agent: Bundle, file: string, name: string): Promise<LoadedTool> {
    if (!Object.hasOwn(agent.files, file)) {
      throw new Problem(
        'REFUSED',
        `${file} is none of the files that this agent is made of, so that its tools are not its to call.`,
      );
    }
    // A tool may what an agent's code may not: so that code cannot call itself one.
    if (!isOfTools(file)) {
      throw new Problem(
        'REFUSED',
        `${name} does not come from a file of tools/, but from ${file}, so it is not run.`,
        'Put it in a file of tools/, export it there, and import it in the agent.',
      );
    }
    const { bundle, faces } = await this.#toolFile(agent, file);
    const face = faces.find((one) => one.name === name);
    if (face !== undefined) return { bundle, face };
    const names = faces.map((one) => one.name).join(', ');
    throw new Problem(
      'BAD_INPUT',
      `${file} exports no tool named ${JSON.stringify(name)}.`,
      names === '' ? 'Export the tool from the file that defines it.' : `It exports ${names}.`,
    );
  }

  #toolFile(agent: Bundle, file: string): Promise<{ readonly bundle: Bundle; readonly faces: readonly ToolFace[] }> {
    const key = keyOf(agent, file);
    return remember(this.#toolFiles, key, async () => {
      const bundle = await this.#bundler.bundle(this.#folder, file);
      const { tools } = await this.#describe(file, bundle);
      this.#ready.set(key, tools);
      keepNewest(this.#ready, remembered);
      return { bundle, faces: tools };
    });
  }

  /** A runner that was ended from outside says nothing of the file: another is asked, and another: it is nothing of the file's. */
  async #describeBundle(url: string): Promise<Description> {
    for (let time = 1; ; time += 1) {
      try {
        return await this.#runners.describe(url);
      } catch (error) {
        const isLost = error instanceof RunFailure && error.error.name === 'Lost';
        if (!isLost || time === describeTimes) throw error;
      }
    }
  }

  async #describe(file: string, bundle: Bundle): Promise<Description> {
    try {
      return await remember(this.#descriptions, bundle.hash, () => this.#describeBundle(bundle.url));
    } catch (error) {
      if (!(error instanceof RunFailure)) throw error;
      const { message, hint, stack } = error.error;
      const where = stack?.split('\n').find((line) => line.includes(':') && !line.includes(message));
      throw new Problem('BAD_INPUT', `${file} cannot be loaded: ${sentenceOf(message)}`, hint ?? where?.trim(), {
        cause: error,
      });
    }
  }
}

/** Tries to have a file described, where runners die. */
const describeTimes = 10;

/** The bundler names files as they lie, without dots and links. */
function isOfTools(file: string): boolean {
  return file.startsWith('tools/');
}

function keyOf(agent: Bundle, file: string): string {
  return `${agent.hash}\n${file}`;
}

/** A failure is not kept: its cause may be gone the next time. */
function remember<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  keepNewest(known, remembered);
  made.catch(() => known.get(key) === made && known.delete(key));
  return made;
}

/** The agent's name by its file: agents/triage.agent.ts is "triage". */
export function agentNameOf(file: string): string {
  const base = file.slice(file.lastIndexOf('/') + 1);
  return base.replace(/(\.agent)?\.[cm]?[jt]sx?$/u, '');
}

/** The first text of an input, at most 200 characters, for lists. */
export function titleOf(input: JsonObject): string {
  const found = firstText(input);
  return found === undefined ? '' : found.replaceAll(/\s+/gu, ' ').trim().slice(0, 200);
}

function firstText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const member of Object.values(value)) {
    const found = firstText(member);
    if (found !== undefined) return found;
  }
  return undefined;
}
