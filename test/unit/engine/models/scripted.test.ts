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
    expect(error).toMatchObject({
      message: expect.stringContaining('rule 1: The pattern "^(a+)+$" took over a second'),
    });
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
