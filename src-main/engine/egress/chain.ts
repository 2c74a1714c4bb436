// The ledger's chain: each entry's hash covers its text and the hash before it, and the last one is remembered apart from them.
import { z } from 'zod';
import type { LedgerCheck, LedgerEntry } from '#contract/egress';
import type { LedgerStore } from '../network-ports.ts';
import type { SettingStore } from '../ports.ts';
import { canonicalJson, sha256 } from '../turns/canonical.ts';

/** An entry before it has its place. */
export type LedgerDraft = Omit<LedgerEntry, 'n' | 'hash'>;

/** Number and hash of the last entry, as the settings keep it. */
type Head = Pick<LedgerEntry, 'n' | 'hash'>;

const headName = 'egress.head';
const headSchema = z.object({ n: z.int().nonnegative(), hash: z.string() });
/** Before the first entry; also where what was remembered is gone or damaged, so that the chain breaks there for all to see. */
const start: Head = { n: 0, hash: '' };

/** So many entries are checked before others get their turn; about 5 ms. */
const slice = 500;

/** sha256(previous hash ‖ canonical JSON of the entry without its hash), lower-case hex. */
function hashOf(previous: string, entry: Omit<LedgerEntry, 'hash'>): string {
  return sha256(previous + canonicalJson(inOrder(entry)));
}

/** The same with its members in canonical order, which makes the text three times as fast; a new member must be named here to compile. */
function inOrder(entry: Omit<LedgerEntry, 'hash'>): object {
  const ordered: { [Name in keyof Required<Omit<LedgerEntry, 'hash'>>]: LedgerEntry[Name] | undefined } = {
    at: entry.at,
    host: entry.host,
    key: entry.key,
    kind: entry.kind,
    method: entry.method,
    model: entry.model,
    ms: entry.ms,
    n: entry.n,
    opens: entry.opens,
    path: entry.path,
    port: entry.port,
    purpose: entry.purpose,
    reason: entry.reason,
    received: entry.received,
    run: entry.run,
    secret: entry.secret,
    sent: entry.sent,
    status: entry.status,
  };
  return ordered;
}

/**
 * Puts drafts at the ledger's end. They are chained to the remembered head rather than to the last entry there is:
 * where the two differ, somebody has changed the ledger's end, and the place stays to be seen.
 */
export function appendChained(
  { ledger, settings }: { readonly ledger: LedgerStore; readonly settings: SettingStore },
  drafts: readonly LedgerDraft[],
): readonly LedgerEntry[] {
  return ledger.append((last) => {
    const entries: LedgerEntry[] = [];
    const remembered = rememberedHead(settings) ?? start;
    let head = { n: Math.max(remembered.n, last?.n ?? 0), hash: remembered.hash };
    for (const draft of drafts) {
      const n = head.n + 1;
      head = { n, hash: hashOf(head.hash, { ...draft, n }) };
      entries.push({ ...draft, ...head });
    }
    settings.set(headName, head);
    return entries;
  });
}

function rememberedHead(settings: SettingStore): Head | undefined {
  return headSchema.safeParse(settings.get(headName)).data;
}

/**
 * Reads the whole ledger in slices, others in between, and finds the first entry that is not as it was written: changed, moved, or missing in
 * the middle or at the end. It cannot see what was done by somebody who made every hash anew and changed the remembered head with them: they
 * had the file to themselves. A head that was written down elsewhere shows that too.
 */
export async function checkLedger(ledger: LedgerStore, settings: SettingStore): Promise<LedgerCheck> {
  const remembered = rememberedHead(settings);
  const end = ledger.count();
  const broken = (brokenAt: number, sentence: string): LedgerCheck => ({
    isWhole: false,
    entries: end,
    brokenAt,
    sentence,
  });
  let head = start;
  while (head.n < end) {
    for (const entry of ledger.entries(head.n, Math.min(slice, end - head.n))) {
      const next = head.n + 1;
      if (entry.n !== next) return broken(next, `Entry ${next} is missing.`);
      const { hash, ...rest } = entry;
      if (hash !== hashOf(head.hash, rest))
        return broken(next, `Entry ${next}, or the one before it, is not as it was written.`);
      head = { n: next, hash };
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (remembered === undefined && end > 0)
    return broken(end, `Which entry was the last is not remembered any more: some after ${end} may be missing.`);
  const last = remembered ?? start;
  if (last.n > end) return broken(end + 1, `Entries ${end + 1} to ${last.n} are missing.`);
  if (last.n < end) return broken(last.n + 1, `The entries after ${last.n} were not written by Atelier.`);
  if (last.hash !== head.hash) return broken(end, `Entry ${end} is another one than is remembered.`);
  return { isWhole: true, entries: end, head: head.hash };
}
