// How many tokens an answer says that it used: for limits, which need no more of it.

/** Longer bodies are not read for it, bytes. */
const longest = 4 * 1024 * 1024;

interface Counts {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Of an answer of any dialect, streamed or not; undefined where it says nothing of it. */
export function usageIn(body: Buffer): Counts | undefined {
  if (body.length > longest || !body.includes('"usage"')) return undefined;
  const text = body.toString('utf8');
  // A JSON answer begins so, a stream never does.
  const told = text.trimStart().startsWith('{')
    ? [text]
    : text
        .split(/\r\n|[\r\n]/u)
        .flatMap((line) => (line.startsWith('data:') && line.includes('"usage"') ? [line.slice(5)] : []));
  let found: Counts | undefined;
  for (const one of told) {
    const counts = countsIn(one);
    if (counts === undefined) continue;
    // Anthropic tells the input first and the output as it grows; what is told later of the same holds.
    found = {
      inputTokens: counts.inputTokens ?? found?.inputTokens ?? 0,
      outputTokens: counts.outputTokens ?? found?.outputTokens ?? 0,
    };
  }
  return found;
}

function countsIn(text: string): Partial<Counts> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Cut off in the middle.
    return undefined;
  }
  const usage = [value, member(value, 'response'), member(value, 'message')]
    .map((holder) => member(holder, 'usage'))
    .find((one) => typeof one === 'object' && one !== null);
  if (usage === undefined) return undefined;
  const inputTokens = number(usage, 'prompt_tokens') ?? number(usage, 'input_tokens');
  const outputTokens = number(usage, 'completion_tokens') ?? number(usage, 'output_tokens');
  return {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
  };
}

function number(holder: unknown, name: string): number | undefined {
  const value = member(holder, name);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function member(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null) return undefined;
  return (holder as Readonly<Record<string, unknown>>)[name];
}
