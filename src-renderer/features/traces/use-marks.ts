// Which traces are marked, for doing one thing to many: singly, by range, or all that fit the filter.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { TraceSummary } from '#contract/trace';

export interface Marks {
  readonly ids: ReadonlySet<string>;
  /** `range`: also all loaded rows between this one and the one marked before. The same from render to render. */
  readonly mark: (index: number, on: boolean, range: boolean) => void;
  readonly set: (ids: readonly string[]) => void;
  readonly clear: () => void;
}

type RowAt = (index: number) => TraceSummary | undefined;

const none: ReadonlySet<string> = new Set();

export function useMarks(at: RowAt): Marks {
  const [ids, setIds] = useState(none);
  const anchor = useRef<number>(undefined);
  const latest = useRef(at);
  useEffect(() => {
    latest.current = at;
  }, [at]);
  const mark = useCallback((index: number, on: boolean, range: boolean) => {
    const touched = idsBetween(latest.current, range ? (anchor.current ?? index) : index, index);
    anchor.current = index;
    setIds((known) => withMarks(known, touched, on));
  }, []);
  const set = useCallback((all: readonly string[]) => setIds(new Set(all)), []);
  const clear = useCallback(() => setIds(none), []);
  return { ids, mark, set, clear };
}

/** Ids of the rows from `from` to `to`, either way round, that are loaded. */
export function idsBetween(at: RowAt, from: number, to: number): readonly string[] {
  const [first, last] = from < to ? [from, to] : [to, from];
  return Array.from({ length: last - first + 1 }, (_, index) => at(first + index)?.id).filter((id) => id !== undefined);
}

function withMarks(known: ReadonlySet<string>, touched: readonly string[], on: boolean): ReadonlySet<string> {
  const next = new Set(known);
  for (const id of touched)
    if (on) next.add(id);
    else next.delete(id);
  return next;
}
