// How long until a time comes.
import type { JSX } from 'react';
import { absoluteTime, shortDuration } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';

const everyMs = 1000;

/** In whole seconds. */
function leftWords(left: number): string {
  return shortDuration(Math.max(1000, Math.round(left / 1000) * 1000));
}

/** "wakes in 2 h". `until`: epoch ms. */
export function WakeTime({ until }: { readonly until: number }): JSX.Element {
  const left = until - useNow(everyMs);
  return <span title={absoluteTime(until)}>{left <= 0 ? 'is due' : `wakes in ${leftWords(left)}`}</span>;
}

/** `until`: epoch ms; undefined where no time is set. */
export function Countdown({ until }: { readonly until: number | undefined }): JSX.Element {
  const now = useNow(everyMs);
  if (until === undefined) return <p>It waits until it is woken.</p>;
  const left = until - now;
  return (
    <p title={absoluteTime(until)}>
      {left <= 0 ? 'It is due and goes on in a moment.' : `It goes on by itself in ${leftWords(left)}.`}
    </p>
  );
}
