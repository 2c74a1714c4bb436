// Tool results stand with their call; no turn is ever lost or shown twice.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message, Turn } from '#contract/turn';
import { describeTool } from '../../../../src-renderer/ui/transcript/tool-schema.ts';
import { messageText } from '../../../../src-renderer/ui/transcript/message-text.ts';
import { rowOfTurn, transcriptRows } from '../../../../src-renderer/ui/transcript/rows.ts';

function turns(...messages: readonly Message[]): Turn[] {
  return messages.map((message, depth) => ({ id: `t${depth}`, depth, message }));
}

const context: Message = { role: 'context', content: [], tools: [] };
const user: Message = { role: 'user', content: [{ type: 'text', text: 'hi' }] };
const calls = (...names: readonly string[]): Message => ({
  role: 'assistant',
  content: [],
  toolCalls: names.map((name) => ({ name, arguments: {} })),
});
const answer = (call?: number): Message => ({ role: 'tool', content: [], ...(call === undefined ? {} : { call }) });

describe('transcriptRows', () => {
  it('puts each result beside the call it answers, in whatever order they came', () => {
    const rows = transcriptRows(turns(context, user, calls('first', 'second'), answer(1), answer(0), user));
    expect(rows.map((row) => row.turn.id)).toEqual(['t0', 't1', 't2', 't5']);
    expect(rows[2]?.calls.map((call) => [call.call.name, call.result?.id])).toEqual([
      ['first', 't4'],
      ['second', 't3'],
    ]);
  });

  it('keeps a result apart that came after somebody else spoke, with the name of its tool', () => {
    const rows = transcriptRows(turns(context, calls('lookup'), user, answer(0)));
    expect(rows).toHaveLength(4);
    expect(rows[3]).toMatchObject({ answers: 'lookup', calls: [] });
  });

  it('counts calls of the shared prefix', () => {
    const path = turns(context, calls('early'), answer(0), calls('late'), answer(1));
    const rows = transcriptRows(path.slice(3), path.slice(0, 3));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.calls[0]?.result?.id).toBe('t4');
    const cut = transcriptRows(path.slice(4), path.slice(0, 4));
    expect(cut[0]?.answers).toBe('late');
  });

  it('shows every turn exactly once', () => {
    const anyMessage = fc.oneof(
      fc.constant(user),
      fc
        .integer({ min: 0, max: 3 })
        .map((count) => calls(...Array.from({ length: count }, (_, index) => `tool ${index}`))),
      fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }).map(answer),
    );
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 30 }), (messages) => {
        const path = turns(context, ...messages);
        const rows = transcriptRows(path);
        const shown = rows.flatMap((row) => [
          row.turn.id,
          ...row.calls.flatMap((call) => (call.result === undefined ? [] : [call.result.id])),
        ]);
        expect(shown.toSorted()).toEqual(path.map((turn) => turn.id).toSorted());
        expect([...rowOfTurn(rows).keys()].toSorted()).toEqual(shown.toSorted());
      }),
    );
  });
});

describe('describeTool', () => {
  it('reads both usual shapes and shrugs at others', () => {
    expect(describeTool({ name: 'a', description: 'does a', input_schema: {} })).toEqual({
      name: 'a',
      description: 'does a',
    });
    expect(describeTool({ type: 'function', function: { name: 'b' } })).toEqual({ name: 'b' });
    expect(describeTool('c')).toEqual({});
    expect(describeTool([1])).toEqual({});
  });
});

it('copies what a person would read', () => {
  const message: Message = {
    role: 'assistant',
    content: [{ type: 'text', text: 'Let me look.' }],
    toolCalls: [
      { name: 'find', arguments: { id: 1 } },
      { name: 'raw', arguments: 'not json', unparsed: true },
    ],
  };
  expect(messageText(message)).toBe('Let me look.\n\nfind({"id":1})\n\nraw(not json)');
});
