// The help texts of the command line, made from the table of commands.
import type { Command } from './command.ts';

export function help(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    'atelier: run agents, judge what they did, without a window',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'Every command takes --workspace DIR (else the nearest workspace from here upwards), --json, --text, --help.',
    'The result is text on a terminal and one JSON line elsewhere; --json and --text decide otherwise. Progress is on stderr.',
    'Exit codes: 0 done, 1 it failed, 2 the command line was wrong, 3 a run waits, 4 a replay departed, 130 interrupted.',
  ].join('\n');
}

export function helpFor(command: Command): string {
  const width = Math.max(0, ...command.optionHelp.map(([option]) => option.length));
  const options = command.optionHelp.map(([option, meaning]) => `  ${option.padEnd(width)}  ${meaning}`);
  return [command.summary, '', `  ${command.usage}`, ...(options.length === 0 ? [] : ['', ...options])].join('\n');
}
