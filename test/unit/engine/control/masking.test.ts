// What comes near a run is masked before it is stored, told or handed on: with a redactor that knows one value.
import { expect, test } from 'vitest';
import type { Delta } from '#contract/journal';
import { jsonSchema } from '#contract/turn';
import type { Redactor } from '#engine/redactor';
import { RunFailure } from '#engine/run/run-failure';
import { VaultRedactor } from '#engine/vault/redactor';
import { agentFile, node, played, say, step, toolFace, toolFile } from '#test/played-runners';
import { temporaryStore } from '#test/store';

const canary = 'canary-5f1e8c';
const mask = '‹secret A›';
const redactor: Redactor = {
  text: (text) => text.replaceAll(canary, mask),
  known: (text) => text.replaceAll(canary, mask),
  json: (value) => jsonSchema.parse(JSON.parse(redactor.text(JSON.stringify(value)))),
  bytes: () => ({ push: (piece) => piece, end: () => new Uint8Array() }),
};

test('input, state, prints, requests, results and failures are masked wherever they come from', async () => {
  const store = temporaryStore();
  const studio = played(store, { redactor, tools: [toolFace('search'), toolFace('break')] });
  studio.models.reply = () => Promise.resolve(say(`the model says ${canary}`));
  studio.runners.tool = ({ name }) =>
    name === 'break'
      ? Promise.reject(new RunFailure({ name: 'Error', message: `broke on ${canary}`, stack: `at ${canary}` }))
      : Promise.resolve({ [canary]: [`found ${canary}`] });
  const { id } = await studio.control.start({ file: agentFile, input: { text: `use ${canary}` }, seed: 1 });
  expect(studio.runners.orderOf(id).input).toEqual({ text: `use ${mask}` });

  studio.runners.tells(id, step(0, { key: canary }, ['n']), { type: 'log', level: 'info', text: `log ${canary}` });
  studio.runners.prints(id, `printed ${canary}\n`);
  const context = { role: 'context', content: [], tools: [] };
  const user = { role: 'user', content: [{ type: 'text', text: `is it ${canary}?` }] };
  studio.runners.asks(id, '/1:n#1.0', 'model', 'test/m', { messages: [context, user], parameters: {} });
  studio.runners.asks(id, '/1:n#1.1', 'tool', `${toolFile}#search`, { q: canary });
  studio.runners.asks(id, '/1:n#1.2', 'tool', `${toolFile}#break`, {});
  await studio.settle();
  const settled = ['/1:n#1.0', '/1:n#1.1', '/1:n#1.2'].map((key) => studio.runners.settled(id, key));
  expect(JSON.stringify(settled)).not.toContain(canary);
  expect(settled[0]).toMatchObject({
    settled: { result: { message: { content: [{ type: 'text', text: `the model says ${mask}` }] } } },
  });
  expect(settled[1]).toMatchObject({ settled: { result: { [mask]: [`found ${mask}`] } } });
  expect(settled[2]).toMatchObject({ settled: { error: { message: `broke on ${mask}` } } });

  studio.runners.tells(id, node(1, 'n'), step(1, { key: canary, more: canary }, []));
  studio.runners.leaves(id, { type: 'run.failed', error: { name: 'Error', message: `no ${canary}` } });
  await studio.settle();
  const { run, input } = studio.control.get(id);
  const said = JSON.stringify([run, input, store.runs.events(id, 0, 1000), studio.control.state(id, '', 1)]);
  expect(said).not.toContain(canary);
  // All of it is there: masked, not left out.
  expect(said.split(mask).length).toBeGreaterThan(12);
  const [root] = store.turns.path(
    store.runs.events(id, 0, 1000).flatMap(({ event }) => {
      const result = event.type === 'effect.finished' ? event.result : undefined;
      const wrote = typeof result === 'object' && result !== null && 'wrote' in result ? result.wrote : undefined;
      return typeof wrote === 'string' ? [wrote] : [];
    })[0] ?? '',
  );
  const [asked] = store.turns.children(root?.id ?? '');
  expect(asked?.message).toMatchObject({ content: [{ text: `is it ${mask}?` }] });
  expect(store.turns.children(asked?.id ?? '')[0]?.message).toMatchObject({
    content: [{ text: `the model says ${mask}` }],
  });
});

test('what a model says in pieces is told masked while it comes, and so is what a model or provider is called', async () => {
  const store = temporaryStore();
  const known = new VaultRedactor(() => Buffer.alloc(32));
  known.know('A', canary);
  const studio = played(store, { redactor: known });
  const cut = [`it is ${canary.slice(0, 6)}`, canary.slice(6), '.'];
  const told: string[] = [];
  studio.models.reply = ({ onText }) => {
    for (const piece of cut) onText('text', piece);
    return Promise.resolve({ ...say(`it is ${canary}.`), model: `m-${canary}` });
  };
  const { id } = await studio.control.start({ file: agentFile, input: { text: 'hi' }, seed: 1 });
  const stop = new AbortController();
  const watching = (async () => {
    for await (const update of studio.control.watch(id, 0, stop.signal)) told.push(JSON.stringify(update));
  })();
  studio.runners.tells(id, step(0, {}, ['n']));
  const context = { role: 'context', content: [], tools: [] };
  const user = { role: 'user', content: [{ type: 'text', text: 'hi' }] };
  studio.runners.asks(id, '/1:n#1.0', 'model', 'test/m', { messages: [context, user], parameters: {} });
  studio.runners.asks(id, '/1:n#1.1', 'model', `test/${canary}`, { messages: [context, user], parameters: {} });
  await studio.settle();
  stop.abort();
  await watching.catch(() => undefined);
  const said = JSON.stringify([told, store.runs.events(id, 0, 1000)]);
  expect(said).toContain(`m-${mask}`);
  expect(said).toContain(`test/${mask}`);
  expect(said).not.toContain(canary);
  expect(said).not.toContain(canary.slice(6));
});

test('the source kept of an agent is masked, and so is a state whose pieces came one by one', async () => {
  const store = temporaryStore();
  const known = new VaultRedactor(() => Buffer.alloc(32));
  known.know('A', canary);
  const studio = played(store, { redactor: known });
  studio.bundler.put(agentFile, `const key = '${canary}';`, [toolFile]);
  const { id } = await studio.control.start({ file: agentFile, input: { text: 'hi' }, seed: 1 });
  const more: Delta = [['~', ['text'], canary.slice(6)]];
  studio.runners.tells(id, step(0, { text: `it is ${canary.slice(0, 6)}` }, ['n']), node(1, 'n'), {
    type: 'step.finished',
    scope: '',
    step: 1,
    delta: more,
    next: ['n'],
  });
  await studio.settle();
  const { hash } = store.runs.get(id) ?? {};
  expect(store.runs.source(hash ?? '')?.files[agentFile]).toBe(`const key = '${mask}';`);
  expect(studio.control.state(id, '', 1).state).toMatchObject({ text: `it is ${mask}` });
});
