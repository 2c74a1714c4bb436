// Plain tables and counts for a terminal.
import { displayWidth, figure, oneLine } from './text.ts';

/** A cell is cut after so many columns of the terminal. */
const widest = 120;

/** Columns padded to their widest cell, two spaces between; the last is left as long as it is. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => row.map((cell) => oneLine(cell, widest)));
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((row) => displayWidth(row[column] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === cells.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - displayWidth(cell)),
      )
      .join('  ')
      .trimEnd();
  return [line(header), ...lines.map((row) => line(row))].join('\n');
}

/** "1 pair", "2,345 pairs". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${figure(number)} ${number === 1 ? one : many}`;
}
