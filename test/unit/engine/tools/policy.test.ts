// The policy of a workspace: which rule decides, and what is said where the file is not understood.
import { describe, expect, test } from 'vitest';
import { decide, parsePolicy } from '#engine/tools/policy';

const read = { name: 'look', effect: 'read' } as const;
const write = { name: 'send', effect: 'write' } as const;

describe('a policy', () => {
  test('without rules lets reads run and asks about writes', () => {
    const none = parsePolicy('{ "rules": [] }');
    expect(decide(none, read)).toEqual({ decision: 'allow' });
    expect(decide(none, write)).toEqual({ decision: 'ask' });
  });

  test('the first rule that fits decides', () => {
    const policy = parsePolicy(
      JSON.stringify({
        rules: [
          { tool: 'send', effect: 'read', decision: 'deny' },
          { tool: 'send', decision: 'allow', reason: 'it is only a draft' },
          { tool: '*', effect: 'write', decision: 'deny' },
          { tool: '*', decision: 'ask' },
        ],
      }),
    );
    expect(decide(policy, write)).toEqual({ decision: 'allow', reason: 'it is only a draft' });
    expect(decide(policy, { name: 'other', effect: 'write' })).toEqual({ decision: 'deny' });
    expect(decide(policy, read)).toEqual({ decision: 'ask' });
  });

  test.each([
    ['{\n  "rules": [\n    { "tool": "x" "decision": "ask" }\n  ]\n}', 'line 3'],
    ['{ "rules": [{ "tool": "x", "decision": "maybe" }] }', 'rules[0].decision'],
    ['{ "rules": [{ "tool": "x", "decision": "ask", "why": "?" }] }', 'rules[0]'],
    ['[]', 'the file'],
    ['', 'policies.json is not understood'],
  ])('that is not understood says where: %s', (text, where) => {
    expect(() => parsePolicy(text)).toThrow(where);
  });
});
