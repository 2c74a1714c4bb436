// The root of a transcript: the system prompt, clipped, and the tools, folded. Props: `message` (role context).
import type { JSX } from 'react';
import type { Json, Message } from '#contract/turn';
import { Fold } from './fold.tsx';
import { JsonValue, Parts } from './parts.tsx';
import css from './context-body.module.css';

export function ContextBody({ message }: { readonly message: Extract<Message, { role: 'context' }> }): JSX.Element {
  const { content, tools } = message;
  if (content.length === 0 && tools.length === 0) return <p className={css.none}>No system prompt and no tools.</p>;
  return (
    <>
      {content.length === 0 ? <p className={css.none}>No system prompt.</p> : <Parts parts={content} />}
      {tools.length === 0 ? undefined : (
        <Fold label={`${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}`} note={namesOf(tools)}>
          <ul className={css.tools}>
            {tools.map((tool, index) => {
              const { name, description } = describeTool(tool);
              return (
                // oxlint-disable-next-line react/no-array-index-key
                <li key={index}>
                  <Fold label={<span className={css.toolName}>{name ?? `Tool ${index + 1}`}</span>} note={description}>
                    <JsonValue value={tool} label={`Schema of ${name ?? 'the tool'}`} />
                  </Fold>
                </li>
              );
            })}
          </ul>
        </Fold>
      )}
    </>
  );
}

/** Name and description in either of the two usual shapes of a tool schema: {name …} and {type, function: {name …}}. */
export function describeTool(tool: Json): { readonly name?: string; readonly description?: string } {
  const outer = asObject(tool);
  if (outer === undefined) return {};
  const inner = asObject(outer['function']) ?? outer;
  const { name, description } = inner;
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof description === 'string' ? { description } : {}),
  };
}

function asObject(value: Json | undefined): Readonly<Record<string, Json>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, Json>>;
}

function namesOf(tools: readonly Json[]): string {
  return tools
    .map((tool) => describeTool(tool).name)
    .filter((name) => name !== undefined)
    .join(', ');
}
