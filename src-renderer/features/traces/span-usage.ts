// Tokens of a span, by the names the OpenTelemetry GenAI and the OpenInference conventions give them.
import type { Span } from '#contract/trace';

export interface Usage {
  readonly input: number | undefined;
  readonly output: number | undefined;
}

const inputNames = ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens', 'llm.token_count.prompt'];
const outputNames = ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens', 'llm.token_count.completion'];

export function usageOf(span: Span): Usage {
  return { input: firstNumber(span, inputNames), output: firstNumber(span, outputNames) };
}

function firstNumber({ attributes }: Span, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = attributes[name];
    if (typeof value === 'number') return value;
    // OTLP writes 64-bit integers as strings.
    if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  }
  return undefined;
}
