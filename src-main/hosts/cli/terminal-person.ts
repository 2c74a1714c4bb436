// The person at the terminal, asked line by line.
import { createInterface } from 'node:readline';
import type { Person } from './live/ask.ts';

/** Resolves with what was typed; undefined at the end of the input. Ctrl-C counts as everywhere else, and ends the question. */
export const askAtTerminal: Person['ask'] = (question) =>
  new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    lines.on('SIGINT', () => {
      process.emit('SIGINT');
      lines.close();
    });
    let isAnswered = false;
    lines.on('close', () => {
      // What comes next begins on a line of its own.
      if (!isAnswered) process.stdout.write('\n');
      resolve(undefined);
    });
    lines.question(question, (typed) => {
      isAnswered = true;
      resolve(typed);
      lines.close();
    });
  });
