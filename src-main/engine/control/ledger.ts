// What is known of the effects of a run's step at hand: asked for, allowed, perhaps begun, settled.
import { isDeepStrictEqual } from 'node:util';
import type { EffectKind, RunError, RunEvent } from '#contract/journal';
import type { Json } from '#contract/turn';
import { pathOfKey } from '../run/path.ts';

/** Failures that leave open whether it was done, or that came after it was. */
const open: ReadonlySet<string> = new Set(['Timeout', 'Cancelled', 'Lost', 'BadOutput', 'NotJson', 'TooLarge']);

export interface Effect {
  readonly kind: EffectKind;
  readonly name: string;
  readonly request: Json;
  /** How often it was asked for in all. */
  readonly asked: number;
  /**
   * `asked`: it may have begun. `waits`: it waits for a person and has not begun, or is not known to have. `answered`: the person said
   * something and it has not begun since.
   */
  readonly state: 'asked' | 'waits' | 'answered' | 'settled';
  /** Of the interrupt, where it waits or was answered. */
  readonly interrupt?: 'approval' | 'unsure';
  readonly answer?: Json;
  readonly result?: Json;
  readonly error?: RunError;
}

/** Forgets at each step of the run's own scope: what a finished step asked for is not asked for again. */
export class EffectLedger {
  readonly #effects = new Map<string, Effect>();

  get(key: string): Effect | undefined {
    return this.#effects.get(key);
  }

  /**
   * Whether the same node asked for the same before (in an earlier try of it or of what is around it, or the same once more) and nobody knows
   * whether that was done. `key` has not been asked under.
   */
  isInDoubt(key: string, ask: { readonly kind: EffectKind; readonly name: string; readonly request: Json }): boolean {
    const node = nodeOf(key);
    const ordinal = ordinalOf(key);
    for (const [other, effect] of this.#effects) {
      if (other === key || effect.name !== ask.name || effect.kind !== ask.kind || !isOpen(effect)) continue;
      if (nodeOf(other) === node && (ordinalOf(other) === ordinal || isSameRequest(effect, ask))) return true;
    }
    return false;
  }

  apply(event: RunEvent): void {
    switch (event.type) {
      case 'step.finished':
        if (event.scope === '' && this.#effects.size > 0) this.#effects.clear();
        return;
      case 'effect.requested': {
        const { key, kind, name, request } = event;
        this.#effects.set(key, { kind, name, request, asked: event.again ?? 1, state: 'asked' });
        return;
      }
      case 'effect.finished': {
        const { result, error } = event;
        this.#change(event.key, {
          state: 'settled',
          ...(result === undefined ? {} : { result }),
          ...(error === undefined ? {} : { error }),
        });
        return;
      }
      case 'interrupt.opened':
        if (event.kind === 'approval' || event.kind === 'unsure')
          this.#change(event.id, { state: 'waits', interrupt: event.kind });
        return;
      case 'interrupt.answered':
        if (this.#effects.get(event.id)?.state === 'waits')
          this.#change(event.id, { state: 'answered', answer: event.value });
        return;
      default:
        return;
    }
  }

  #change(key: string, change: Partial<Effect>): void {
    const effect = this.#effects.get(key);
    if (effect !== undefined) this.#effects.set(key, { ...effect, ...change });
  }
}

function isOpen({ state, interrupt, error }: Effect): boolean {
  if (state === 'settled') return error !== undefined && open.has(error.name);
  // What waits for leave has not begun.
  return interrupt !== 'approval' || state === 'asked';
}

/** Of all tries of it and of what it lies in. */
function nodeOf(key: string): string {
  return pathOfKey(key).replaceAll(/#\d+/gu, '');
}

function ordinalOf(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}

/** Whether it is the same that is asked for; key order aside. */
export function isSameRequest(
  one: { readonly kind: EffectKind; readonly name: string; readonly request: Json },
  two: { readonly kind: EffectKind; readonly name: string; readonly request: Json },
): boolean {
  return one.kind === two.kind && one.name === two.name && isDeepStrictEqual(one.request, two.request);
}
