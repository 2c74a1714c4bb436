// A target: what a trainer's file carries of a row, how it is written, and how it is read back.
import type { FileFormat, FrozenChoice, Loss, Target } from '#contract/dataset';
import type { Json, JsonObject, Message } from '#contract/turn';
import { canonicalJson } from '../../../turns/canonical.ts';

/** A row's messages as one line of the file holds them. */
export interface Example {
  /** The context first. */
  readonly prompt: readonly Message[];
  /** Chosen and rejected; or one completion. */
  readonly sides: readonly (readonly Message[])[];
  /** Of one completion: whether it is wanted. */
  readonly label?: boolean;
}

/** What a target does to an example that it cannot carry as it is. */
export type Step =
  /** Takes something away or puts it in another shape; gives the same object back where there is nothing to do. */
  | {
      readonly kind: 'change';
      readonly what: string;
      readonly effect: 'dropped' | 'changed';
      readonly apply: (example: Example) => Example;
    }
  /** Is carried, but a trainer treats it in a way that a person should know. */
  | {
      readonly kind: 'note';
      readonly what: string;
      readonly effect: 'changed';
      readonly applies: (example: Example) => boolean;
    }
  /** Cannot be carried at all: the row is not written. */
  | { readonly kind: 'skip'; readonly what: string; readonly applies: (example: Example) => boolean };

/** A column, for Parquet and for the types in the dataset card. */
export interface Column {
  readonly name: string;
  readonly type: 'text' | 'messages' | 'message' | 'json' | 'bool';
}

export interface TargetFormat {
  readonly target: Target;
  readonly title: string;
  readonly formats: readonly FileFormat[];
  readonly columns: readonly Column[];
  /** pairs: chosen over rejected; ties and both-bad make no row. completions: two labelled rows a choice. */
  readonly rows: 'pairs' | 'completions';
  readonly steps: readonly Step[];
  encode(example: Example): JsonObject;
  /** The inverse of `encode` on examples that went through `steps`. Throws a plain Error that says what is not of the format. */
  decode(row: Json): Example;
  /** How to load the files, as Markdown for the dataset card. */
  usage(files: { readonly train: string; readonly test?: string }): string;
  /** Files beside the data, by name. */
  extras?(files: { readonly train: string; readonly test?: string }): Readonly<Record<string, string>>;
}

/** What a target makes of one choice. */
export interface Carried {
  /** Empty where the choice is skipped. */
  readonly examples: readonly Example[];
  readonly losses: readonly Omit<Loss, 'rows'>[];
}

export interface Messages {
  readonly prompt: readonly Message[];
  readonly chosen: readonly Message[];
  readonly rejected: readonly Message[];
}

/** The examples a choice makes before the target takes anything away. */
export function sourceExamples(
  format: TargetFormat,
  choice: FrozenChoice,
  { prompt, chosen, rejected }: Messages,
): readonly Example[] {
  if (format.rows === 'pairs') return choice.verdict === 'prefer' ? [{ prompt, sides: [chosen, rejected] }] : [];
  return [
    { prompt, sides: [chosen], label: choice.verdict !== 'bad' },
    { prompt, sides: [rejected], label: choice.verdict === 'tie' },
  ];
}

/** What the target writes for a choice, and what is lost by it. */
export function carry(format: TargetFormat, choice: FrozenChoice, messages: Messages): Carried {
  const sources = sourceExamples(format, choice, messages);
  if (sources.length === 0) {
    const what = choice.verdict === 'tie' ? 'Ties, which have no chosen side' : 'Pairs where both sides are bad';
    return { examples: [], losses: [{ what, effect: 'skipped' }] };
  }
  const losses = new Map<string, Omit<Loss, 'rows'>>();
  const examples: Example[] = [];
  for (const source of sources) {
    const example = applySteps(format.steps, source, losses);
    if (example !== undefined) examples.push(example);
  }
  return { examples, losses: [...losses.values()] };
}

function applySteps(
  steps: readonly Step[],
  source: Example,
  losses: Map<string, Omit<Loss, 'rows'>>,
): Example | undefined {
  let example = source;
  const touched: Omit<Loss, 'rows'>[] = [];
  for (const step of steps) {
    if (step.kind === 'change') {
      const changed = step.apply(example);
      if (changed === example) continue;
      example = changed;
      touched.push({ what: step.what, effect: step.effect });
    } else if (step.applies(example)) {
      if (step.kind === 'skip') {
        losses.set(step.what, { what: step.what, effect: 'skipped' });
        return undefined;
      }
      touched.push({ what: step.what, effect: step.effect });
    }
  }
  // What a skipped row would have lost besides is of no interest.
  for (const loss of touched) losses.set(loss.what, loss);
  return example;
}

/** An example as text that is equal exactly where nothing that was said differs: empty texts and empty lists count as absent. */
export function comparable(example: Example): string {
  const { prompt, sides, label } = example;
  return canonicalJson({ prompt: prompt.map(plain), sides: sides.map((side) => side.map(plain)), label });
}

function plain(message: Message): object {
  const content = message.content.filter((part) => part.type !== 'text' || part.text !== '');
  if (message.role !== 'assistant') return { ...message, content };
  const { toolCalls, ...rest } = message;
  return toolCalls === undefined || toolCalls.length === 0 ? { ...rest, content } : { ...rest, content, toolCalls };
}
