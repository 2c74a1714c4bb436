// The colours of the timeline's canvas, by token.
import type { SpanKind } from '#contract/trace';

export const timelineTokens = [
  '--surface',
  '--sunken',
  '--line',
  '--line-strong',
  '--text',
  '--text-2',
  '--text-3',
  '--accent',
  '--error',
  '--hover',
  '--span-model',
  '--span-tool',
  '--span-human',
  '--span-code',
  '--span-retrieval',
  '--span-model-soft',
  '--span-tool-soft',
  '--span-human-soft',
  '--span-code-soft',
  '--span-retrieval-soft',
] as const;

export type TimelinePalette = Readonly<Record<(typeof timelineTokens)[number], string>>;

export function strongOf(palette: TimelinePalette, kind: SpanKind): string {
  return palette[`--span-${kind}`];
}

export function softOf(palette: TimelinePalette, kind: SpanKind): string {
  return palette[`--span-${kind}-soft`];
}
