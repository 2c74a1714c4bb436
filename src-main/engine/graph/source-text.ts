// The text of an agent file: places in it as lines and columns, and findings about them.
import type { Finding, SourceRange } from '#contract/agent';
import type { Rule } from './rules.ts';
import { rules } from './rules.ts';

/** Offsets in UTF-16 code units; nodes of the syntax tree are spans. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export class SourceText {
  /** Relative to the workspace. */
  readonly file: string;
  readonly text: string;
  /** Offset at which each line begins. */
  readonly #lines: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    const lines = [0];
    for (const { index, 0: sign } of text.matchAll(/\r\n|[\n\r\u2028\u2029]/gu)) lines.push(index + sign.length);
    this.#lines = lines;
  }

  range(span: Span): SourceRange {
    const { line, column } = this.place(span.start);
    return { start: span.start, end: span.end, line, column };
  }

  /** Line and column, from 1; a byte order mark takes no column. */
  place(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.#lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lines[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const mark = low === 0 && offset > 0 && this.text.startsWith('\uFEFF') ? 1 : 0;
    return { line: low + 1, column: offset - (this.#lines[low] ?? 0) - mark + 1 };
  }

  /** The text of a line (from 1) without its end. */
  line(line: number): string {
    const start = this.#lines[line - 1] ?? 0;
    const end = this.#lines[line] ?? this.text.length;
    return this.text
      .slice(start, end)
      .replace(/[\r\n\u2028\u2029]+$/u, '')
      .replace(/^\uFEFF/u, '');
  }

  slice(span: Span): string {
    return this.text.slice(span.start, span.end);
  }

  finding(rule: Rule, span: Span, message: string, suggestion?: string, severity = rules[rule].severity): Finding {
    const { line, column } = this.place(span.start);
    const end = this.place(Math.max(span.start, span.end));
    const said = suggestion === undefined ? {} : { suggestion };
    const range = { line, column, endLine: end.line, endColumn: end.column };
    return { rule, severity, file: this.file, ...range, message, ...said };
  }
}
