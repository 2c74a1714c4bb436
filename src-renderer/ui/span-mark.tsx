// The sign of a span kind: a colour and a shape of its own, so that neither has to be seen.
import type { ReactNode } from 'react';
import type { SpanKind } from '#contract/trace';

/** In a 12 × 12 box. */
export const spanShapes: Readonly<Record<SpanKind, string>> = {
  model: 'M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1z',
  tool: 'M1.5 1.5h9v9h-9z',
  human: 'M6 1 11.3 10.5H.7z',
  code: 'M6 .5 11.5 6 6 11.5.5 6z',
  retrieval: 'M3.2 1h5.6L11.6 6 8.8 11H3.2L.4 6z',
};

export const spanNames: Readonly<Record<SpanKind, string>> = {
  model: 'Model',
  tool: 'Tool',
  human: 'Human',
  code: 'Code',
  retrieval: 'Retrieval',
};

/** Decorative where the kind's name stands beside it; else give `named`. */
export function SpanMark({
  kind,
  size = 10,
  named = false,
}: {
  readonly kind: SpanKind;
  readonly size?: number;
  readonly named?: boolean;
}): ReactNode {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 12 12"
      fill={`var(--span-${kind})`}
      style={{ flex: 'none' }}
      {...(named ? { role: 'img', 'aria-label': spanNames[kind] } : { 'aria-hidden': true })}
    >
      <path d={spanShapes[kind]} />
    </svg>
  );
}
