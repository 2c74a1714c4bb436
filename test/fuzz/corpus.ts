// What clients, providers and exporters say when all is well: to be mutated.
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '#contract/turn';
import { attribute, exportRequest, spanBody, text, traceId } from '#test/otlp-protobuf';
import type { Said } from '#test/upstream/said';
import { messagesAnswer, messagesStream } from '#test/upstream/wire-anthropic';
import { chatAnswer, chatStream } from '#test/upstream/wire-openai';
import { responsesAnswer, responsesStream } from '#test/upstream/wire-responses';
import { anthropicBody, chatBody, responsesBody } from '../unit/engine/models/wire/conversations.ts';

const said: Said = {
  reasoning: 'About weather.',
  text: 'Let me look: Ça va 🦊.',
  calls: [{ name: 'get_weather', arguments: { city: 'Zürich' } }],
};

export const dialects = ['openai-chat', 'openai-responses', 'anthropic'] as const;

export const requests = { 'openai-chat': chatBody, 'openai-responses': responsesBody, anthropic: anthropicBody };

export const answers = {
  'openai-chat': chatAnswer(said),
  'openai-responses': responsesAnswer(said),
  anthropic: messagesAnswer(said),
};

export const streams = {
  'openai-chat': Buffer.from(chatStream(said).join('')),
  'openai-responses': Buffer.from(responsesStream(said).join('')),
  anthropic: Buffer.from(messagesStream(said).join('')),
};

const messages = JSON.stringify([{ role: 'user', content: 'Is it warm?' }]);

export const otlpProtobuf = exportRequest(
  spanBody('00000000000000a1', 'chat', attribute('gen_ai.input.messages', text(1, messages))),
  spanBody('00000000000000a2', 'tool'),
);

export const otlpJson: JsonObject = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeSpans: [
        {
          scope: { name: 'by.hand', version: '1' },
          spans: [
            {
              traceId,
              spanId: '00000000000000a1',
              name: 'chat',
              startTimeUnixNano: '1719000000123456789',
              endTimeUnixNano: '1719000001000000001',
              attributes: [
                { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
                { key: 'gen_ai.input.messages', value: { stringValue: messages } },
                { key: 'gen_ai.usage.input_tokens', value: { intValue: '20' } },
                { key: 'ratio', value: { doubleValue: 0.25 } },
              ],
              events: [{ timeUnixNano: '1', name: 'e', attributes: [] }],
              status: { code: 2, message: 'no network' },
            },
          ],
        },
      ],
    },
  ],
};

export const envFile = Buffer.from(
  '# keys\nexport OPENAI_API_KEY=sk-abc # mine\nNAME="two\nlines \\"quoted\\" \\n"\nSINGLE=\'$as is\'\nBACK=`x`\nEMPTY=\nCOLON: x\r\n',
);

export const workspaceFile = Buffer.from(
  `${JSON.stringify(
    {
      name: 'Shop',
      other: { kept: [1, 2, 3] },
      models: {
        providers: {
          openai: { dialect: 'openai', url: 'https://api.openai.com/v1', secret: 'OPENAI_API_KEY', api: 'responses' },
          local: {
            dialect: 'openai',
            url: 'http://127.0.0.1:8080/v1',
            limits: { concurrency: 2 },
            headers: { 'x-a': 'b' },
          },
        },
        fallbacks: { 'openai/gpt-5': ['local/x'] },
        budgets: { day: { usd: 5 } },
      },
      gateway: { port: 4140, on: true },
    },
    undefined,
    2,
  )}\n`,
);

/** A path below the gateway, with the type of its body and the body. */
export interface Sample {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
  /** The body before it was written. */
  readonly json?: JsonObject;
}

export const samples: readonly Sample[] = [
  ...[
    ['/v1/chat/completions', chatBody],
    ['/v1/responses', responsesBody],
    ['/v1/messages', anthropicBody],
    ['/v1/embeddings', { model: 'text-embedding-3-small', input: ['one', 'two'] }],
    ['/v1/completions', { model: 'gpt-3', prompt: 'x' }],
    ['/v1/messages/count_tokens', anthropicBody],
    ['/v1/traces', otlpJson],
    ['/v1/scores', [{ trace_id: traceId, name: 'helpful', value: 0.5, comment: 'So so.' }] as unknown as JsonObject],
  ].map(([path, json]) => jsonSample(path as string, json as JsonObject)),
  { path: '/v1/traces', type: 'application/x-protobuf', body: otlpProtobuf },
];

export function jsonSample(path: string, json: JsonObject): Sample {
  return { path, type: 'application/json', body: Buffer.from(JSON.stringify(json)), json };
}

export function packed(body: Buffer): Buffer {
  return gzipSync(body);
}
