// The scan: looks for secrets and personal data in every turn that a dataset would carry, counts by rule, and masks.
import type { ScanFinding } from '#contract/dataset';
import type { Message, Turn, TurnId } from '#contract/turn';
import { Problem } from '../../../problem.ts';
import { byCodeUnit } from '../order.ts';
import { mapTexts } from '../rows.ts';
import { disjoint, type Finding } from './finding.ts';
import { maskedExample, maskText } from './mask.ts';
import { findPersonalData } from './pii.ts';
import { findSecrets } from './secrets.ts';
import { findTokens, isNamedSecret } from './tokens.ts';

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
    const texts = await findIn([...fresh.values()].map((turn) => turn.message));
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

  /** A text that is no message (a card with people's and groups' names) with what is found in it masked. */
  async maskedText(text: string): Promise<string> {
    const [secrets = []] = await findSecrets([text]);
    return maskText(this.#key, text, disjoint([...secrets, ...findTokens(text), ...findPersonalData(text)]));
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

  async #scan(message: Message, texts: Texts): Promise<ScannedTurn | undefined> {
    const rules = new Map<string, { kind: Finding['kind']; count: number; examples: string[] }>();
    for (const { id, text } of textsIn(message)) {
      const findings = texts.get(id) ?? [];
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
  async #mask(message: Message, texts: Texts): Promise<Message> {
    let masked = message;
    let known = texts;
    for (let round = 0; round < rounds; round += 1) {
      const findings = known;
      masked = mapTexts(masked, (text, key) => maskText(this.#key, text, findings.get(idOf(text, key)) ?? []));
      const again = await findIn([masked]);
      if ([...again.values()].every((left) => left.length === 0)) return masked;
      known = again;
    }
    throw new Problem('INTERNAL', 'A secret or personal data could not be masked fully, so nothing was written.');
  }
}

/** Findings by text, and whether the name it stands under makes the whole of it a secret (see `idOf`). */
type Texts = ReadonlyMap<string, readonly Finding[]>;

const named = '!';
const plain = '=';

function idOf(text: string, key: string | undefined): string {
  return (key !== undefined && isNamedSecret(key, text) ? named : plain) + text;
}

function textsIn(message: Message): { readonly id: string; readonly text: string }[] {
  const texts: { id: string; text: string }[] = [];
  mapTexts(message, (text, key) => {
    texts.push({ id: idOf(text, key), text });
    return text;
  });
  return texts;
}

async function findIn(messages: readonly Message[]): Promise<Texts> {
  const texts = new Map(messages.flatMap(textsIn).map(({ id, text }) => [id, text]));
  const secrets = await findSecrets([...texts.values()]);
  return new Map(
    [...texts].map(([id, text], index) => {
      const whole = id.startsWith(named)
        ? [{ rule: 'PASSWORD', kind: 'secret' as const, start: 0, end: text.length }]
        : [];
      return [id, disjoint([...(secrets[index] ?? []), ...findTokens(text), ...whole, ...findPersonalData(text)])];
    }),
  );
}
