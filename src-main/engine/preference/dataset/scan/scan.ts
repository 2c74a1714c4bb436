// The scan: looks for secrets and personal data in every turn that a dataset would carry, counts by rule, and masks.
import type { ScanFinding } from '#contract/dataset';
import type { Message, Turn, TurnId } from '#contract/turn';
import { Problem } from '../../../problem.ts';
import { byCodeUnit } from '../order.ts';
import { mapTexts, textsOf } from '../rows.ts';
import { disjoint, type Finding } from './finding.ts';
import { maskedExample, maskText } from './mask.ts';
import { findPersonalData } from './pii.ts';
import { findSecrets } from './secrets.ts';

const examplesKept = 3;
/** Turns remembered as clean, about 100 bytes each; past that they are looked at again. */
const cleanKept = 500_000;
/** A mask may complete something that looks like a finding with its neighbours; after so many rounds nothing may be left. */
const rounds = 3;

interface Counted {
  count: number;
  rows: number;
  lastRow: number;
  readonly kind: Finding['kind'];
  readonly examples: Set<string>;
}

/** Findings of one turn by rule, with examples; and the turn's message masked. */
interface ScannedTurn {
  readonly rules: ReadonlyMap<
    string,
    { readonly kind: Finding['kind']; readonly count: number; readonly examples: readonly string[] }
  >;
  readonly masked: Message;
}

/**
 * Scans turns, each once, and remembers only those with findings. Asynchronous because the secret rules are.
 */
export class Scan {
  readonly #key: string;
  readonly #clean = new Set<TurnId>();
  readonly #touched = new Map<TurnId, ScannedTurn>();
  readonly #counts = new Map<string, Counted>();

  constructor(key: string) {
    this.#key = key;
  }

  /** Looks through all turns that are new to it; many at once is much faster than one by one. */
  async look(turns: Iterable<Turn>): Promise<void> {
    if (this.#clean.size > cleanKept) this.#clean.clear();
    const fresh = new Map<TurnId, Turn>();
    for (const turn of turns) if (!this.#clean.has(turn.id) && !this.#touched.has(turn.id)) fresh.set(turn.id, turn);
    const texts = new Map<string, readonly Finding[]>();
    for (const turn of fresh.values()) for (const text of textsOf(turn.message)) texts.set(text, []);
    await findIn(texts);
    for (const turn of fresh.values()) {
      const scanned = await this.#scan(turn.message, texts);
      if (scanned === undefined) this.#clean.add(turn.id);
      else this.#touched.set(turn.id, scanned);
    }
  }

  /** Adds a row's findings to the counts. The row's turns were looked at. */
  count(row: number, turns: Iterable<Turn>): void {
    for (const turn of turns) {
      for (const [rule, { kind, count, examples }] of this.#touched.get(turn.id)?.rules ?? []) {
        const total = this.#counts.get(rule) ?? { count: 0, rows: 0, lastRow: -1, kind, examples: new Set<string>() };
        this.#counts.set(rule, total);
        total.count += count;
        if (total.lastRow !== row) total.rows += 1;
        total.lastRow = row;
        for (const example of examples) if (total.examples.size < examplesKept) total.examples.add(example);
      }
    }
  }

  /** The turn's message with what was found masked; the same object where nothing was. */
  masked(turn: Turn): Message {
    return this.#touched.get(turn.id)?.masked ?? turn.message;
  }

  /** Secrets first, then by how often. */
  findings(): readonly ScanFinding[] {
    return [...this.#counts]
      .map(([rule, { kind, count, rows, examples }]) => ({ rule, kind, count, rows, examples: [...examples] }))
      .toSorted(
        (left, right) =>
          (left.kind === 'secret' ? 0 : 1) - (right.kind === 'secret' ? 0 : 1) ||
          right.count - left.count ||
          byCodeUnit(left.rule, right.rule),
      );
  }

  async #scan(message: Message, texts: ReadonlyMap<string, readonly Finding[]>): Promise<ScannedTurn | undefined> {
    const rules = new Map<string, { kind: Finding['kind']; count: number; examples: string[] }>();
    for (const text of textsOf(message)) {
      const findings = texts.get(text) ?? [];
      for (const [index, finding] of findings.entries()) {
        const entry = rules.get(finding.rule) ?? { kind: finding.kind, count: 0, examples: [] };
        rules.set(finding.rule, entry);
        entry.count += 1;
        if (entry.examples.length < examplesKept) entry.examples.push(maskedExample(this.#key, text, findings, index));
      }
    }
    return rules.size === 0 ? undefined : { rules, masked: await this.#mask(message, texts) };
  }

  /** Masks, looks again, and does not stop before nothing is found. */
  async #mask(message: Message, texts: ReadonlyMap<string, readonly Finding[]>): Promise<Message> {
    let masked = message;
    let known = texts;
    for (let round = 0; round < rounds; round += 1) {
      const findings = known;
      masked = mapTexts(masked, (text) => maskText(this.#key, text, findings.get(text) ?? []));
      const again = new Map<string, readonly Finding[]>(textsOf(masked).map((text) => [text, []]));
      await findIn(again);
      if ([...again.values()].every((left) => left.length === 0)) return masked;
      known = again;
    }
    throw new Problem('INTERNAL', 'A secret or personal data could not be masked fully, so nothing was written.');
  }
}

async function findIn(texts: Map<string, readonly Finding[]>): Promise<void> {
  const all = [...texts.keys()];
  const secrets = await findSecrets(all);
  for (const [index, text] of all.entries())
    texts.set(text, disjoint([...(secrets[index] ?? []), ...findPersonalData(text)]));
}
