// The scripted model: the same answer for the same call, whole whatever the pace, and a sentence for every wrong file.
import fc from 'fast-check';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Message } from '#contract/turn';
import { ModelError, type ModelCall } from '#engine/models/model';
import { modelFilesIn } from '#engine/models/model-files';
import { Models } from '#engine/models/models';
import { ScriptedModels } from '#engine/models/scripted';
import { newScript } from '#engine/models/scripted-answer';
import { parseScript } from '#engine/models/scripted-parse';
import { Problem } from '#engine/problem';
import { callOf, filesOf, userSays } from './scripted-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'atelier-models-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const modelOf = (file: unknown): ScriptedModels => new ScriptedModels(filesOf({ m: JSON.stringify(file) }));
const failing = (rejected: Promise<unknown>): Promise<unknown> =>
  rejected.then(
    () => undefined,
    (error: unknown) => error,
  );

/** A text that is no template, as a rule says it. */
const literal = (text: string): string => text.replaceAll('{{', '{{"{{"}}');

describe('what it says', () => {
  test('is told in pieces that make up the whole, at every pace', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(text, text, fc.boolean(), async (reasoning, answer, slow) => {
        const stream = slow ? { tokensPerSecond: 1_000_000 } : {};
        const models = modelOf({
          stream,
          rules: [{ reply: { reasoning: literal(reasoning), text: literal(answer) } }],
        });
        const said = { reasoning: '', text: '' };
        const pieces: string[] = [];
        const onText: ModelCall['onText'] = (channel, piece) => {
          said[channel] += piece;
          pieces.push(piece);
        };
        const { message } = await models.call(callOf(userSays('x'), { onText }));
        expect(said).toEqual({ reasoning, text: answer });
        const parts = [
          { type: 'reasoning', text: reasoning },
          { type: 'text', text: answer },
        ];
        expect(message.content).toEqual(parts.filter((part) => part.text !== ''));
        // No piece begins or ends within a character that was whole.
        const isWhole = reasoning.isWellFormed() && answer.isWellFormed();
        expect(isWhole ? pieces.filter((one) => !one.isWellFormed()) : []).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('is the same for the same call, in any order and from a fresh start', () => {
    const file = {
      lists: { word: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] },
      stream: { firstTokenMs: [0, 5] },
      rules: [
        { when: { chance: 0.3 }, reply: { text: 'chance {{last}}' } },
        { when: { try: 1, chance: 0.5 }, fail: { status: 500 } },
        { reply: { text: '{{item word}} {{last}}' } },
      ],
    };
    const fresh = (): ReturnType<typeof newScript> => newScript(parseScript('m', JSON.stringify(file)), 'm');
    const answer = (script: ReturnType<typeof newScript>, call: ModelCall): string => {
      const { end, ...said } = script.answer(call);
      return JSON.stringify([said, end instanceof ModelError ? end.message : end]);
    };
    const calls = fc.array(fc.record({ seed: fc.nat(), try: fc.integer({ min: 1, max: 3 }), text: fc.string() }));
    const seen = new Set<string>();
    fc.assert(
      fc.property(calls, (asked) => {
        const one = fresh();
        const made = asked.map((ask) => callOf(userSays(ask.text), { seed: ask.seed, try: ask.try }));
        const first = made.map((call) => answer(one, call));
        const second = made.toReversed().map((call) => answer(one, call));
        expect(second.toReversed()).toEqual(first);
        expect(made.map((call) => answer(fresh(), call))).toEqual(first);
        for (const text of first) seen.add(text.slice(0, 40));
      }),
    );
    // The seed does draw.
    expect(seen.size).toBeGreaterThan(3);
  });

  test('chance comes up as often as it says, by the seed', () => {
    const script = newScript(
      parseScript(
        'm',
        JSON.stringify({ rules: [{ when: { chance: 0.2 }, reply: { text: 'yes' } }, { reply: { text: 'no' } }] }),
      ),
      'm',
    );
    const hits = Array.from({ length: 5000 }, (_, seed) => script.answer(callOf(userSays('x'), { seed })).text);
    expect(hits.filter((text) => text === 'yes').length / 5000).toBeCloseTo(0.2, 1);
  });

  test('keeps to maxTokens, and says that it did', async () => {
    const models = modelOf({ rules: [{ reply: { text: 'One two three four five' } }] });
    const { message, stop, usage } = await models.call(callOf(userSays('x'), { parameters: { maxTokens: 2 } }));
    expect(message.content).toEqual([{ type: 'text', text: 'One two ' }]);
    expect({ stop, out: usage.outputTokens }).toEqual({ stop: 'length', out: 2 });
  });

  test('echo is there without a file, and one of the workspace takes its place', async () => {
    const none = new ScriptedModels(filesOf({}));
    const { message } = await none.call(callOf(userSays('ahoy'), { model: 'echo' }));
    expect(message.content).toEqual([{ type: 'text', text: 'ahoy' }]);
    const own = new ScriptedModels(filesOf({ echo: '{ "rules": [{ "reply": { "text": "own" } }] }' }));
    const { message: other } = await own.call(callOf(userSays('ahoy'), { model: 'echo' }));
    expect(other.content).toEqual([{ type: 'text', text: 'own' }]);
  });

  test('knows the tool of a result by its place among all calls', async () => {
    const call = (name: string): Message => ({
      role: 'assistant',
      content: [],
      toolCalls: [
        { name, arguments: {} },
        { name: `${name}Too`, arguments: {} },
      ],
    });
    const result = (text: string, at: number): Message => ({
      role: 'tool',
      content: [{ type: 'text', text }],
      call: at,
    });
    const models = modelOf({
      rules: [{ when: { tool: 'b' }, reply: { json: { a: '{{tool aToo n}}', b: '{{json n}}', all: '{{tool a}}' } } }],
    });
    const messages = [
      ...userSays('x'),
      call('a'),
      result('plain', 0),
      result('{"n":1}', 1),
      call('b'),
      result('{"n":2}', 2),
    ];
    const { message } = await models.call(callOf(messages));
    expect(message.content).toEqual([{ type: 'text', text: '{"a":1,"b":2,"all":"plain"}' }]);
  });
});

describe('a call that ends otherwise', () => {
  test('is over at once when it is cancelled: before, while it waits, while it speaks', async () => {
    const models = modelOf({
      stream: { firstTokenMs: 60_000, tokensPerSecond: 1 },
      rules: [{ reply: { text: 'Too late' } }],
    });
    const abort = new AbortController();
    const waiting = failing(models.call(callOf(userSays('x'), { signal: abort.signal })));
    setTimeout(() => abort.abort(new Error('no longer wanted')), 5);
    await expect(waiting).resolves.toMatchObject({ name: 'AbortError' });
    await expect(failing(models.call(callOf(userSays('x'), { signal: abort.signal })))).resolves.toMatchObject({
      name: 'AbortError',
    });

    const speaking = new AbortController();
    const said: string[] = [];
    const slow = modelOf({ stream: { tokensPerSecond: 0.01 }, rules: [{ reply: { text: 'Once upon a time' } }] });
    const onText = (_: string, piece: string): void => {
      said.push(piece);
      speaking.abort();
    };
    await expect(failing(slow.call(callOf(userSays('x'), { signal: speaking.signal, onText })))).resolves.toMatchObject(
      {
        name: 'AbortError',
      },
    );
    expect(said).toEqual(['Once']);
  });

  test('names what could not be filled in, and the rule', async () => {
    const models = modelOf({ rules: [{ name: 'order', reply: { text: 'Order {{json order.id}}' } }] });
    const error = await failing(models.call(callOf(userSays('hello'))));
    expect(error).toMatchObject({
      name: 'ModelError',
      message: 'In models/m.model.json, rule 1 "order": there is nothing to fill {{json order.id}} with.',
      hint: expect.stringContaining('??'),
    });
  });

  test('a pattern without end is stopped, and the sentence names it', async () => {
    const models = modelOf({ rules: [{ when: { matches: '^(a+)+$' }, reply: { text: 'x' } }] });
    const error = await failing(models.call(callOf(userSays(`${'a'.repeat(50)}!`))));
    expect(error).toMatchObject({ message: expect.stringContaining('rule 1: The pattern "^(a+)+$" took over 100 ms') });
  });

  test('a file is read again at every call; a wrong one is told, and right again works', async () => {
    mkdirSync(join(folder, 'models'), { recursive: true });
    const path = join(folder, 'models', 'shop.model.json');
    const models = new ScriptedModels(modelFilesIn(folder));
    const ask = (): Promise<unknown> => failing(models.call(callOf(userSays('x'), { model: 'shop' })));
    await expect(ask()).resolves.toMatchObject({ name: 'ModelError 404', hint: 'There are: scripted/echo.' });
    writeFileSync(path, '{ "rules": [{ "reply": { "text": "one" } }] }');
    await expect(models.call(callOf(userSays('x'), { model: 'shop' }))).resolves.toMatchObject({
      model: 'scripted/shop',
    });
    writeFileSync(path, '{ "rules": [,] }');
    await expect(ask()).resolves.toMatchObject({
      message: expect.stringContaining('models/shop.model.json:1:13 is not JSON'),
    });
    writeFileSync(path, '{ "rules": [{ "reply": { "text": "two" } }] }');
    const { message } = await models.call(callOf(userSays('x'), { model: 'shop' }));
    expect(message.content).toEqual([{ type: 'text', text: 'two' }]);
    const near = await failing(models.call(callOf(userSays('x'), { model: 'shpo' })));
    expect(near).toMatchObject({ hint: 'Did you mean scripted/shop?' });
    // A name is no way out of the folder.
    writeFileSync(join(folder, 'secret.model.json'), '{ "rules": [{ "reply": { "text": "out" } }] }');
    await expect(failing(models.call(callOf(userSays('x'), { model: '../secret' })))).resolves.toMatchObject({
      name: 'ModelError 404',
    });
  });
});

describe('a file', () => {
  test('any JSON is a model or a problem with a sentence, never a crash', () => {
    const keys = fc.constantFrom(
      'rules',
      'when',
      'reply',
      'fail',
      'text',
      'json',
      'calls',
      'name',
      'arguments',
      'matches',
      'contains',
      'stream',
      'user',
      'messages',
      'atLeast',
      'lists',
      'tool',
      '__proto__',
      'odd',
    );
    const { json } = fc.letrec((tie) => ({
      leaf: fc.oneof(
        fc.constantFrom(
          null,
          true,
          0,
          -1,
          1.5,
          1e300,
          '',
          '{{last}}',
          '{{',
          '{{nope}}',
          '(',
          '(a+)+',
          '{{json a[0}}',
          '{{item x}}',
        ),
        fc.string(),
      ),
      json: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        tie('leaf'),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(keys, tie('json'), { maxKeys: 5 }),
      ),
    }));
    const nearly = fc.record({
      rules: fc.array(fc.record({ when: json, reply: json, fail: json }, { requiredKeys: [] })),
    });
    const value = fc.oneof(json, fc.constantFrom('x', 1, { atLeast: 1 }, { oneOf: ['x', 2] }, { exists: false }));
    const text = fc.constantFrom('x', '{{last}}', '{{json a[0] ?? 1}}', '{{$1}}', '{{tool t}}', '{{message -9}}');
    const likely = fc.record({
      rules: fc.array(
        fc.record(
          {
            when: fc.record(
              {
                contains: fc.string({ minLength: 1 }),
                matches: fc.constantFrom('(.)', 'a|b', '(?<n>x)?'),
                json: fc.dictionary(fc.constantFrom('a', 'b[0]', ''), value),
              },
              { requiredKeys: [] },
            ),
            reply: fc.record(
              { text, reasoning: text, calls: fc.constant([{ name: 't', arguments: { a: '{{last}}' } }]) },
              { requiredKeys: [] },
            ),
          },
          { requiredKeys: ['reply'] },
        ),
        { minLength: 1, maxLength: 3 },
      ),
    });
    const path = 'models/m.model.json';
    const outcomeOf = (file: string, last: string): unknown => {
      try {
        return newScript(parseScript(path, file), path).answer(callOf(userSays(last)));
      } catch (error) {
        return error;
      }
    };
    const outcomes = { answers: 0, modelErrors: 0, problems: 0 };
    fc.assert(
      fc.property(fc.oneof(json, nearly, likely), fc.string(), (file, last) => {
        const outcome = outcomeOf(JSON.stringify(file), last);
        const isProblem = outcome instanceof Problem && outcome.code === 'BAD_INPUT' && outcome.message.includes(path);
        if (isProblem && outcome.hint !== undefined) outcomes.problems += 1;
        else if (outcome instanceof ModelError) outcomes.modelErrors += 1;
        else if (outcome instanceof Error) throw outcome;
        else outcomes.answers += 1;
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(20);
  });

  test('nested without end or huge is refused with a sentence', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(() => parseScript('f', deep)).toThrow(Problem);
    expect(() => parseScript('f', `{ "rules": [{ "reply": { "json": ${deep} } }] }`)).toThrow('nested');
    expect(() => parseScript('f', ' '.repeat(1024 * 1024 + 1))).toThrow('over 1 MB');
  });

  const reply = { text: 'x' };
  test.for([
    [
      'an unknown member',
      { rules: [{ when: { contain: 'x' }, reply }] },
      'rules[0].when has "contain"',
      'Did you mean "contains"?',
    ],
    ['an unknown member at the top', { rule: [], rules: [{ reply }] }, 'f has "rule"', 'Did you mean "rules"?'],
    ['no rules', {}, 'f at rules: ', 'Write "rules": [{'],
    [
      'a wrong pattern',
      { rules: [{ when: { matches: '(' }, reply }] },
      'rules[0].when.matches: Invalid regular expression',
      'Write "matches"',
    ],
    [
      'a hole that is none',
      { rules: [{ reply: { text: '{{lst}}' } }] },
      'rules[0].reply.text: {{lst}} is no hole',
      'Write "text"',
    ],
    ['a hole not closed', { rules: [{ reply: { text: 'a {{last' } }] }, 'is not closed', 'Write "text"'],
    [
      'a hole deep in arguments',
      { rules: [{ reply: { calls: [{ name: 'a', arguments: { b: ['{{item x}}'] } }] } }] },
      'rules[0].reply.calls: there is no list "x"',
      'Write "calls"',
    ],
    [
      'a count that is none',
      { rules: [{ when: { messages: { atleast: 2 } }, reply }] },
      'rules[0].when.messages has "atleast"',
      'Did you mean "atLeast"?',
    ],
    ['nothing to do', { rules: [{ when: {} }] }, 'rules[0]: has neither a reply nor a fail', 'Write "rules"'],
    ['a broken fail', { rules: [{ reply, fail: {} }] }, 'rules[0].fail: stands beside a reply', 'Write "fail"'],
    [
      'a status that is none',
      { rules: [{ fail: { status: 200 } }] },
      'rules[0].fail.status: ',
      'a number from 400 to 599',
    ],
  ] as const)('%s is told with its place and what to write', ([, file, sentence, hint]) => {
    expect(() => parseScript('f', JSON.stringify(file))).toThrow(
      expect.objectContaining({ message: expect.stringContaining(sentence), hint: expect.stringContaining(hint) }),
    );
  });
});

describe('models by name', () => {
  const models = new Models([new ScriptedModels(filesOf({}))]);
  const { model: _, ...call } = callOf(userSays('hi'));

  test('the part before the slash says who is asked', async () => {
    await expect(models.call('scripted/echo', call)).resolves.toMatchObject({ model: 'scripted/echo', stop: 'end' });
  });

  test.for([
    ['scriptd/echo', 'There is no provider of models "scriptd"', 'Did you mean scripted/echo?'],
    ['acme/large', 'There is no provider of models "acme"', 'there are the providers scripted'],
    ['scripted', 'names a provider, but no model', 'Write scripted/NAME.'],
    ['scripted/', 'names a provider, but no model', 'Write scripted/NAME.'],
    ['', 'There is no provider', 'PROVIDER/NAME'],
  ] as const)('%s is unknown, with what may be meant', async ([name, sentence, hint]) => {
    await expect(failing(models.call(name, call))).resolves.toMatchObject({
      name: 'ModelError 404',
      message: expect.stringContaining(sentence),
      hint: expect.stringContaining(hint),
    });
  });
});
