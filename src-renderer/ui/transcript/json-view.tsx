// JSON laid out to be read: foldable, big values folded at first. Props: `node` (nodeOf(value) or parseJsonText(text)), `label`.
import { useState, type JSX, type ReactNode } from 'react';
import { ClippedText } from './clipped-text.tsx';
import { inlineText, isInline, type JsonNode } from './json-node.ts';
import { shownText } from './shown-text.tsx';
import css from './json-view.module.css';

/** A container below the top is open at first where it has no more lines than this. */
const openLines = 14;
/** Children shown before "show more". */
const childBatch = 100;

export interface JsonViewProps {
  readonly node: JsonNode;
  /** What the value is, for screen readers: "Arguments of get_order". */
  readonly label: string;
}

export function JsonView({ node, label }: JsonViewProps): JSX.Element {
  return (
    <div className={css.root} role="group" aria-label={label}>
      <Node node={node} depth={0} name={undefined} last />
    </div>
  );
}

/** A short, flat value within a line of text. */
export function InlineJson({ node }: { readonly node: JsonNode }): JSX.Element {
  return (
    <span className={css.inline}>
      <Value node={node} />
    </span>
  );
}

interface NodeProps {
  readonly node: JsonNode;
  readonly depth: number;
  readonly name: string | undefined;
  /** No comma after it. */
  readonly last: boolean;
}

function Node({ node, depth, name, last }: NodeProps): JSX.Element {
  const key = name === undefined ? undefined : <Key name={name} />;
  if (node.type === 'string' || node.type === 'literal' || isInline(node)) {
    return (
      <Line depth={depth}>
        {key}
        <Value node={node} />
        {last ? undefined : <Mark>,</Mark>}
      </Line>
    );
  }
  return <Container node={node} depth={depth} name={name} last={last} />;
}

function Container({
  node,
  depth,
  name,
  last,
}: NodeProps & { readonly node: Extract<JsonNode, { type: 'object' | 'array' }> }): JSX.Element {
  const [open, setOpen] = useState(depth === 0 || node.lines <= openLines);
  const [shown, setShown] = useState(childBatch);
  const [opening, closing] = node.type === 'object' ? ['{', '}'] : ['[', ']'];
  const children: readonly (readonly [string | undefined, JsonNode])[] =
    node.type === 'object' ? node.members : node.items.map((item) => [undefined, item] as const);
  const count = `${children.length} ${node.type === 'object' ? 'member' : 'item'}${children.length === 1 ? '' : 's'}`;
  return (
    <>
      <Line depth={depth}>
        <button
          type="button"
          className={css.fold}
          aria-expanded={open}
          aria-label={`${open ? 'Fold' : 'Unfold'} ${name ?? (node.type === 'object' ? 'object' : 'list')}, ${count}`}
          onClick={() => setOpen(!open)}
        >
          <span aria-hidden className={css.chevron} data-open={open} />
        </button>
        {name === undefined ? undefined : <Key name={name} />}
        <Mark>{opening}</Mark>
        {open ? undefined : (
          <>
            <span className={css.count}>{count}</span>
            <Mark>{last ? closing : `${closing},`}</Mark>
          </>
        )}
      </Line>
      {open ? (
        <>
          {children.slice(0, shown).map(([childName, child], index) => (
            <Node
              // A key may stand twice in one object: only the place tells children apart.
              // oxlint-disable-next-line react/no-array-index-key
              key={index}
              node={child}
              depth={depth + 1}
              name={childName}
              last={index === children.length - 1}
            />
          ))}
          {children.length > shown ? (
            <Line depth={depth + 1}>
              <button type="button" className={css.more} onClick={() => setShown(shown + childBatch * 5)}>
                Show more, {children.length - shown} left
              </button>
            </Line>
          ) : undefined}
          <Line depth={depth}>
            <Mark>{last ? closing : `${closing},`}</Mark>
          </Line>
        </>
      ) : undefined}
    </>
  );
}

function Line({ depth, children }: { readonly depth: number; readonly children: ReactNode }): JSX.Element {
  return (
    <div className={css.line} style={{ paddingInlineStart: 16 + Math.min(depth, 20) * 16 }}>
      {children}
    </div>
  );
}

function Key({ name }: { readonly name: string }): JSX.Element {
  return (
    <>
      <span className={css.key}>{/^[A-Za-z_$][\w$.-]*$/.test(name) ? name : shownText(JSON.stringify(name))}</span>
      <Mark>: </Mark>
    </>
  );
}

function Mark({ children }: { readonly children: string }): JSX.Element {
  return <span className={css.mark}>{children}</span>;
}

function Value({ node }: { readonly node: JsonNode }): JSX.Element {
  if (node.type === 'string') {
    // Line breaks are shown as such: code in an argument must be readable.
    return (
      <span className={css.string}>
        <Mark>&quot;</Mark>
        <ClippedText text={node.value} limit={2000} inline />
        <Mark>&quot;</Mark>
      </span>
    );
  }
  if (node.type === 'literal') return <span className={css[node.kind]}>{node.text}</span>;
  if (node.type === 'array') {
    return (
      <span>
        <Mark>[</Mark>
        {separated(node.items.map((item) => [undefined, item] as const))}
        <Mark>]</Mark>
      </span>
    );
  }
  if (node.members.length === 0) return <Mark>{inlineText(node)}</Mark>;
  return (
    <span>
      <Mark>{'{ '}</Mark>
      {separated(node.members)}
      <Mark>{' }'}</Mark>
    </span>
  );
}

function separated(children: readonly (readonly [string | undefined, JsonNode])[]): ReactNode[] {
  return children.map(([name, child], index) => (
    // oxlint-disable-next-line react/no-array-index-key
    <span key={index}>
      {index === 0 ? undefined : <Mark>, </Mark>}
      {name === undefined ? undefined : <Key name={name} />}
      <Value node={child} />
    </span>
  ));
}
