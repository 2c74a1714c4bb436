// Text as a terminal shows it: one line, nothing that the terminal obeys, cut by the columns it takes.

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

/** Signs that take no column of their own: combining marks, joiners, variation selectors, zero-width spaces. */
const narrow = /[\p{Mn}\p{Me}\u200B-\u200F\u2060\uFEFF]/u;
/** Signs that take two: East Asian wide and full-width ones, pictures. */
const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u;

/** Text on one line; line breaks and runs of control characters are spaces. */
export function flat(text: string): string {
  return printable(text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')).trim();
}

/** At most `width` columns of one line. */
export function oneLine(text: string, width: number): string {
  return cut(flat(text), width);
}

/** As much of an id as people need: commands take any beginning that is of one thing alone. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}

/** "2,345". */
export function figure(value: number): string {
  return value.toLocaleString('en-US');
}

/** US dollars, without a sign or a name. */
export function money(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 1 ? 6 : 2 });
}

/** Columns that text without control characters takes. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/u.test(text)) return text.length;
  let width = 0;
  for (const sign of text) width += widthOf(sign);
  return width;
}

function widthOf(sign: string): number {
  if (narrow.test(sign)) return 0;
  return wide.test(sign) ? 2 : 1;
}

/** As much of the text as fits into `width` columns, with an ellipsis where it is cut. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return '';
  return `${text.slice(0, fitting(text, width - 1))}…`;
}

/** How many code units of the text fit into `width` columns. */
export function fitting(text: string, width: number): number {
  let used = 0;
  let end = 0;
  for (const sign of text) {
    used += widthOf(sign);
    if (used > width) break;
    end += sign.length;
  }
  return end;
}

/** "12 ms", "4.1 s", "2 min 3 s", "1 h 5 min", "3 d 2 h". */
export function duration(ms: number): string {
  if (ms < 999.5) return `${ms < 9.95 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return `${minutes} min ${whole % 60} s`;
}

/** "2026-03-01 14:05", on this machine's clock. */
export function localTime(at: number): string {
  const time = new Date(at);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
