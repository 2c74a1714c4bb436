// Which found variables are taken in and what each is bound to, while a person chooses.
import { secretNameSchema, type Binding, type FoundVariable } from '#contract/vault';
import { bindingsOf, draftsOf, type BindingDraft } from './binding-draft.ts';

export interface VariableDraft {
  readonly name: string;
  readonly isTaken: boolean;
  readonly looksSecret: boolean;
  /** Why it cannot be taken at all. */
  readonly refusal?: string;
  readonly bindings: readonly BindingDraft[];
}

/** What looks secret comes first. Ticked is only what looks secret, is not in the vault yet and says by its name what it is for. */
export function draftVariables(found: readonly FoundVariable[]): readonly VariableDraft[] {
  return found
    .map((variable) => {
      const refusal = refusalOf(variable);
      return {
        name: variable.name,
        looksSecret: variable.looksSecret,
        isTaken: refusal === undefined && variable.looksSecret && variable.suggested.length > 0,
        bindings: draftsOf(variable.suggested),
        ...(refusal === undefined ? {} : { refusal }),
      };
    })
    .toSorted(
      (one, two) =>
        Number(two.looksSecret) - Number(one.looksSecret) ||
        Number(one.refusal !== undefined) - Number(two.refusal !== undefined) ||
        one.name.localeCompare(two.name),
    );
}

function refusalOf({ name, isKnown }: FoundVariable): string | undefined {
  if (isKnown) return 'In the vault already';
  return secretNameSchema.safeParse(name).success ? undefined : 'Its name cannot be a secret’s name';
}

export function withVariable(
  drafts: readonly VariableDraft[],
  name: string,
  change: Partial<Pick<VariableDraft, 'isTaken' | 'bindings'>>,
): readonly VariableDraft[] {
  return drafts.map((draft) => (draft.name === name ? { ...draft, ...change } : draft));
}

export interface TakenVariable {
  readonly name: string;
  readonly bindings: Binding[];
}

/** What is asked of the vault, or the names of those that lack a whole binding. */
export function takenOf(
  drafts: readonly VariableDraft[],
):
  | { readonly ok: true; readonly variables: TakenVariable[] }
  | { readonly ok: false; readonly unbound: readonly string[] } {
  const variables: TakenVariable[] = [];
  const unbound: string[] = [];
  for (const { name, bindings, isTaken, refusal } of drafts) {
    if (!isTaken || refusal !== undefined) continue;
    const whole = bindingsOf(bindings);
    if (whole === undefined || whole.length === 0) unbound.push(name);
    else variables.push({ name, bindings: [...whole] });
  }
  return unbound.length === 0 ? { ok: true, variables } : { ok: false, unbound };
}
