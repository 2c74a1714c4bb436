// What a client asks that has no place in the internal form, named by its path.
import { expect, test } from 'vitest';
import { wireOf } from '#engine/models/wire/wires';

test('chat', () => {
  const { left, request } = wireOf('openai-chat').readRequest({
    model: 'm',
    n: 2,
    frequency_penalty: 0.5,
    presence_penalty: 0,
    max_tokens: 10,
    max_completion_tokens: 20,
    metadata: { a: 'b' },
    prediction: null,
    temperature: 'hot',
    tool_choice: { type: 'allowed_tools' },
    response_format: { type: 'grammar' },
    stream: true,
    stream_options: { include_usage: true, include_obfuscation: false },
    tools: [{ type: 'function', function: { name: 'f' } }, { type: 'web_search' }],
    messages: [
      { role: 'system', content: 'Be brief.', name: 'boss' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } },
          { type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'high' } },
        ],
      },
      {
        role: 'assistant',
        content: 'b',
        audio: { id: 'audio_1' },
        tool_calls: [
          { id: 'a', type: 'custom', custom: { name: 'g', input: 'x' } },
          { id: 'b', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: { google: 1 } },
        ],
      },
      { role: 'tool', tool_call_id: 'nobody', content: 'c' },
    ],
  });
  expect(new Set(left)).toEqual(
    new Set([
      'n',
      'frequency_penalty',
      'max_tokens',
      'metadata',
      'temperature',
      'tool_choice',
      'response_format',
      'stream_options.include_obfuscation',
      'tools[1] (web_search)',
      'messages[0].name',
      'messages[1].content[0].cache_control',
      'messages[1].content[1].image_url.detail',
      'messages[2].audio',
      'messages[2].tool_calls[0].type',
      'messages[2].tool_calls[0].custom',
      'messages[2].tool_calls[1].extra_content',
      'messages[3].tool_call_id',
    ]),
  );
  expect(request.parameters).toEqual({ maxTokens: 20 });
  expect(request.stream).toBe(true);
});

test('responses', () => {
  const { left } = wireOf('openai-responses').readRequest({
    model: 'm',
    previous_response_id: 'resp_1',
    conversation: 'conv_1',
    background: true,
    prompt: { id: 'p' },
    store: true,
    include: ['file_search_call.results'],
    reasoning: { effort: 'low', summary: 'auto' },
    text: { verbosity: 'low', format: { type: 'text' } },
    tools: [{ type: 'web_search' }, { type: 'function', name: 'f', parameters: {}, strict: true }],
    input: [
      { type: 'item_reference', id: 'msg_1' },
      { type: 'function_call_output', call_id: 'nobody', output: 'x' },
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
    ],
  });
  expect(new Set(left)).toEqual(
    new Set([
      'previous_response_id',
      'conversation',
      'background',
      'prompt',
      'include',
      'reasoning.summary',
      'text.verbosity',
      'tools[0] (web_search)',
      'input[0] (item_reference)',
      'input[1].call_id',
      'input[2].encrypted_content',
    ]),
  );
});

test('anthropic', () => {
  const { left, request } = wireOf('anthropic').readRequest({
    model: 'm',
    max_tokens: 100,
    top_k: 5,
    metadata: { user_id: 'u', other: 1 },
    thinking: { type: 'enabled', budget_tokens: 2000, display: 'omitted' },
    output_config: { effort: 'low' },
    container: 'c',
    mcp_servers: [],
    system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }],
    tools: [
      { type: 'custom', name: 'f', input_schema: {}, cache_control: { type: 'ephemeral' }, strict: true },
      { type: 'web_search_20250305', name: 'web_search' },
    ],
    messages: [
      { role: 'user', content: [{ type: 'document', source: {}, cache_control: {} }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 't', signature: 's' },
          { type: 'thinking', thinking: 't', signature: '' },
          { type: 'tool_use', id: 'a', name: 'f', input: {}, caller: { type: 'direct' } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'b', content: 'x', cache_control: { a: 1 } }] },
    ],
  });
  expect(new Set(left)).toEqual(
    new Set([
      'top_k',
      'metadata.other',
      'thinking.display',
      'output_config.effort',
      'container',
      'system[0].cache_control',
      'tools[0].cache_control',
      'tools[0].strict',
      'tools[1] (web_search_20250305)',
      'messages[1].content[0].signature',
      'messages[2].content[0].tool_use_id',
      'messages[2].content[0].cache_control',
    ]),
  );
  expect(request.parameters).toEqual({ maxTokens: 100, reasoning: 2000, user: 'u' });
});

test('so many places are named that a log can hold them', () => {
  const strange = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`x${index}`, 1]));
  const { left } = wireOf('openai-chat').readRequest({
    model: 'm',
    messages: [{ role: 'user', content: 'a' }],
    ...strange,
  });
  expect(left).toHaveLength(201);
  expect(left.at(-1)).toBe('… and 800 more');
});
