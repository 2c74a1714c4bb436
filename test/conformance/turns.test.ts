// What every store must do with the turn tree.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Message, Turn } from '#contract/turn';
import type { Store } from '#engine/ports';
import { Problem } from '#engine/problem';
import { turnsOf } from '#engine/turns/path';
import { leafOf, messagesOf, pathOf } from '#test/samples';
import { memoryStore } from '#test/memory-store/store';
import { onEveryStore, temporaryStore } from '#test/store';

/** Transcripts of few words, so that many begin alike. */
const transcripts = fc.array(
  fc.array(fc.constantFrom('u: hello', 'u: why', 'a: yes', 'a: no', 'a: look', 't: 42'), {
    minLength: 1,
    maxLength: 8,
  }),
  { minLength: 1, maxLength: 12 },
);

onEveryStore('turns', (open) => {
  it('gives a path back as it was put, root first', () => {
    const { turns } = open();
    const path = pathOf('s: Be brief.', 'u: hello', 'a: hi');
    expect(turns.putPath(path)).toBe(3);
    expect(turns.path(leafOf(path))).toEqual(path);
    expect(turns.get(leafOf(path))).toEqual(path[2]);
    expect(turns.path('0'.repeat(64))).toEqual([]);
    expect(turns.get('0'.repeat(64))).toBeUndefined();
  });

  it('stores what two paths share once', () => {
    const { turns } = open();
    turns.putPath(pathOf('u: hello', 'a: hi', 'u: one'));
    expect(turns.putPath(pathOf('u: hello', 'a: hi', 'u: two', 'a: three'))).toBe(2);
    expect(turns.putPath(pathOf('u: hello', 'a: hi'))).toBe(0);
    expect(turns.count()).toBe(6);
  });

  it('takes the rest of a path below a stored turn, and refuses it below an unknown one', () => {
    const { turns } = open();
    const path = pathOf('u: hello', 'a: hi', 'u: one');
    turns.putPath(path.slice(0, 2));
    expect(turns.putPath(path.slice(2))).toBe(2);
    const other = pathOf('u: elsewhere', 'a: there');
    expect(() => turns.putPath(other.slice(2))).toThrow(Problem);
    expect(turns.count()).toBe(4);
  });

  it('refuses a path whose turns are not below one another, and keeps none of it', () => {
    const { turns } = open();
    const [root, question] = pathOf('u: hello');
    const [, , answer] = pathOf('u: other', 'a: hi');
    const path = [root, question, answer].filter((turn) => turn !== undefined);
    expect(() => turns.putPath(path)).toThrow(/not below/);
    expect(turns.count()).toBe(0);
  });

  it('names the children in order of arrival', () => {
    const { turns } = open();
    const answers = ['a: z', 'a: a', 'a: m'].map((line) => pathOf('u: hello', line));
    for (const path of answers) turns.putPath(path);
    const parent = answers[0]?.[1]?.id ?? '';
    expect(turns.children(parent)).toEqual(answers.map((path) => path[2]));
    expect(turns.children('0'.repeat(64))).toEqual([]);
    const newest = [0, 1, 2, 9].map((count) => turns.children(parent, count).map(({ id }) => id));
    const all = answers.map((path) => path[2]?.id);
    expect(newest).toEqual([[], all.slice(2), all.slice(1), all]);
  });

  it('finds forks page by page: turns with two assistant children, not with two users', () => {
    const { turns } = open();
    turns.putPath(pathOf('u: one', 'a: x'));
    turns.putPath(pathOf('u: one', 'a: y'));
    turns.putPath(pathOf('u: two', 'u: x'));
    turns.putPath(pathOf('u: two', 'u: y'));
    turns.putPath(pathOf('u: three', 'a: x'));
    turns.putPath(pathOf('u: three', 'a: y'));
    const [first] = turns.forks(undefined, 1);
    expect(first).toBe(pathOf('u: one')[1]?.id);
    expect(turns.forks(first, 5)).toEqual([pathOf('u: three')[1]?.id]);
    expect(turns.forks(undefined, 5)).toHaveLength(2);
  });

  it('finds the lowest common ancestor, which may be one of the two', () => {
    const { turns } = open();
    const one = pathOf('u: hello', 'a: hi', 'u: one', 'a: two');
    const two = pathOf('u: hello', 'a: hi', 'u: other');
    const apart = pathOf('s: Another system prompt.', 'u: hello');
    for (const path of [one, two, apart]) turns.putPath(path);
    expect(turns.commonAncestor(leafOf(one), leafOf(two))).toBe(one[2]?.id);
    expect(turns.commonAncestor(leafOf(one), one[1]?.id ?? '')).toBe(one[1]?.id);
    expect(turns.commonAncestor(leafOf(one), leafOf(one))).toBe(leafOf(one));
    expect(turns.commonAncestor(leafOf(one), leafOf(apart))).toBeUndefined();
  });

  it('keeps any message without loss: lone surrogates, NUL, __proto__, deep and large', () => {
    const { turns } = open();
    const strange = '\u0000 \ud800 \udfff 🙂 \u2028 "\\';
    const value: unknown = JSON.parse('{"__proto__":{"a":1},"":[null,true,1e-7,12345678901234567000]}');
    let deep: unknown = strange;
    for (let depth = 0; depth < 500; depth += 1) deep = [deep];
    const messages = [
      { role: 'context', content: [{ type: 'text', text: strange }], tools: [value, deep] },
      { role: 'user', content: [{ type: 'image', url: 'data:image/png;base64,AAAA' }], name: strange },
      {
        role: 'assistant',
        content: [{ type: 'other', kind: strange, value }],
        toolCalls: [{ name: strange, arguments: value }],
      },
      { role: 'tool', content: [{ type: 'text', text: 'x'.repeat(3_000_000) }], call: 0, isError: true },
    ] as Message[];
    const path = turnsOf(messages);
    turns.putPath(path);
    expect(turns.path(leafOf(path))).toEqual(path);
  });

  it('keeps any JSON in a message equal', () => {
    const store = open();
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string({ unit: 'binary' }), (value, text) => {
        // JSON knows one zero.
        const json = JSON.parse(JSON.stringify(value)) as Message['role'];
        const message: Message = { role: 'user', content: [{ type: 'other', kind: text, value: json }] };
        const path = turnsOf([...messagesOf(), message]);
        store.turns.putPath(path);
        expect(store.turns.path(leafOf(path))).toEqual(path);
      }),
      { numRuns: 100 },
    );
  });
});

it('gives the same answers on both stores for any tree', () => {
  fc.assert(
    fc.property(transcripts, (all) => {
      const [real, plain] = [temporaryStore(), memoryStore()];
      const paths = all.map((lines) => pathOf(...lines));
      for (const path of paths) expect(real.turns.putPath(path)).toBe(plain.turns.putPath(path));
      const leaves = paths.map(leafOf);
      expect(answers(real, paths.flat(), leaves)).toEqual(answers(plain, paths.flat(), leaves));
      real.close();
    }),
    { numRuns: 30 },
  );
});

function answers({ turns }: Store, all: readonly Turn[], leaves: readonly string[]): unknown {
  const forks = turns.forks(undefined, 3);
  return {
    count: turns.count(),
    paths: leaves.map((leaf) => turns.path(leaf)),
    children: all.map((turn) => turns.children(turn.id)),
    ancestors: leaves.flatMap((one) => leaves.map((two) => turns.commonAncestor(one, two))),
    forks: [...forks, ...turns.forks(forks.at(-1), 100)],
  };
}
