// Secrets put in, changed and taken out: what is said about them in the store, their values with the guard.
import { randomUUID } from 'node:crypto';
import type { Binding } from '#contract/vault';
import type { Clock } from '../ports.ts';
import { Problem } from '../problem.ts';
import { normalBindings } from './bindings.ts';
import { slotOf, type ValueGuard } from './guard.ts';
import type { SecretRow, VaultStore } from './ports.ts';
import { checkedName, checkedValue, refuseNameWithin } from './value.ts';

export interface NewSecret {
  readonly name: string;
  readonly value: string;
  readonly bindings: readonly Binding[];
  /** Epoch ms. */
  readonly expiresAt?: number | undefined;
  readonly note?: string | undefined;
}

export interface SecretChange {
  readonly bindings?: readonly Binding[] | undefined;
  /** null takes the reminder away. */
  readonly expiresAt?: number | null | undefined;
  readonly note?: string | undefined;
}

interface BookParts {
  readonly store: VaultStore;
  readonly clock: Clock;
  /** Throws REFUSED until one is chosen. */
  readonly guard: () => ValueGuard;
  /** Told of a value before anything is done with it. */
  readonly know: (name: string, value: string) => void;
  readonly mask: (text: string) => string;
}

const mostSecrets = 1000;

/** The slots in which a secret has a value, the one that is handed out first before the other. */
export function slotsOf({ id, version, rotation }: SecretRow): readonly string[] {
  const slot = slotOf(id, version);
  if (rotation === undefined) return [slot];
  const next = slotOf(id, rotation.version);
  return rotation.first === 'next' ? [next, slot] : [slot, next];
}

export class SecretBook {
  readonly #parts: BookParts;

  constructor(parts: BookParts) {
    this.#parts = parts;
  }

