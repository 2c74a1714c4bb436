// A trace or a pair as plain text for a terminal.
import type { PairDetail } from '#contract/pair';
import type { TraceDetail } from '#contract/trace';
import type { Part, Turn } from '#contract/turn';

export function transcriptText({ trace, path, spans, timed }: TraceDetail): string {
  const steps = path.length > 0 ? path.map((turn) => turnText(turn)) : spans.map((span) => `· ${span.name}`);
  const times = timed ? '' : ' (order only, no times recorded)';
  return [`${trace.name}${times}`, ...steps].join('\n\n');
}

export function pairText({ pair, prefix, a, b }: PairDetail): string {
  return [
    `${pair.kind}: ${pair.reason}`,
    `— shared, ${prefix.length} turns —`,
    ...prefix.slice(-1).map((turn) => turnText(turn)),
    '— a —',
    ...a.map((turn) => turnText(turn)),
    '— b —',
    ...b.map((turn) => turnText(turn)),
  ].join('\n\n');
}

function turnText({ message }: Turn): string {
  const parts = message.content.map((part) => partText(part));
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  const tools = message.role === 'context' && message.tools.length > 0 ? [`(${message.tools.length} tools)`] : [];
  const body = [...parts, ...tools, ...calls.map((call) => `→ ${call.name}(${JSON.stringify(call.arguments)})`)];
  return `[${message.role}] ${body.join('\n')}`;
}

function partText(part: Part): string {
  if (part.type === 'text') return part.text;
  if (part.type === 'reasoning') return `(reasoning) ${part.text}`;
  if (part.type === 'image') return part.url.startsWith('data:') ? '(image, inline)' : `(image ${part.url})`;
  return `(${part.kind})`;
}
