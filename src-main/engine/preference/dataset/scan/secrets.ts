// Secrets: keys, tokens, connection strings and private keys, by secretlint's recommended rules.
import type { Finding } from './finding.ts';

/** Text that is looked through at once; a call costs far more than its text. */
const batchLength = 32_000;
const separator = '\n\n';

type Lint = (text: string) => Promise<readonly Finding[]>;

/** The rules take 30 ms to load, which a start of the studio need not pay. */
async function loadRules(): Promise<Lint> {
  const [{ lintSource }, { creator }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] };
  return async (text) => {
    const result = await lintSource({
      source: { filePath: 'message.txt', content: text, contentType: 'text', ext: '.txt' },
      options: { config, noPhysicFilePath: true, locale: 'en' },
    });
    return result.messages.map((message) => ({
      rule: ruleName(message.messageId),
      kind: 'secret',
      start: message.range[0],
      end: message.range[1],
    }));
  };
}

/** `PostgreSQLConnection`, `GITHUB_TOKEN`, `SLACK_TOKEN` … as one style. */
function ruleName(messageId: string): string {
  return messageId
    .replaceAll(/([a-z\d])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3-$2')
    .replaceAll(/[^A-Za-z\d]+/g, '-')
    .toUpperCase();
}

/**
 * Secrets in each of the texts. Many texts are looked through as one, then those that a finding touches alone, so that what
 * counts is only what stands in one text.
 */
export async function findSecrets(texts: readonly string[]): Promise<readonly (readonly Finding[])[]> {
  const lint = await loadRules();
  const found: (readonly Finding[])[] = texts.map(() => []);
  let batch: { index: number; start: number; text: string }[] = [];
  let length = 0;
  const flush = async (): Promise<void> => {
    const hits = await lint(batch.map((item) => item.text).join(separator));
    const touched = batch.filter(({ start, text }) =>
      hits.some((hit) => hit.start < start + text.length && hit.end > start),
    );
    for (const { index, text } of touched) found[index] = await lint(text);
    batch = [];
    length = 0;
  };
  for (const [index, text] of texts.entries()) {
    // Nothing this short is a secret that has a shape.
    if (text.length < 8) continue;
    batch.push({ index, start: length, text });
    length += text.length + separator.length;
    if (length >= batchLength) await flush();
  }
  if (batch.length > 0) await flush();
  return found;
}
