// A finding as text for a terminal: place, cause, the line of the source with a mark under it, what to do.
import type { Finding } from '#contract/agent';
import type { SourceText } from '#engine/graph/source-text';

/** Columns of the source that are shown around the place. */
const widest = 110;

/** `source`: of the file that the finding is about; undefined where it is about another. */
export function findingText(finding: Finding, source: SourceText | undefined): string {
  const { file, line, column, severity, rule, message, suggestion } = finding;
  const lines = [`${file}:${line}:${column}  ${severity}  ${message}  [${rule}]`];
  const text = source?.line(line) ?? '';
  if (text.trim() !== '') lines.push(...excerpt(text, finding));
  if (suggestion !== undefined) lines.push(`    ${suggestion}`);
  return lines.join('\n');
}

function excerpt(text: string, { line, column, endLine, endColumn }: Finding): string[] {
  const start = column > widest ? column - widest / 2 : 1;
  const shown = text.slice(start - 1, start - 1 + widest).replaceAll('\t', ' ');
  const last = endLine === line ? endColumn : text.length + 1;
  const marks = Math.max(1, Math.min(last, start + shown.length) - column);
  const number = String(line);
  return [
    `  ${number} | ${shown}`,
    `  ${' '.repeat(number.length)} | ${' '.repeat(column - start)}${'^'.repeat(marks)}`,
  ];
}
