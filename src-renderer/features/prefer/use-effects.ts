// Calling back on change: at once, or when things have stood still for a while.
import { useEffect, useRef } from 'react';

/** Calls `changed` when `value` is another one than before; not for the first. */
export function useOnChange<T>(value: T, changed: () => void): void {
  const before = useRef(value);
  const latest = useRef(changed);
  useEffect(() => {
    latest.current = changed;
  });
  useEffect(() => {
    if (before.current === value) return;
    before.current = value;
    latest.current();
  }, [value]);
}

/** Calls `settled` once `value` changed and then stood still for `ms`. */
export function useOnSettled<T>(value: T, ms: number, settled: () => void): void {
  const before = useRef(value);
  const latest = useRef(settled);
  useEffect(() => {
    latest.current = settled;
  });
  useEffect(() => {
    if (before.current === value) return undefined;
    const timer = setTimeout(() => {
      before.current = value;
      latest.current();
    }, ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
}
