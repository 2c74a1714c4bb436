// The types of a file's columns, told from the rows: for the Parquet schema and for the dataset card, from which `datasets` reads them.
import type { Json, JsonObject } from '#contract/turn';
import type { Column } from '../targets/target.ts';

/**
 * text, bool: as they are. json: one JSON value a row. struct: an object of these text fields. structs: a list of such objects.
 * jsons: a list of objects of different shapes. `datasets` 4.7 and newer read JSON columns as the values they hold, so that no row gets
 * the empty fields of another.
 */
export type ColumnType =
  | { readonly kind: 'text' | 'bool' | 'json' | 'jsons' }
  | { readonly kind: 'struct' | 'structs'; readonly fields: readonly string[] };

export interface ShapedColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** Watches rows go by and then tells the narrowest type that holds all of them. */
export class Shapes {
  readonly #columns: readonly Column[];
  readonly #seen = new Set<string>();
  /** Field names shared by all objects of a column; undefined once they differ or hold more than text. */
  readonly #fields = new Map<string, readonly string[] | undefined>();

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
  }

  observe(row: JsonObject): void {
    for (const { name, type } of this.#columns) {
      const value = row[name];
      if (value === undefined) continue;
      this.#seen.add(name);
      if (type === 'message') this.#object(name, value);
      else if (type === 'messages' && Array.isArray(value))
        for (const item of value as readonly Json[]) this.#object(name, item);
    }
  }

  /** Columns that some row has, in the target's order. */
  columns(): readonly ShapedColumn[] {
    return this.#columns
      .filter(({ name }) => this.#seen.has(name))
      .map(({ name, type }) => ({ name, type: this.#typeOf(name, type) }));
  }

  #object(name: string, value: Json): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return void this.#fields.set(name, undefined);
    const fields = Object.keys(value);
    const known = this.#fields.has(name) ? this.#fields.get(name) : fields;
    const same =
      known !== undefined &&
      known.length === fields.length &&
      fields.every((field, index) => field === known[index]) &&
      Object.values(value).every((member) => typeof member === 'string');
    this.#fields.set(name, same ? known : undefined);
  }

  #typeOf(name: string, type: Column['type']): ColumnType {
    if (type === 'text' || type === 'bool' || type === 'json') return { kind: type };
    const fields = this.#fields.get(name);
    if (fields === undefined || fields.length === 0) return { kind: type === 'message' ? 'json' : 'jsons' };
    return { kind: type === 'message' ? 'struct' : 'structs', fields };
  }
}

/** As the `datasets` library writes types into a card's YAML. */
export function featuresYaml(columns: readonly ShapedColumn[]): string[] {
  return columns.flatMap(({ name, type }) => {
    const head = `  - name: ${name}`;
    const fields = (list: readonly string[]): string[] =>
      list.flatMap((field) => [`    - name: ${field}`, '      dtype: string']);
    switch (type.kind) {
      case 'text':
        return [head, '    dtype: string'];
      case 'bool':
        return [head, '    dtype: bool'];
      case 'json':
        return [head, '    dtype: json'];
      case 'jsons':
        return [head, '    list: json'];
      case 'struct':
        return [head, '    struct:', ...fields(type.fields)];
      case 'structs':
        return [head, '    list:', ...fields(type.fields)];
    }
  });
}

/** As the `datasets` library writes types into a Parquet file, under the key `huggingface`. */
export function featuresJson(columns: readonly ShapedColumn[]): string {
  const text = { dtype: 'string', _type: 'Value' };
  const struct = (fields: readonly string[]): JsonObject => Object.fromEntries(fields.map((field) => [field, text]));
  const feature = (type: ColumnType): Json => {
    switch (type.kind) {
      case 'text':
        return text;
      case 'bool':
        return { dtype: 'bool', _type: 'Value' };
      case 'json':
        return { _type: 'Json' };
      case 'jsons':
        return { feature: { _type: 'Json' }, _type: 'List' };
      case 'struct':
        return struct(type.fields);
      case 'structs':
        return { feature: struct(type.fields), _type: 'List' };
    }
  };
  return JSON.stringify({
    info: { features: Object.fromEntries(columns.map(({ name, type }) => [name, feature(type)])) },
  });
}
