// Asks the person at the terminal what a run waits for; one question after the other.
import type { OpenInterrupt } from '#contract/run';
import type { Json, JsonObject } from '#contract/turn';
import { printable } from '../text.ts';
import { fieldsOf, promptOf, readField, readJson, readYesNo, type Typed } from './form.ts';

export interface Person {
  /** What was typed, without the line's end; undefined where the person leaves (Ctrl-D, Ctrl-C). */
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly say: (text: string) => void;
}

/** So much of what the person should see is shown. */
const longestDetails = 4000;

/** The answer to an interrupt, undefined where the person leaves it open. Asks again where what is typed cannot be. */
export async function askFor(interrupt: OpenInterrupt, person: Person): Promise<{ readonly value: Json } | undefined> {
  person.say(`\n${printable(titleOf(interrupt))}`);
  if (interrupt.details !== undefined) person.say(detailsText(interrupt.details));
  switch (interrupt.kind) {
    case 'approval':
      return askApproval(person);
    case 'unsure':
      return askUnsure(person);
    case 'human':
    case 'wait':
      return askForm(interrupt.form ?? {}, person);
  }
}

function titleOf({ kind, title }: OpenInterrupt): string {
  if (kind === 'approval') return `Approval is asked: ${title}`;
  if (kind === 'unsure') return `It is not known whether this happened: ${title}`;
  return title;
}

function detailsText(details: Json): string {
  const text = typeof details === 'string' ? details : JSON.stringify(details, undefined, 2);
  return printable(text.length > longestDetails ? `${text.slice(0, longestDetails)}…` : text);
}

async function askApproval(person: Person): Promise<{ readonly value: Json } | undefined> {
  const allow = await until(person, 'Allow it? (y/n): ', readYesNo);
  if (allow === undefined) return undefined;
  if (allow.value === true) return { value: { allow: true } };
  const reason = await person.ask('Why not? (may be empty): ');
  if (reason === undefined) return undefined;
  return { value: { allow: false, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) } };
}

async function askUnsure(person: Person): Promise<{ readonly value: Json } | undefined> {
  const way = await until(person, 'Do it again (a), give its result as JSON (r), or let it fail (f)? ', (text) =>
    /^[arf]$/iu.test(text.trim()) ? { value: text.trim().toLowerCase() } : { problem: 'Type a, r or f.' },
  );
  if (way === undefined) return undefined;
  if (way.value === 'a') return { value: { again: true } };
  const isResult = way.value === 'r';
  const rest = await until(person, isResult ? 'Its result (JSON): ' : 'Why: ', (text) =>
    isResult ? readJson(text) : { value: text.trim() === '' ? 'It was said to have failed.' : text.trim() },
  );
  if (rest?.value === undefined) return undefined;
  return { value: isResult ? { result: rest.value } : { fail: rest.value } };
}

/** A form's fields one by one; undefined where the person leaves. A form without fields is not asked. */
export async function askForm(schema: JsonObject, person: Person): Promise<{ readonly value: Json } | undefined> {
  const answers: Record<string, Json> = {};
  for (const field of fieldsOf(schema)) {
    const typed = await until(person, promptOf(field), (text) => readField(field, text));
    if (typed === undefined) return undefined;
    if (field.name === undefined) return { value: typed.value ?? null };
    if (typed.value !== undefined) answers[field.name] = typed.value;
  }
  return { value: answers };
}

async function until(
  person: Person,
  question: string,
  read: (text: string) => Typed,
): Promise<{ readonly value: Json | undefined } | undefined> {
  for (;;) {
    const text = await person.ask(printable(question));
    if (text === undefined) return undefined;
    const typed = read(text);
    if ('value' in typed) return typed;
    person.say(printable(typed.problem));
  }
}
