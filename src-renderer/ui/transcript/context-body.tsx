// The root of a transcript: the system prompt, clipped, and the tools, folded. Props: `message` (role context).
import type { JSX } from 'react';
import type { Json, Message } from '#contract/turn';
import { Fold } from './fold.tsx';
import { JsonValue, Parts } from './parts.tsx';
import { describeTool } from './tool-schema.ts';
import { shownText } from './shown-text.tsx';
import css from './context-body.module.css';

/** System prompts are long and the same in every trace of an agent: their beginning is enough at first. */
const promptLimit = 480;

export function ContextBody({ message }: { readonly message: Extract<Message, { role: 'context' }> }): JSX.Element {
  const { content, tools } = message;
  if (content.length === 0 && tools.length === 0) return <p className={css.none}>No system prompt and no tools.</p>;
  return (
    <>
      {content.length === 0 ? (
        <p className={css.none}>No system prompt.</p>
      ) : (
        <Parts parts={content} limit={promptLimit} />
      )}
      {tools.length === 0 ? undefined : (
        <Fold label={`${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}`} note={namesOf(tools)}>
          <ul className={css.tools}>
            {tools.map((tool, index) => {
              const { name, description } = describeTool(tool);
              return (
                // oxlint-disable-next-line react/no-array-index-key
                <li key={index}>
                  <Fold
                    label={<span className={css.toolName}>{shownText(name ?? `Tool ${index + 1}`)}</span>}
                    note={description}
                  >
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

function namesOf(tools: readonly Json[]): string {
  return tools
    .map((tool) => describeTool(tool).name)
    .filter((name) => name !== undefined)
    .join(', ');
}
