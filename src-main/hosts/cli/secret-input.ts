// How values and passphrases come in: typed at the terminal without an echo, or on stdin; never as arguments.
import type { ReadStream } from 'node:tty';
import { Problem } from '#engine/problem';

export interface SecretInput {
  /** Whether somebody sits there who can be asked. */
  readonly isTerminal: boolean;
  /** What was typed, which is not shown; undefined where the person leaves (Ctrl-D, Ctrl-C). */
  readonly hidden: (question: string) => Promise<string | undefined>;
  /** All of stdin; the same when it is asked again. */
  readonly piped: () => Promise<string>;
}

/** More than the longest value with its passphrase. */
const longest = 256 * 1024;
/** What terminals put around what is pasted, and what keys send that write no sign. */
const sequence = /\u001B(?:\[[0-9;?]*[ -/]*[@-~]|O[@-~]|[^[O])/gu;

/** Of this process. `say`: where the question goes, which must not be stdout: that may be a file. */
export function processSecretInput(stdin: NodeJS.ReadStream, say: { write(text: string): unknown }): SecretInput {
  let whole: Promise<string> | undefined;
  return {
    isTerminal: stdin.isTTY,
    hidden: (question) => hidden(stdin, say, question),
    piped: () => (whole ??= readAll(stdin)),
  };
}

function hidden(
  stdin: ReadStream,
  say: { write(text: string): unknown },
  question: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    let typed = '';
    say.write(question);
    stdin.setRawMode(true);
    stdin.setEncoding('utf8');
    const end = (value: string | undefined): void => {
      stdin.off('data', take);
      stdin.setRawMode(false);
      stdin.pause();
      say.write('\n');
      resolve(value);
    };
    const take = (piece: string): void => {
      for (const sign of piece.replaceAll(sequence, '')) {
        if (sign === '\r' || sign === '\n') return end(typed);
        if (sign === '\u0004') return end(typed === '' ? undefined : typed);
        if (sign === '\u0003') {
          process.emit('SIGINT');
          return end(undefined);
        }
        if (sign === '\u0015') typed = '';
        else if (sign === '\u007F' || sign === '\b') typed = [...typed].slice(0, -1).join('');
        else typed += sign;
        if (typed.length > longest) return end(undefined);
      }
      return undefined;
    };
    stdin.on('data', take);
    stdin.resume();
  });
}

async function readAll(stdin: NodeJS.ReadStream): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of stdin) {
    const bytes = Buffer.from(piece as Buffer);
    length += bytes.length;
    if (length > longest)
      throw new Problem('BAD_INPUT', 'There is far more on stdin than a secret.', 'Pipe in the value alone.');
    pieces.push(bytes);
  }
  const text = Buffer.concat(pieces).toString('utf8');
  for (const piece of pieces) piece.fill(0);
  return text;
}
