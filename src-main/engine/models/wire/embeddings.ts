// OpenAI's embeddings, which most servers speak: POST /embeddings.
import type { Json, JsonObject } from '#contract/turn';
import { isArray, member, numberMember, textMember } from '../../trace/json.ts';
import { ModelError } from '../model.ts';
import { answerBody, countOf } from './reading.ts';

export interface EmbeddingsRequest {
  readonly model: string;
  readonly texts: readonly string[];
  /** Numbers of each vector, for models that can give fewer than they have. */
  readonly dimensions?: number;
  /** Packed is a quarter as long; not every server can. */
  readonly packed?: boolean;
  readonly user?: string;
}

export interface EmbeddingsReply {
  /** One for each text, in their order. */
  readonly vectors: readonly Float32Array[];
  readonly model: string;
  readonly inputTokens: number;
}

export function writeEmbeddingsRequest(request: EmbeddingsRequest): JsonObject {
  const { model, texts, dimensions, packed, user } = request;
  return {
    model,
    input: [...texts],
    encoding_format: packed === true ? 'base64' : 'float',
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(user === undefined ? {} : { user }),
  };
}

/** Throws ModelError where it is no answer to `count` texts. */
export function readEmbeddingsReply(source: Json, count: number): EmbeddingsReply {
  const body = answerBody(source);
  const { data, usage } = body;
  if (!isArray(data)) throw new ModelError('The answer holds no vectors.', 502);
  const vectors: (Float32Array | undefined)[] = Array.from({ length: count }, () => undefined);
  for (const [place, item] of data.entries()) {
    const index = numberMember(item, 'index') ?? place;
    if (!Number.isInteger(index) || index < 0 || index >= count)
      throw new ModelError(`The answer holds a vector for text ${index + 1} of ${count}.`, 502);
    vectors[index] = readVector(member(item, 'embedding'), index);
  }
  const known = vectors.flatMap((vector) => vector ?? []);
  if (known.length !== count) throw new ModelError(`The answer holds ${known.length} vectors for ${count} texts.`, 502);
  return {
    vectors: known,
    model: textMember(body, 'model') ?? '',
    inputTokens: countOf(usage, 'prompt_tokens'),
  };
}

/** A list of numbers, or little-endian floats of 32 bits in base64. */
function readVector(given: Json | undefined, index: number): Float32Array {
  if (isArray(given) && given.every((one) => typeof one === 'number')) return Float32Array.from(given);
  const bytes = typeof given === 'string' ? Buffer.from(given, 'base64') : undefined;
  if (bytes === undefined || bytes.length === 0 || bytes.length % 4 !== 0)
    throw new ModelError(`Vector ${index + 1} of the answer cannot be read.`, 502);
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}
