// Plain tables and counts for a terminal.

/** A cell is cut after so many characters. */
const widest = 120;

/** Columns padded to their widest cell, two spaces between; the last is left as long as it is. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => row.map((cell) => oneLine(cell, widest)));
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(header), ...lines.map((row) => line(row))].join('\n');
}

/** "1 pair", "2,345 pairs". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}

/** One line of at most `width` characters, control characters and line breaks as spaces. */
export function oneLine(text: string, width: number): string {
  const flat = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = [...flat];
  return characters.length <= width ? flat : `${characters.slice(0, width - 1).join('')}…`;
}

/** Logs may hold escape sequences and signs that turn the direction of writing; a terminal must not obey them. */
export function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, '\uFFFD');
}

/** JSON on one line that is the same to every reader, and that a terminal does not obey: JSON itself escapes ASCII's controls only. */
export function jsonLine(value: object | string | number | boolean | null): string {
  return JSON.stringify(value).replaceAll(
    /[\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
