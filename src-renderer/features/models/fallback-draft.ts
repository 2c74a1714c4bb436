// Fallbacks of one model while a person writes them.

export interface FallbackDraft {
  readonly model: string;
  /** With ids that tell the lines apart. */
  readonly others: readonly { readonly id: number; readonly model: string }[];
}

export interface FallbackFaults {
  readonly model?: string;
  readonly others: ReadonlyMap<number, string>;
  /** Where there is no line at all. */
  readonly none?: string;
}

export type FallbackResult =
  | { readonly ok: true; readonly model: string; readonly fallbacks: readonly string[] }
  | { readonly ok: false; readonly faults: FallbackFaults };

/** As many as the contract takes. */
export const mostFallbacks = 5;
const form = /^[^/\s][^/]*\/\S.*$/u;
const formFault = 'As PROVIDER/NAME: openai/gpt-4.1-mini.';

export function draftOfFallbacks(model: string, fallbacks: readonly string[]): FallbackDraft {
  return { model, others: (fallbacks.length === 0 ? [''] : fallbacks).map((one, id) => ({ id, model: one })) };
}

/** `taken`: models that have fallbacks already and are not the one that is edited. Lines without a word are left out. */
export function fallbacksOf(draft: FallbackDraft, taken: readonly string[]): FallbackResult {
  const model = draft.model.trim();
  const lines = draft.others.map(({ id, model: one }) => ({ id, model: one.trim() })).filter((one) => one.model !== '');
  const others = new Map<number, string>();
  for (const [index, line] of lines.entries()) {
    if (!form.test(line.model)) others.set(line.id, formFault);
    else if (line.model === model) others.set(line.id, 'It cannot stand in for itself.');
    else if (lines.findIndex((other) => other.model === line.model) < index)
      others.set(line.id, 'It stands here twice.');
  }
  const fault = !form.test(model)
    ? formFault
    : taken.includes(model)
      ? 'It has fallbacks already: edit those.'
      : undefined;
  const none = lines.length === 0 ? 'Name at least one model that is asked instead.' : undefined;
  if (fault === undefined && none === undefined && others.size === 0) {
    return { ok: true, model, fallbacks: lines.map((line) => line.model) };
  }
  return {
    ok: false,
    faults: { others, ...(fault === undefined ? {} : { model: fault }), ...(none === undefined ? {} : { none }) },
  };
}

export function withLine(draft: FallbackDraft): FallbackDraft {
  const id = Math.max(-1, ...draft.others.map((one) => one.id)) + 1;
  return { ...draft, others: [...draft.others, { id, model: '' }] };
}

/** The line one place nearer to the front. */
export function withEarlier(draft: FallbackDraft, id: number): FallbackDraft {
  const at = draft.others.findIndex((one) => one.id === id);
  const [before, line] = [draft.others[at - 1], draft.others[at]];
  if (before === undefined || line === undefined) return draft;
  return { ...draft, others: draft.others.with(at - 1, line).with(at, before) };
}
