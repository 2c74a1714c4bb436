// A run's breakpoints as they are put on and taken off.
import type { Breakpoint } from '#contract/run';

/** Puts `next` in the place of the node's breakpoint of that kind; undefined takes it off. */
export function withBreakpoint(
  all: readonly Breakpoint[],
  node: string,
  when: Breakpoint['when'],
  next: Breakpoint | undefined,
): readonly Breakpoint[] {
  const others = all.filter((one) => one.node !== node || one.when !== when);
  return next === undefined ? others : [...others, next];
}

/** On where the node has none, all of its own off where it has one. */
export function toggled(all: readonly Breakpoint[], node: string): readonly Breakpoint[] {
  const others = all.filter((one) => one.node !== node);
  return others.length < all.length ? others : [...all, { when: 'before', node }];
}
