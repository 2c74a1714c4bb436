// `atelier graph`: an agent's graph as text for other programs.
import { agentNameOf } from '#engine/graph/agent-file';
import { graphAsDot, graphAsMermaid } from '#engine/graph/text';
import { namedAgentFile } from '../agent-files.ts';
import type { Command } from '../command.ts';
import { printable } from '../text.ts';
import { flag, text as option, usage } from '../values.ts';

export const graphCommand: Command = {
  name: 'graph',
  positionals: 'one',
  usage: 'atelier graph FILE [--dot|--mermaid|--json]',
  summary: "Writes an agent's graph for Graphviz, Mermaid or a program.",
  options: { dot: { type: 'boolean' }, mermaid: { type: 'boolean' } },
  optionHelp: [
    ['FILE', 'an agent file, or the name of an agent'],
    ['--mermaid', 'for Markdown; what is written where nothing else is said'],
    ['--dot', 'for Graphviz: atelier graph FILE --dot | dot -Tsvg'],
    ['--json', 'nodes, edges, keys, tools and findings'],
  ],
  run: async ({ positionals, values, cwd, workspace, note, live }) => {
    const [name] = positionals;
    if (name === undefined) throw usage('graph needs an agent file.');
    const asked = ['dot', 'mermaid', 'json'].filter((form) => flag(values, form));
    if (asked.length > 1) throw usage(`graph writes one form: ${asked.map((form) => `--${form}`).join(' or ')}.`);
    const from = option(values, 'workspace') === undefined ? cwd : workspace();
    const { file, text } = await namedAgentFile(name, cwd, from);
    const { readAgent } = await import('#engine/graph/read');
    const { graph, findings } = readAgent(file, text);
    const errors = findings.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    if (first !== undefined) {
      const more = errors.length > 1 ? ` (${errors.length - 1} more)` : '';
      note(`${first.file}:${first.line}:${first.column}: ${first.message}${more} The graph is what could be read.`);
    }
    const written = flag(values, 'dot') ? graphAsDot(agentNameOf(file), graph) : graphAsMermaid(graph);
    const code = first === undefined ? 0 : 1;
    if (flag(values, 'json')) return { json: { file, graph, findings }, text: '', code };
    // The same on a terminal and in a pipe: it is meant for another program.
    live.line(printable(written.trimEnd()));
    return { json: undefined, text: '', code };
  },
};
