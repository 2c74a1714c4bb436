// A moment as people say it, exact on hover.
import { useSyncExternalStore, type ReactNode } from 'react';
import { absoluteTime, relativeTime } from '../lib/format.ts';

const everyMs = 30_000;

/** `at`: epoch ms. */
export function RelativeTime({ at }: { readonly at: number }): ReactNode {
  const now = useSyncExternalStore(eachWhile, () => Math.floor(Date.now() / everyMs) * everyMs);
  return (
    <time dateTime={new Date(at).toISOString()} title={absoluteTime(at)}>
      {relativeTime(at, Math.max(now, at))}
    </time>
  );
}

function eachWhile(notify: () => void): () => void {
  const timer = setInterval(notify, everyMs);
  return () => clearInterval(timer);
}
