// docs/agent-file.md: its agent is right, each of its examples is wrong as it says, and no rule is left out.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAgent } from '#engine/graph/read';
import { rules } from '#engine/graph/rules';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/agent-file.md'), 'utf8');
const [before = '', after = ''] = page.split('\n## Rules\n');

const parts: Readonly<Record<string, string>> = {
  state: "state: { question: input(z.string()), notes: append(z.string()), answer: z.string().default('') },",
  tools: 'tools: { search },',
  nodes: 'nodes: { research: code(() => {}), answer: code(() => {}) },',
  edges: "edges: [start('research'), edge('research', 'answer'), end('answer')],",
};
const imports = `import { agent, append, attempt, branch, code, edge, end, human, input, llm, loop, map, otherwise, start, tool, toolLoop, weighted, when } from 'atelier';
import { z } from 'zod';
import { search } from '../tools/search.ts';
const ownSearch = { definition: {} };
`;

/** A whole file, or members of an agent whose other members are right. */
function fileOf(example: string): string {
  if (/^(?:import|export) /mu.test(example)) return example;
  const member = (name: string): string => new RegExp(`^${name}: .*$`, 'mu').exec(example)?.[0] ?? parts[name] ?? '';
  return `${imports}export default agent({ ${member('state')} ${member('tools')} }, { ${member('nodes')} ${member('edges')} });\n`;
}

interface Example {
  readonly rule: string;
  readonly about: string;
  readonly code: string | undefined;
  readonly said: readonly string[];
}

const examples = after
  .split('\n### ')
  .slice(1)
  .map((section): Example => {
    const [rule = '', ...rest] = section.split('\n');
    const text = rest.join('\n');
    const said = [...text.matchAll(/^> (.*)$/gmu)].map(([, line = '']) => line);
    return { rule, about: text.split('\n```')[0] ?? '', code: /```ts\n([^]*?)```/u.exec(text)?.[1], said };
  });

describe('docs/agent-file.md', () => {
  it('shows an agent in which nothing is wrong', () => {
    const file = /```ts file\n([^]*?)```/u.exec(before)?.[1] ?? '';
    const { graph, findings } = readAgent('agents/a.agent.ts', file);
    expect(findings).toEqual([]);
    expect(graph.nodes.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['look code', 'answer llm']);
  });

  it('names every rule, and says of each what the program says', () => {
    expect(examples.map(({ rule }) => rule)).toEqual(Object.keys(rules));
    for (const { rule, about } of examples) {
      const known = Object.entries(rules).find(([name]) => name === rule)?.[1].about ?? '';
      const said = about.replaceAll(/\s+/gu, ' ').toLowerCase();
      expect(said.replace(/ \(4 million characters\)| \(256 brackets\)/gu, '')).toContain(known.toLowerCase());
    }
  });

  it.each(examples.filter(({ code }) => code !== undefined))('shows $rule', ({ rule, code = '', said }) => {
    const { findings } = readAgent('agents/a.agent.ts', fileOf(code));
    const texts = findings.map(({ message, suggestion }) =>
      suggestion === undefined ? message : `${message} ${suggestion}`,
    );
    for (const line of said)
      expect(
        texts.some((text) => text.startsWith(line)),
        `${line}\n${texts.join('\n')}`,
      ).toBe(true);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set([rule]));
    expect(findings).toHaveLength(said.length);
  });
});
