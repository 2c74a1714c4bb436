// Conversations as clients send them, in each dialect: tools called in parallel, images, reasoning, results that are errors.
import type { JsonObject } from '#contract/turn';

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const parameters = {
  type: 'object',
  properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['c', 'f'] } },
  required: ['city'],
};

/** A body of POST /chat/completions. */
export const chatBody: JsonObject = {
  model: 'gpt-5-mini',
  messages: [
    { role: 'system', content: 'You help travellers.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Is it warm here and in Porto?' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
        { type: 'image_url', image_url: { url: 'https://example.org/square.jpg' } },
      ],
    },
    {
      role: 'assistant',
      content: 'Let me look.',
      tool_calls: [
        {
          id: 'call_a',
          type: 'function',
          function: { name: 'get_weather', arguments: '{"unit": "c", "city": "Lisbon"}' },
        },
        { id: 'call_b', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Porto"}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_b', content: '{"temp": 19}' },
    { role: 'tool', tool_call_id: 'call_a', content: '{"temp": 24}' },
    { role: 'assistant', content: 'Lisbon is warm, Porto is not.' },
    { role: 'user', content: 'Thanks. And Faro?' },
  ],
  tools: [
    {
      type: 'function',
      function: { name: 'get_weather', description: 'Current weather of a city', parameters },
    },
  ],
};

/** The same over POST /responses. */
export const responsesBody: JsonObject = {
  model: 'gpt-5-mini',
  instructions: 'You help travellers.',
  input: [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'Is it warm here and in Porto?' },
        { type: 'input_image', image_url: `data:image/png;base64,${png}`, detail: 'auto' },
        { type: 'input_image', image_url: 'https://example.org/square.jpg', detail: 'auto' },
      ],
    },
    {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Let me look.', annotations: [], logprobs: [] }],
    },
    {
      id: 'fc_1',
      type: 'function_call',
      call_id: 'call_a',
      name: 'get_weather',
      arguments: '{"unit":"c","city":"Lisbon"}',
      status: 'completed',
    },
    { id: 'fc_2', type: 'function_call', call_id: 'call_b', name: 'get_weather', arguments: '{"city":"Porto"}' },
    { type: 'function_call_output', call_id: 'call_b', output: '{"temp": 19}' },
    { type: 'function_call_output', call_id: 'call_a', output: [{ type: 'input_text', text: '{"temp": 24}' }] },
    { role: 'assistant', content: 'Lisbon is warm, Porto is not.' },
    { role: 'user', content: 'Thanks. And Faro?' },
  ],
  tools: [
    {
      type: 'function',
      name: 'get_weather',
      description: 'Current weather of a city',
      parameters,
      strict: false,
    },
  ],
};

/** A body of POST /messages. */
export const anthropicBody: JsonObject = {
  model: 'claude-sonnet-4-5',
  max_tokens: 2048,
  system: [{ type: 'text', text: 'You help travellers.' }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Is it warm here and in Porto?' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
        { type: 'image', source: { type: 'url', url: 'https://example.org/square.jpg' } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'A square in Lisbon.', signature: 'EqoBCkgIARAB' },
        { type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3pzix' },
        { type: 'text', text: 'Let me look.' },
        { type: 'tool_use', id: 'toolu_a', name: 'get_weather', input: { unit: 'c', city: 'Lisbon' } },
        { type: 'tool_use', id: 'toolu_b', name: 'get_weather', input: { city: 'Porto' } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_b', content: 'No such city', is_error: true },
        {
          type: 'tool_result',
          tool_use_id: 'toolu_a',
          content: [
            { type: 'text', text: '24' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
          ],
        },
        { type: 'text', text: 'Be brief.' },
      ],
    },
    { role: 'assistant', content: 'Lisbon is warm.' },
    { role: 'user', content: 'Thanks. And Faro?' },
  ],
  tools: [{ name: 'get_weather', description: 'Current weather of a city', input_schema: parameters }],
};
