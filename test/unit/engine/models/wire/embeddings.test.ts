// Embeddings: vectors as numbers and packed, in the order of their texts.
import { expect, test } from 'vitest';
import { readEmbeddingsReply, writeEmbeddingsRequest } from '#engine/models/wire/embeddings';
import { embeddingsAnswer, vectorOf } from '#test/upstream/wire-openai';

test('what is asked', () => {
  expect(writeEmbeddingsRequest({ model: 'm', texts: ['a', 'b'] })).toEqual({
    model: 'm',
    input: ['a', 'b'],
    encoding_format: 'float',
  });
  expect(writeEmbeddingsRequest({ model: 'm', texts: ['a'], dimensions: 256, packed: true, user: 'u' })).toEqual({
    model: 'm',
    input: ['a'],
    encoding_format: 'base64',
    dimensions: 256,
    user: 'u',
  });
});

test.each([false, true])('vectors, packed: %s, in the order of the texts whatever order they come in', (base64) => {
  const answer = embeddingsAnswer(['one', 'three'], { base64 });
  const { data } = answer;
  const turned = { ...answer, data: Array.isArray(data) ? data.toReversed() : [] };
  for (const given of [answer, turned]) {
    expect(readEmbeddingsReply(given, 2)).toEqual({
      vectors: [Float32Array.from(vectorOf('one')), Float32Array.from(vectorOf('three'))],
      model: 'text-embedding-3-small',
      inputTokens: 6,
    });
  }
});

test('an answer that fits no question is refused', () => {
  const answer = embeddingsAnswer(['one', 'two']);
  expect(() => readEmbeddingsReply(answer, 3)).toThrow('2 vectors for 3 texts');
  expect(() => readEmbeddingsReply(answer, 1)).toThrow('text 2 of 1');
  expect(() => readEmbeddingsReply({ data: [{ embedding: 'abc' }] }, 1)).toThrow('Vector 1');
  expect(() => readEmbeddingsReply({ error: { message: 'No such model.' } }, 1)).toThrow('No such model.');
});
