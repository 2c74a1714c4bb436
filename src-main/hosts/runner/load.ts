// Loads bundles: modules that the studio made of the user's files.
import type { AgentDefinition } from '#engine/graph/definition';
import { agentIn } from '#engine/run/describe';
import { RunFailure } from '#engine/run/run-failure';

/** Each URL is loaded once for the life of the runner. Throws what the file throws at its top. */
export async function loadModule(url: string): Promise<Readonly<Record<string, unknown>>> {
  if (!url.startsWith('file:')) {
    throw new RunFailure({ name: 'NotLoaded', message: `A bundle is a file, which ${url.slice(0, 100)} is not.` });
  }
  const module: unknown = await import(/* @vite-ignore */ url);
  return isModule(module) ? module : {};
}

function isModule(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export async function loadAgent(url: string): Promise<AgentDefinition> {
  const { default: agent } = await loadModule(url);
  return agentIn(agent);
}
