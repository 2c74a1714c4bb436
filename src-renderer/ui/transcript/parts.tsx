// The parts of a message: text, image, folded reasoning, other. Props: `parts`, `renderText` (replaces plain text).
import { Fragment, useMemo, useState, type JSX, type ReactNode } from 'react';
import type { Json, Part } from '#contract/turn';
import { ClippedText } from './clipped-text.tsx';
import { Fold } from './fold.tsx';
import { nodeOf, parseJsonText } from './json-node.ts';
import { JsonView } from './json-view.tsx';
import { shownText } from './shown-text.tsx';
import css from './parts.module.css';

/** Draws a text part otherwise than plain (a word diff); `index` is the part's place in its message. */
export type RenderText = (text: string, index: number) => ReactNode;

/** JSON text longer than this is shown as text: a tree of it would be slow and no easier to read. */
const treeLimit = 400_000;

export function Parts({
  parts,
  renderText,
  limit,
}: {
  readonly parts: readonly Part[];
  readonly renderText?: RenderText | undefined;
  /** Characters of a text shown at first. */
  readonly limit?: number;
}): JSX.Element {
  return (
    <>
      {parts.map((part, index) => (
        // Parts have no name but their place, and a turn never changes.
        // oxlint-disable-next-line react/no-array-index-key
        <PartView key={index} part={part} index={index} renderText={renderText} limit={limit} />
      ))}
    </>
  );
}

function PartView({
  part,
  index,
  renderText,
  limit,
}: {
  readonly part: Part;
  readonly index: number;
  readonly renderText: RenderText | undefined;
  readonly limit: number | undefined;
}): JSX.Element {
  if (part.type === 'image') return <ImagePart url={part.url} />;
  if (part.type === 'other') return <OtherPart kind={part.kind} value={part.value} />;
  if (part.type === 'reasoning') return <ReasoningPart text={part.text} />;
  if (renderText === undefined) return <PlainText text={part.text} limit={limit} />;
  return <ClippedText text={part.text} render={(shown) => renderText(shown, index)} />;
}

function ReasoningPart({ text }: { readonly text: string }): JSX.Element {
  return (
    <Fold label="Reasoning" note={`${text.length.toLocaleString('en')} characters`}>
      <div className={css.reasoning}>
        <ClippedText text={text} />
      </div>
    </Fold>
  );
}

/** Text as it was written; only fenced code is set in mono. */
export function PlainText({
  text,
  limit,
}: {
  readonly text: string;
  readonly limit?: number | undefined;
}): JSX.Element {
  return <ClippedText text={text} render={fenced} {...(limit === undefined ? {} : { limit })} />;
}

/** What a tool gave back: a tree where it is JSON, else the text. */
export function ResultText({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const node = useMemo(() => (text.length <= treeLimit ? parseJsonText(text) : undefined), [text]);
  if (node !== undefined) return <JsonView node={node} label={label} />;
  return (
    <div className={css.output}>
      <ClippedText text={text} limit={3000} />
    </div>
  );
}

export function JsonValue({ value, label }: { readonly value: Json; readonly label: string }): JSX.Element {
  const node = useMemo(() => nodeOf(value), [value]);
  return <JsonView node={node} label={label} />;
}

function fenced(text: string): ReactNode {
  const pieces = text.split(/^(```[^\n]*\n[\s\S]*?^```[ \t]*$)/m);
  if (pieces.length === 1) return shownText(text);
  return pieces.map((piece, index) => {
    if (!piece.startsWith('```')) {
      // oxlint-disable-next-line react/no-array-index-key
      return <Fragment key={index}>{shownText(piece.replace(/^\n/, '').replace(/\n$/, ''))}</Fragment>;
    }
    const body = piece.slice(piece.indexOf('\n') + 1, piece.lastIndexOf('\n'));
    return (
      // oxlint-disable-next-line react/no-array-index-key
      <code key={index} className={css.fence}>
        {shownText(body)}
      </code>
    );
  });
}

const inlineImage = /^data:image\/(?:png|jpeg|gif|webp|avif|bmp|svg\+xml)[;,]/i;

function ImagePart({ url }: { readonly url: string }): JSX.Element {
  const [broken, setBroken] = useState(false);
  if (inlineImage.test(url) && !broken) {
    return <img className={css.image} src={url} alt="In the message" onError={() => setBroken(true)} />;
  }
  const inline = url.startsWith('data:');
  const address = inline ? `${url.slice(0, 64)}…` : url;
  return (
    <div
      className={css.placeholder}
      role="img"
      aria-label={inline ? 'Image that cannot be shown' : `Image at ${address}`}
    >
      <span className={css.placeholderTitle}>Image</span>
      <span className={css.address}>{address}</span>
      <span className={css.placeholderNote}>
        {inline
          ? 'These bytes are no image this window can show.'
          : 'Not fetched: Atelier loads nothing from the network by itself.'}
      </span>
    </div>
  );
}

function OtherPart({ kind, value }: { readonly kind: string; readonly value: Json }): JSX.Element {
  return (
    <Fold label={kind} note="kept as it came">
      <JsonValue value={value} label={`${kind} part`} />
    </Fold>
  );
}
