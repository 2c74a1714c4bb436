// Variables of a `.env` file or the environment, as secrets to take in.
import type { Binding, FoundVariable } from '#contract/vault';
import { secretNameSchema } from '#contract/vault';
import { entropyOf, hasKeyShape } from './key-shapes.ts';

const openAi = 'https://api.openai.com';
/** Where the keys of these variables belong, as their makers' documentation names the variables. */
const known: ReadonlyMap<string, Binding> = new Map(
  (
    [
      ['OPENAI_API_KEY', 'openai', openAi],
      ['OPENAI_ADMIN_KEY', 'openai', openAi],
      ['ANTHROPIC_API_KEY', 'anthropic', 'https://api.anthropic.com'],
      ['ANTHROPIC_AUTH_TOKEN', 'anthropic', 'https://api.anthropic.com'],
      ['OPENROUTER_API_KEY', 'openrouter', 'https://openrouter.ai'],
      ['GROQ_API_KEY', 'groq', 'https://api.groq.com'],
      ['MISTRAL_API_KEY', 'mistral', 'https://api.mistral.ai'],
      ['GEMINI_API_KEY', 'gemini', 'https://generativelanguage.googleapis.com'],
      ['GOOGLE_API_KEY', 'gemini', 'https://generativelanguage.googleapis.com'],
      ['GOOGLE_GENERATIVE_AI_API_KEY', 'gemini', 'https://generativelanguage.googleapis.com'],
      ['DEEPSEEK_API_KEY', 'deepseek', 'https://api.deepseek.com'],
      ['TOGETHER_API_KEY', 'together', 'https://api.together.xyz'],
      ['TOGETHERAI_API_KEY', 'together', 'https://api.together.xyz'],
      ['XAI_API_KEY', 'xai', 'https://api.x.ai'],
      ['FIREWORKS_API_KEY', 'fireworks', 'https://api.fireworks.ai'],
      ['CEREBRAS_API_KEY', 'cerebras', 'https://api.cerebras.ai'],
      ['CO_API_KEY', 'cohere', 'https://api.cohere.com'],
      ['COHERE_API_KEY', 'cohere', 'https://api.cohere.com'],
      ['PERPLEXITY_API_KEY', 'perplexity', 'https://api.perplexity.ai'],
      ['NVIDIA_API_KEY', 'nvidia', 'https://integrate.api.nvidia.com'],
      ['HF_TOKEN', 'huggingface', 'https://router.huggingface.co'],
      ['HUGGINGFACE_API_KEY', 'huggingface', 'https://router.huggingface.co'],
      ['GITHUB_TOKEN', undefined, 'https://api.github.com'],
      ['GH_TOKEN', undefined, 'https://api.github.com'],
      ['SLACK_BOT_TOKEN', undefined, 'https://slack.com'],
      ['STRIPE_SECRET_KEY', undefined, 'https://api.stripe.com'],
      ['TAVILY_API_KEY', undefined, 'https://api.tavily.com'],
    ] as const
  ).map(([name, provider, origin]) => [
    name,
    provider === undefined ? { kind: 'host', origin } : { kind: 'provider', name: provider, origin },
  ]),
);

const secretWord =
  /(?:^|[_.-])(?:key|apikey|token|secret|pass|passwd|password|passphrase|pwd|credentials?|pat|dsn)(?:$|[_.-])/iu;
/** Words in which the above stand without saying that the value is secret. */
const plainWord = /(?:^|_)(?:public|publishable|id|path|file|dir|name|url|limit|max|count|type|mode|home|sock)$/iu;
const longestName = 200;

/** In the order in which they were found; those that can have no name in the vault too, so that nobody wonders where they are. */
export function foundVariables(
  variables: ReadonlyMap<string, string>,
  isKnown: (name: string) => boolean,
): readonly FoundVariable[] {
  return [...variables]
    .filter(([name, value]) => value.trim() !== '' && name.length <= longestName && !hasKeyShape(name))
    .map(([name, value]) => {
      const suggested = known.get(name.toUpperCase());
      return {
        name,
        isKnown: secretNameSchema.safeParse(name).success && isKnown(name),
        looksSecret: looksSecret(name, value.trim()),
        suggested: suggested === undefined ? [] : [suggested],
      };
    });
}

function looksSecret(name: string, value: string): boolean {
  if (hasKeyShape(value)) return true;
  if (value.length < 8 || /^(?:true|false|none|null|\d+)$/iu.test(value)) return false;
  if (plainWord.test(name)) return false;
  if (secretWord.test(name)) return !/^(?:[~.]?\/|[A-Za-z]:\\)/u.test(value);
  return /^[A-Za-z0-9_+/=-]{32,}$/u.test(value) && /\d/u.test(value) && /[A-Za-z]/u.test(value) && entropyOf(value) > 4;
}
