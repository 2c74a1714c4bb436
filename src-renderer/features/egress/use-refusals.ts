// While offline, a word when something was refused, with the way to allow it.
import { useEffect, useRef } from 'react';
import type { EgressState } from '#contract/egress';
import { useApi } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { useToast } from '../../lib/toasts.tsx';
import { entryFor, withHost } from './allow-list.ts';
import { refusedWords } from './words.ts';

/** A host that keeps asking is told of again after this, ms. */
const againMs = 60_000;
/** As many refusals are looked through for hosts not told of yet. */
const lookBack = 50;

export function useRefusals(
  state: EgressState | undefined,
  setAllowed: (hosts: readonly string[]) => Promise<boolean>,
): void {
  const { client } = useApi();
  const toast = useToast();
  const before = useRef<number>(undefined);
  /** When a host was told of last. */
  const told = useRef(new Map<string, number>());
  const allow = useRef(setAllowed);
  useEffect(() => {
    allow.current = setAllowed;
  });
  const refused = state?.refusedToday;
  const isOffline = state?.isOffline === true;

  useEffect(() => {
    if (!isOffline) told.current.clear();
  }, [isOffline]);
  useEffect(() => {
    if (refused === undefined) return;
    const known = before.current;
    before.current = refused;
    // The count begins anew at midnight.
    if (known === undefined || refused <= known || !isOffline) return;
    const tell = async (): Promise<void> => {
      const limit = Math.min(refused - known, lookBack);
      const { items } = await client.egress.ledger({ filter: { kind: 'refused' }, offset: 0, limit });
      const now = Date.now();
      for (const entry of items) {
        const host = entryFor(entry.host, entry.port);
        if (now - (told.current.get(host) ?? Number.NEGATIVE_INFINITY) < againMs) continue;
        told.current.set(host, now);
        const run = async (): Promise<void> => {
          const { allowed } = await client.egress.state();
          if (await allow.current(withHost(allowed, host))) {
            toast({ text: `${host} can be reached from now on, also while offline.` });
          }
        };
        const allowIt = (): void =>
          void run().catch((error: unknown) =>
            toast({ text: 'The hosts were not changed.', problem: problemOf(error) }),
          );
        toast({ text: refusedWords(entry), action: { label: `Allow ${host}`, run: allowIt } });
      }
    };
    tell().catch((error: unknown) =>
      toast({ text: 'Something was refused while offline.', problem: problemOf(error) }),
    );
  }, [refused, isOffline, client, toast]);
}
