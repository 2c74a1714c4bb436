// What is known of the effects of a run's step at hand: asked for, allowed, perhaps begun, settled.
import { isDeepStrictEqual } from 'node:util';
import type { EffectKind, RunError, RunEvent } from '#contract/journal';
import type { Json } from '#contract/turn';

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

/** Whether it is the same that is asked for; key order aside. */
export function isSameRequest(
  one: { readonly kind: EffectKind; readonly name: string; readonly request: Json },
  two: { readonly kind: EffectKind; readonly name: string; readonly request: Json },
): boolean {
  return one.kind === two.kind && one.name === two.name && isDeepStrictEqual(one.request, two.request);
}
