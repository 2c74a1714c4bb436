// What models cost: the prices that ship, and over them those of the workspace's prices.json.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { priceSchema, type ModelsState, type Price } from '#contract/model';
import { jsonFault } from '../json-fault.ts';
import { Problem, sentenceOf } from '../problem.ts';

const fileName = 'prices.json';
const longestFile = 1024 * 1024;
const million = 1_000_000;
const free: Price = { input: 0, output: 0 };

export const priceFileSchema = z.strictObject({
  $schema: z.string().optional(),
  /** When these prices were looked up, for who reads it. */
  asOf: z.string().optional(),
  /** By the model's name, or by PROVIDER/NAME; US dollars for a million tokens. */
  models: z.record(z.string().min(1).max(300), priceSchema),
});

interface PriceFile {
  readonly isThere: boolean;
  readonly prices: ReadonlyMap<string, Price>;
  readonly problem: string | undefined;
}

export interface PricedUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Part of inputTokens. */
  readonly cachedTokens?: number;
}

export interface KnownPrice {
  readonly model: string;
  readonly price: Price;
  readonly from: 'workspace' | 'shipped';
}

/** Files are read anew when they have changed. One that is broken counts as empty, and its state says so. */
export class Prices {
  readonly #path: string;
  readonly #shippedPath: string;
  readonly #shipped: () => PriceFile;
  readonly #own: () => PriceFile;

  constructor(folder: string, shippedPath: string) {
    this.#path = join(folder, fileName);
    this.#shippedPath = shippedPath;
    this.#shipped = livePrices(shippedPath, 'The shipped price file');
    this.#own = livePrices(this.#path, fileName);
  }

  /**
   * The price of PROVIDER/NAME in the workspace's file; else nothing for a server of one's own (`isLocal`); else that of the name, in the
   * workspace's file first, and without the date at its end ("gpt-4o-2024-08-06", "…-20250514", "…-latest"). `models`: the names of one
   * model, each tried before the next way.
   */
  of(provider: string, models: readonly string[], isLocal: boolean): Price | undefined {
    const own = this.#own().prices;
    if (own.size === 0 && isLocal) return free;
    const names = models.flatMap((name) => [name, name.replace(/[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$/u, '')]);
    const first = (get: (name: string) => Price | undefined): Price | undefined =>
      names.map(get).find((price) => price !== undefined);
    const full = first((name) => own.get(`${provider}/${name}`));
    if (full !== undefined) return full;
    if (isLocal) return free;
    const shipped = this.#shipped().prices;
    return first((name) => own.get(name)) ?? first((name) => shipped.get(name));
  }

  /** The workspace's own first, each in its file's order. */
  list(): readonly KnownPrice[] {
    const entriesOf = (file: PriceFile, from: KnownPrice['from']): KnownPrice[] =>
      [...file.prices].map(([model, price]) => ({ model, price, from }));
    return [...entriesOf(this.#own(), 'workspace'), ...entriesOf(this.#shipped(), 'shipped')];
  }

  state(): ModelsState['prices'] {
    const [own, shipped] = [this.#own(), this.#shipped()];
    const problem = own.problem ?? shipped.problem;
    return {
      file: this.#path,
      isThere: own.isThere,
      known: new Set([...own.prices.keys(), ...shipped.prices.keys()]).size,
      ...(problem === undefined ? {} : { problem }),
    };
  }

  /** Lays the workspace's file down with the shipped prices to start from, where there is none; returns its path. */
  makeFile(): string {
    try {
      writeFileSync(this.#path, readFileSync(this.#shippedPath, 'utf8'), { flag: 'wx' });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
        throw new Problem('REFUSED', `${fileName} cannot be made: ${sentenceOf(error)}.`, undefined, { cause: error });
      }
    }
    return this.#path;
  }
}

/** US dollars. */
export function costAt(price: Price, { inputTokens, outputTokens, cachedTokens = 0 }: PricedUsage): number {
  const cached = Math.min(cachedTokens, inputTokens);
  const read = (inputTokens - cached) * price.input + cached * (price.cachedInput ?? price.input);
  return (read + outputTokens * price.output) / million;
}

function livePrices(path: string, name: string): () => PriceFile {
  let known: { readonly mark: string; readonly file: PriceFile } | undefined;
  return () => {
    const found = statSync(path, { throwIfNoEntry: false });
    const mark = found === undefined ? '' : `${found.ino}:${found.size}:${found.mtimeMs}`;
    if (known?.mark !== mark) known = { mark, file: read(path, name) };
    return known.file;
  };
}

function read(path: string, name: string): PriceFile {
  const none = new Map<string, Price>();
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return { isThere: false, prices: none, problem: undefined };
  const broken = (problem: string): PriceFile => ({ isThere: true, prices: none, problem });
  if (!found.isFile() || found.size > longestFile) return broken(`${name} is no file of prices: it is over 1 MB long.`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/u, '');
  } catch (error) {
    return broken(`${name} cannot be read: ${sentenceOf(error)}.`);
  }
  const fault = jsonFault(text);
  if (fault !== undefined) return broken(`${name}:${fault.line}:${fault.column} is not JSON: ${fault.what}.`);
  const parsed = priceFileSchema.safeParse(JSON.parse(text));
  if (parsed.success) return { isThere: true, prices: new Map(Object.entries(parsed.data.models)), problem: undefined };
  const [issue] = parsed.error.issues;
  const at = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join(' → ')}`;
  return broken(`${name} is not understood${at}: ${issue?.message ?? 'it has another form'}.`);
}
