// Parquet, readable by `datasets`, pyarrow and everything else: lists of structs where rows are alike, JSON columns where they are not.
import type { Json, JsonObject } from '#contract/turn';
import type { SchemaElement } from 'hyparquet';
import { open } from 'node:fs/promises';
import type { RowWriter } from './jsonl.ts';
import { featuresJson, type ColumnType, type ShapedColumn } from './shapes.ts';

/** Rows in memory at a time. */
const rowGroup = 1000;

export async function parquetWriter(path: string, columns: readonly ShapedColumn[]): Promise<RowWriter> {
  // Loaded when it is needed: most starts of the studio write no Parquet.
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const handle = await open(path, 'wx');
  const bytes = new ByteWriter(1 << 20);
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(columns),
    kvMetadata: [{ key: 'huggingface', value: featuresJson(columns) }],
    createdBy: 'Atelier (hyparquet-writer)',
  });
  let rows: JsonObject[] = [];
  const drain = async (): Promise<void> => {
    // The writer counts what went through it in `offset`, so its buffer may be emptied.
    await handle.writeFile(bytes.getBytes().slice());
    bytes.index = 0;
  };
  const writeGroup = async (): Promise<void> => {
    const columnData = columns.map(({ name }) => ({ name, data: rows.map((row) => row[name]) }));
    await writer.write({ columnData, rowGroupSize: rowGroup });
    rows = [];
    await drain();
  };
  return {
    async write(row) {
      rows.push(row);
      if (rows.length >= rowGroup) await writeGroup();
    },
    async finish() {
      if (rows.length > 0) await writeGroup();
      await writer.finish();
      await drain();
      await handle.sync();
      await handle.close();
    },
    abort: () => handle.close(),
  };
}

/** Rows as the objects that were written; a column that a row does not have is absent. */
export async function* readParquet(path: string): AsyncGenerator<Json, void, void> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const total = Number(metadata.num_rows);
  for (let start = 0; start < total; start += rowGroup) {
    const rows = await parquetReadObjects({
      file,
      metadata,
      rowStart: start,
      rowEnd: Math.min(start + rowGroup, total),
    });
    for (const row of rows) {
      const entries = Object.entries(row as Readonly<Record<string, Json>>).filter(([, value]) => value !== null);
      yield Object.fromEntries(entries);
    }
  }
}

function schemaOf(columns: readonly ShapedColumn[]): SchemaElement[] {
  return [
    { name: 'schema', num_children: columns.length },
    ...columns.flatMap(({ name, type }) => elementsOf(name, type)),
  ];
}

function elementsOf(name: string, type: ColumnType): SchemaElement[] {
  switch (type.kind) {
    case 'text':
      return [text(name)];
    case 'bool':
      return [{ name, type: 'BOOLEAN', repetition_type: 'OPTIONAL' }];
    case 'json':
      return [json(name)];
    case 'struct':
      return struct(name, type.fields);
    case 'jsons':
      return [...list(name), json('element')];
    case 'structs':
      return [...list(name), ...struct('element', type.fields)];
  }
}

function text(name: string): SchemaElement {
  return {
    name,
    type: 'BYTE_ARRAY',
    converted_type: 'UTF8',
    logical_type: { type: 'STRING' },
    repetition_type: 'OPTIONAL',
  };
}

function json(name: string): SchemaElement {
  return {
    name,
    type: 'BYTE_ARRAY',
    converted_type: 'JSON',
    logical_type: { type: 'JSON' },
    repetition_type: 'OPTIONAL',
  };
}

function struct(name: string, fields: readonly string[]): SchemaElement[] {
  return [{ name, repetition_type: 'OPTIONAL', num_children: fields.length }, ...fields.map(text)];
}

/** The three-level list of the Parquet specification, less its element. */
function list(name: string): SchemaElement[] {
  return [
    { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ];
}
