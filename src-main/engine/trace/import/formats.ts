// The formats Atelier reads, and which of them a file is.
import { fileFormats, type DetectedFile } from '#contract/import';
import { formatNames, type Format } from '#contract/trace';
import type { Json } from '#contract/turn';
import { basename } from 'node:path';
import { Problem } from '../../problem.ts';
import { parseJson } from '../exact-json.ts';
import { isArray, isObject } from '../json.ts';
import { anthropic } from './anthropic.ts';
import { decisive, type ConversationFormat } from './format.ts';
import { isOtlp } from './otlp-spans.ts';
import { hhRlhf } from './hh-rlhf.ts';
import { openai } from './openai.ts';
import { openaiPreference } from './openai-preference.ts';
import { openRecords, readRecords, textOf, type Opened } from './reader.ts';
import { tauBench } from './tau-bench.ts';
import { trl } from './trl.ts';

/** The formats whose records are transcripts; where two are equally sure, the first one wins. */
export const conversationFormats: readonly ConversationFormat[] = [
  tauBench,
  openai,
  anthropic,
  trl,
  openaiPreference,
  hhRlhf,
];

export function conversationFormat(id: Format): ConversationFormat | undefined {
  return conversationFormats.find((format) => format.id === id);
}

/** So many records decide. */
const sampleSize = 20;
/** After so many that cannot be read no more are looked at. */
const patience = 200;

/** The format of a file by its content. Throws a Problem that says what was seen where none fits. */
export async function detectFormat(file: Opened): Promise<Format> {
  const votes = new Map<Format, number>();
  let seen: string | undefined;
  let read = 0;
  let unread = 0;
  let cause: string | undefined;
  sample: for await (const { records } of readRecords(file)) {
    for (const raw of records) {
      if (read >= sampleSize || unread >= patience) break sample;
      try {
        const { value } = parseJson(textOf(raw));
        read += 1;
        seen ??= describe(value);
        for (const [id, sure] of verdicts(value)) votes.set(id, (votes.get(id) ?? 0) + sure);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        unread += 1;
        cause ??= `line ${raw.line}: ${error.message}`;
      }
    }
  }
  const [best] = [...votes].filter(([, sure]) => sure > 0).toSorted((left, right) => right[1] - left[1]);
  if (best !== undefined) return best[0];
  throw unknownFormat(basename(file.path), seen, cause);
}

/** What a file is, for the person who chose it; never throws for what the file holds. */
export async function detectFile(path: string): Promise<DetectedFile> {
  const name = basename(path);
  let bytes = 0;
  try {
    const file = await openRecords(path);
    bytes = file.bytes;
    return { path, name, bytes, format: await detectFormat(file) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { path, name, bytes, reason: error.hint === undefined ? error.message : `${error.message} ${error.hint}` };
  }
}

function verdicts(record: Json): (readonly [Format, number])[] {
  const conversations = conversationFormats.map((format) => [format.id, format.recognise(record)] as const);
  return [...conversations, ['otlp', isOtlp(record) ? decisive : 0]];
}

function unknownFormat(name: string, seen: string | undefined, cause: string | undefined): Problem {
  const hint = `Known formats: ${fileFormats.options.map((format) => formatNames[format]).join(', ')}.`;
  if (seen !== undefined)
    return new Problem('BAD_INPUT', `${name} is of no known format: its first record is ${seen}.`, hint);
  if (cause !== undefined) return new Problem('BAD_INPUT', `${name} holds no record that can be read (${cause})`, hint);
  return new Problem('BAD_INPUT', `${name} is empty.`, hint);
}

function describe(value: Json): string {
  if (isArray(value)) return `a list of ${value.length}`;
  if (!isObject(value))
    return `the ${value === null ? 'word null' : typeof value} ${JSON.stringify(value).slice(0, 40)}`;
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty object';
  const shown = keys.slice(0, 8).map((key) => `"${key.slice(0, 30)}"`);
  return `an object with ${shown.join(', ')}${keys.length > shown.length ? ` and ${keys.length - shown.length} more keys` : ''}`;
}
