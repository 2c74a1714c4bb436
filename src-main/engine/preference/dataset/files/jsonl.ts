// JSON Lines: one row a line, UTF-8, line feed.
import type { Json, JsonObject } from '#contract/turn';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** Rows in, a file out; nothing of a row is kept once it is written. */
export interface RowWriter {
  write(row: JsonObject): Promise<void>;
  /** Everything is on disk when it resolves. */
  finish(): Promise<void>;
  /** Closes the file without finishing it. */
  abort(): Promise<void>;
}

const bufferLength = 1 << 18;

export async function jsonlWriter(path: string): Promise<RowWriter> {
  const handle: FileHandle = await open(path, 'wx');
  let waiting: string[] = [];
  let length = 0;
  const flush = async (): Promise<void> => {
    await handle.writeFile(waiting.join(''), 'utf8');
    waiting = [];
    length = 0;
  };
  return {
    async write(row) {
      const line = `${lineOf(row)}\n`;
      waiting.push(line);
      length += line.length;
      if (length >= bufferLength) await flush();
    },
    async finish() {
      await flush();
      await handle.sync();
      await handle.close();
    },
    abort: () => handle.close(),
  };
}

/** Two signs that JSON allows but that many readers, Node's and Python's among them, take for the end of a line. */
function lineOf(row: JsonObject): string {
  return JSON.stringify(row)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`);
}

/** Throws a plain Error with the line where one is not JSON. */
export async function* readJsonl(path: string): AsyncGenerator<Json, void, void> {
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    yield parseLine(line, number);
  }
}

function parseLine(line: string, number: number): Json {
  try {
    return JSON.parse(line) as Json;
  } catch (error) {
    throw new Error(`line ${number} is not JSON`, { cause: error });
  }
}