  /** Throws CONFLICT where the name is taken, BAD_INPUT where name, value or bindings cannot be. */
  async add(given: NewSecret): Promise<void> {
    const { store, clock, guard } = this.#parts;
    const { expiresAt } = given;
    const name = this.newName(given.name);
    const value = this.#taken(name, given.value);
    const bindings = this.#bindings(given.bindings);
    const note = this.#noted(given.note);
    const keeper = guard();
    this.refuseTaken(name);
    if (store.list().length >= mostSecrets)
      throw new Problem('REFUSED', `The vault holds ${mostSecrets} secrets and takes no more.`, 'Remove some first.');
    const now = clock.now();
    const row: SecretRow = {
      id: randomUUID(),
      name,
      bindings,
      createdAt: now,
      setAt: now,
      version: 1,
      uses: 0,
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(note === undefined || note === '' ? {} : { note }),
    };
    await this.#putThen(keeper, slotOf(row.id, 1), value, () => {
      this.refuseTaken(name);
      store.put(row);
    });
  }

  async replace(name: string, given: string): Promise<void> {
    const { store, clock, guard } = this.#parts;
    const before = this.find(name);
    const value = this.#taken(name, given);
    const keeper = guard();
    const version = nextVersion(before);
    await this.#putThen(keeper, slotOf(before.id, version), value, () => {
      this.#refuseChanged(before);
      const { rotation: _, ...rest } = before;
      store.put({ ...rest, version, setAt: clock.now() });
    });
    await keeper.drop(slotsOf(before));
  }

  async rotate(name: string, given: string): Promise<void> {
    const { store, clock, guard } = this.#parts;
    const before = this.find(name);
    if (before.rotation !== undefined) {
      throw new Problem(
        'CONFLICT',
        `${name} is being rotated already.`,
        `Finish that first: atelier secret finish ${name}.`,
      );
    }
    const value = this.#taken(name, given);
    const keeper = guard();
    if ((await keeper.get(slotOf(before.id, before.version))) === value)
      throw new Problem('BAD_INPUT', `That is the value that ${name} has already.`, 'Give it the new one.');
    const version = nextVersion(before);
    await this.#putThen(keeper, slotOf(before.id, version), value, () => {
      this.#refuseChanged(before);
      store.put({ ...this.find(name), rotation: { version, since: clock.now(), first: 'old' } });
    });
  }

  async finishRotation(name: string, keep: 'next' | 'old'): Promise<void> {
    const { store, guard } = this.#parts;
    const keeper = guard();
    const gone = store.transaction(() => {
      const { rotation, ...rest } = this.find(name);
      if (rotation === undefined)
        throw new Problem('CONFLICT', `${name} is not being rotated.`, `Begin with: atelier secret rotate ${name}.`);
      store.put(keep === 'next' ? { ...rest, version: rotation.version, setAt: rotation.since } : rest);
      return slotOf(rest.id, keep === 'next' ? rest.version : rotation.version);
    });
    await keeper.drop([gone]);
  }

  edit(name: string, { bindings, expiresAt, note }: SecretChange): void {
    const { store } = this.#parts;
    const normal = bindings === undefined ? undefined : this.#bindings(bindings);
    const said = this.#noted(note);
    store.transaction(() => {
      const { expiresAt: expiredAt, note: noted, ...rest } = this.find(name);
      const until = expiresAt === undefined ? expiredAt : (expiresAt ?? undefined);
      const kept = said ?? noted ?? '';
      store.put({
        ...rest,
        bindings: normal ?? rest.bindings,
        ...(until === undefined ? {} : { expiresAt: until }),
        ...(kept === '' ? {} : { note: kept }),
      });
    });
  }

  /** The value goes first: a name without one can be removed again, a value without a name by nobody. */
  async remove(name: string): Promise<void> {
    const { store, guard } = this.#parts;
    const row = this.find(name);
    await guard().drop(slotsOf(row));
    store.remove(row.id);
  }

  /** Throws NOT_FOUND. */
  find(name: string): SecretRow {
    const row = this.#parts.store.get(name);
    if (row?.name === name) return row;
    throw new Problem(
      'NOT_FOUND',
      `There is no secret ${checkedName(name)}.`,
      row === undefined ? '`atelier secret list` names those there are.' : `Is ${row.name} meant?`,
    );
  }

  /** Throws CONFLICT. */
  refuseTaken(name: string): void {
    const taken = this.#parts.store.get(name);
    if (taken === undefined) return;
    throw new Problem(
      'CONFLICT',
      taken.name === name
        ? `There is a secret ${name} already.`
        : `There is a secret ${taken.name} already, which differs by capitals alone.`,
      'Rotate it or replace its value, or give this one another name.',
    );
  }

  /** A value that is known is no name for another one. */
  newName(given: string): string {
    const name = checkedName(given);
    if (this.#parts.mask(name) === name) return name;
    throw new Problem('BAD_INPUT', 'That name has a known value in it.', 'Give it another one, as in OPENAI_API_KEY.');
  }

  /** What is shown beside the secret must not hold one. */
  #noted(note: string | undefined): string | undefined {
    return note === undefined ? undefined : this.#parts.mask(note);
  }

  #bindings(given: readonly Binding[]): readonly Binding[] {
    const bindings = normalBindings(given);
    const text = JSON.stringify(bindings);
    if (this.#parts.mask(text) === text) return bindings;
    throw new Problem('BAD_INPUT', 'What the secret would be bound to has a known value, or a key, in it.');
  }

  #taken(name: string, given: string): string {
    const value = checkedValue(given);
    this.#parts.know(name, value);
    refuseNameWithin(name, value);
    return value;
  }

  /** What `commit` writes and the value are there together, or neither is. */
  async #putThen(keeper: ValueGuard, slot: string, value: string, commit: () => void): Promise<void> {
    await keeper.put(slot, value);
    try {
      this.#parts.store.transaction(commit);
    } catch (error) {
      await keeper.drop([slot]);
      throw error;
    }
  }

  #refuseChanged(before: SecretRow): void {
    if (nextVersion(this.find(before.name)) === nextVersion(before)) return;
    throw new Problem('CONFLICT', `${before.name} was just changed elsewhere.`, 'Look at it, then try again.');
  }
}

function nextVersion({ version, rotation }: SecretRow): number {
  return Math.max(version, rotation?.version ?? 0) + 1;
}
