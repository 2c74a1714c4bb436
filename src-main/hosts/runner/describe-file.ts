// Says what a file is that only the loaded file can say.
import { agentIn, describeAgent, describeTools, toolIn } from '#engine/run/describe';
import type { FromRunner } from '#engine/run/protocol';
import { runErrorOf } from '#engine/run/run-failure';
import { loadModule } from './load.ts';

export async function describeFile(id: number, url: string): Promise<FromRunner> {
  try {
    const module = await loadModule(url);
    const tools = describeTools(module);
    const isToolFile = tools.length > 0 && (module.default === undefined || toolIn(module.default) !== undefined);
    const agent = isToolFile ? {} : { agent: describeAgent(agentIn(module.default)) };
    return { type: 'described', id, description: { ...agent, tools } };
  } catch (error) {
    return { type: 'described', id, error: runErrorOf(error) };
  }
}
