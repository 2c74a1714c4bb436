// Ready pieces of code for one key, one client a tab.
import { useState, type JSX } from 'react';
import { Segmented } from '../../ui/segmented.tsx';
import { CodeBlock } from './code-block.tsx';
import css from './snippet-tabs.module.css';
import { snippetKinds, snippetNames, snippetOf, type SnippetParts } from './snippets.ts';

export function SnippetTabs({
  parts,
  onCopy,
}: {
  readonly parts: SnippetParts;
  readonly onCopy?: () => void;
}): JSX.Element {
  const [kind, setKind] = useState(snippetKinds[0] ?? 'curl');
  return (
    <div className={css.tabs}>
      <Segmented
        label="Client"
        value={kind}
        onChange={setKind}
        segments={snippetKinds.map((value) => ({ value, label: snippetNames[value] }))}
      />
      <div className={css.code}>
        <CodeBlock
          label={`For ${snippetNames[kind]}`}
          code={snippetOf(kind, parts)}
          {...(onCopy === undefined ? {} : { onCopy })}
        />
      </div>
    </div>
  );
}
