// What answers say of the tokens they used, in every dialect, whole and cut off.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { usageIn } from '#engine/gateway/usage';

const read = (text: string) => usageIn(Buffer.from(text));

it('reads answers that come at once', () => {
  expect(read('{"usage":{"prompt_tokens":3,"completion_tokens":4}}')).toEqual({ inputTokens: 3, outputTokens: 4 });
  expect(read(' \n{"usage" : {"input_tokens":3,"output_tokens":4}}')).toEqual({ inputTokens: 3, outputTokens: 4 });
  expect(read('{"usage":{"prompt_tokens":3,"total_tokens":3}}')).toEqual({ inputTokens: 3, outputTokens: 0 });
});

it('reads streams: what comes last holds', () => {
  expect(
    read(
      'data: {"usage":null}\n\ndata: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}\n\ndata: [DONE]\n\n',
    ),
  ).toEqual({ inputTokens: 3, outputTokens: 4 });
  expect(
    read(
      'event: message_start\r\ndata: {"message":{"usage":{"input_tokens":9,"output_tokens":1}}}\r\n\r\n' +
        'data: {"usage":{"output_tokens":20}}\r\n\r\ndata: {"usage":{"output_tokens":30}}\r\n\r\n',
    ),
  ).toEqual({ inputTokens: 9, outputTokens: 30 });
  expect(read('data: {"response":{"usage":{"input_tokens":5,"output_tokens":6}}}\n\n')).toEqual({
    inputTokens: 5,
    outputTokens: 6,
  });
});

it('says nothing where nothing is said, or what is said is none', () => {
  const nothing = [
    '',
    '{}',
    '{"usage":null}',
    '{"usage":{}',
    'data: {"usage":\n\n',
    '"usage"',
    '{"text":"\\"usage\\""}',
  ];
  for (const text of nothing) expect([text, read(text)]).toEqual([text, undefined]);
  expect(read('{"usage":{"prompt_tokens":"3","completion_tokens":-1}}')).toEqual({ inputTokens: 0, outputTokens: 0 });
});

it('takes any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.string(), (bytes, text) => {
      expect(() => usageIn(Buffer.concat([Buffer.from('data: {"usage":'), bytes, Buffer.from(text)]))).not.toThrow();
    }),
  );
});
