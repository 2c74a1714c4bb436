// The agents of a workspace: the files that hold them, as graphs with what is wrong in them, and new ones from templates.
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { AgentDetail, AgentFace, AgentInfo, Finding } from '#contract/agent';
import type { JsonObject } from '#contract/turn';
import { keepNewest } from '../keep-newest.ts';
import type { RunStore } from '../ports.ts';
import { Problem } from '../problem.ts';
import { agentNameOf, isAgentFile } from './agent-file.ts';
import type { ReadAgent } from './read.ts';
import { scaffold } from './scaffold.ts';
import { createFrom, templatesIn } from './templates.ts';
import { refreshTypes, type TypeSources } from './workspace-types.ts';

/** Files that are looked at; more is no workspace but something that went wrong. */
const mostFiles = 2000;
/** Bytes that are read of one; the reader says of larger ones that they are too large. */
const mostBytes = 32_000_000;

export interface AgentsParts {
  /** The workspace. */
  readonly folder: string;
  readonly runs: Pick<RunStore, 'get' | 'source'>;
  /** Templates as they ship. */
  readonly templates: string;
  readonly types: () => TypeSources;
  /** Loads the file where it can do no harm, and lets it say what only the running file knows. */
  readonly load: (file: string) => Promise<{
    readonly bundle: { readonly hash: string };
    readonly face: { readonly input: JsonObject; readonly state: JsonObject };
  }>;
}

interface Known {
  readonly mark: string;
  readonly detail: AgentDetail;
}

export class Agents {
  readonly #parts: AgentsParts;
  readonly #known = new Map<string, Known>();

  constructor(parts: AgentsParts) {
    this.#parts = parts;
  }

  /** By name. A file that cannot be read is in the list with what is wrong with it. */
  async list(): Promise<readonly AgentInfo[]> {
    const names = await readdir(join(this.#parts.folder, 'agents')).catch(() => []);
    const files = names
      .map((name) => `agents/${name}`)
      .filter((file) => isAgentFile(file))
      .toSorted()
      .slice(0, mostFiles);
    const found: AgentInfo[] = [];
    // One after the other: reading is work for the processor.
    for (const file of files) {
      const detail = await this.get(file).catch((error: unknown) => unreadable(file, error));
      if (detail !== undefined) found.push(detail.info);
    }
    return found;
  }

  /** Of a file as it is now. Quick where it has not changed. Throws NOT_FOUND, REFUSED. */
  async get(file: string): Promise<AgentDetail> {
    const path = await agentPath(this.#parts.folder, file);
    const info = await stat(path);
    const mark = `${info.mtimeMs}:${info.ctimeMs}:${info.size}`;
    const before = this.#known.get(file);
    if (before?.mark === mark) return before.detail;
    const detail = await detailOf(file, await textOf(path, file, info.size));
    this.#known.set(file, { mark, detail });
    keepNewest(this.#known, mostFiles);
    return detail;
  }

  /** The agent as it was when the run began. Throws NOT_FOUND. */
  async ofRun(id: string): Promise<AgentDetail> {
    const run = this.#parts.runs.get(id);
    if (run === undefined) throw new Problem('NOT_FOUND', `There is no run ${id}.`, 'It may be of another workspace.');
    const source = this.#parts.runs.source(run.hash);
    const text = source?.files[source.file];
    if (source === undefined || text === undefined)
      throw new Problem('NOT_FOUND', `The source of ${run.file} as it was in this run was not kept.`);
    return detailOf(source.file, text);
  }

  /** Throws BAD_INPUT where the file has an error that can be seen without running it, or does not load. */
  async face(file: string): Promise<AgentFace> {
    const { info } = await this.get(file);
    const wrong = info.findings.find(({ severity }) => severity === 'error');
    if (wrong !== undefined) {
      const place = `${wrong.file}:${wrong.line}:${wrong.column}`;
      throw new Problem('BAD_INPUT', `${place}: ${wrong.message}`, wrong.suggestion);
    }
    const { bundle, face } = await this.#parts.load(file);
    return { hash: bundle.hash, input: face.input, state: face.state };
  }

  templates(): Promise<readonly { readonly name: string; readonly summary: string }[]> {
    return templatesIn(this.#parts.templates);
  }

  /** Lays the types that editors need down where they are missing or of another version; nothing in a workspace without agents. */
  async refreshTypes(): Promise<void> {
    const { folder, types } = this.#parts;
    const info = await stat(join(folder, 'agents')).catch(() => undefined);
    if (info?.isDirectory() === true) await refreshTypes(folder, types());
  }

  /** A new file from a template, in a workspace that is made ready for agents where it is not. Throws NOT_FOUND (no such template), CONFLICT (there is such an agent), BAD_INPUT (the name). */
  async create(name: string, template: string): Promise<AgentInfo> {
    const { templates, folder, types } = this.#parts;
    const { file } = await createFrom(templates, template, folder, name);
    await scaffold(folder, types());
    return (await this.get(file)).info;
  }
}

/** Reads agent files loads the parser: only when it is needed. */
async function detailOf(file: string, source: string): Promise<AgentDetail> {
  const { readAgent } = await import('./read.ts');
  const { graph, findings }: ReadAgent = readAgent(file, source);
  return { info: infoOf(file, findings, graph), graph, source };
}

function infoOf(file: string, findings: readonly Finding[], graph: AgentDetail['graph']): AgentInfo {
  const { description, version, nodes } = graph;
  return {
    name: agentNameOf(file),
    file,
    ...(description === undefined ? {} : { description }),
    ...(version === undefined ? {} : { version }),
    findings,
    nodeCount: nodes.length,
  };
}

/** Gone between two looks: no longer in the list. Any other failure is told there. */
function unreadable(file: string, error: unknown): { readonly info: AgentInfo } | undefined {
  if (!(error instanceof Problem) || error.code === 'NOT_FOUND') return undefined;
  const place = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  const hint = error.hint === undefined ? {} : { suggestion: error.hint };
  const finding: Finding = { rule: 'load', severity: 'error', file, ...place, message: error.message, ...hint };
  return { info: { name: agentNameOf(file), file, findings: [finding], nodeCount: 0 } };
}

/** The real place of an agent file, which must lie in `agents/` of the workspace, links followed. */
async function agentPath(folder: string, file: string): Promise<string> {
  if (!isAgentFile(file))
    throw new Problem('REFUSED', `${file} is no agent file.`, 'Agents lie in agents/ and end in .agent.ts.');
  const root = await realpath(folder);
  const path = await realpath(join(root, file)).catch(() => undefined);
  if (path === undefined)
    throw new Problem('NOT_FOUND', `There is no file ${file} in the workspace.`, 'It may have been moved or renamed.');
  const inside = relative(root, path).split(sep).join('/');
  if (!isAgentFile(inside))
    throw new Problem('REFUSED', `${file} leads out of the folder agents/.`, 'Put a copy there instead of a link.');
  return path;
}

async function textOf(path: string, file: string, size: number): Promise<string> {
  if (size > mostBytes) throw new Problem('BAD_INPUT', `${file} is too large to be an agent.`, 'Split it.');
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Problem('REFUSED', `${file} cannot be read.`, 'Give yourself the right to read it.', { cause: error });
  }
}
