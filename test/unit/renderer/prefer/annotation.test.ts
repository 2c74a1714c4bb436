// The walk through the queue: what a key does to what is on screen, what a failure keeps, what undo brings back.
import type { Label, LabelInput, QueueItem, QueueProgress } from '#contract/label';
import type { Message } from '#contract/turn';
import { describe, expect, it } from 'vitest';
import {
  Annotation,
  type AnnotationState,
  type LabelCalls,
} from '../../../../src-renderer/features/prefer/annotation.ts';
import type { Drawer } from '../../../../src-renderer/features/prefer/draft-store.ts';

/** A queue in memory that answers as the contract says. */
class Queue {
  readonly sent: LabelInput[] = [];
  readonly #acts: { readonly id: string; readonly label?: Label; readonly edited?: readonly Message[] }[] = [];
  readonly ids: string[];
  fails = false;

  constructor(ids: string[]) {
    this.ids = ids;
  }

  readonly calls: LabelCalls = {
    next: () => this.#answer(() => this.#item()),
    progress: () => this.#answer(() => this.progress()),
    add: (input) =>
      this.#answer(() => {
        this.sent.push(input);
        const { edit, rationale, repeats, ...rest } = input;
        const label: Label = {
          ...rest,
          id: `l${String(this.sent.length)}`,
          source: 'human',
          createdAt: 0,
          ...(repeats === undefined ? {} : { repeats }),
          ...(rationale === undefined ? {} : { rationale }),
          ...(edit === undefined ? {} : { edit: 'e' }),
        };
        this.#acts.push({ id: input.pairId, label, ...(edit === undefined ? {} : { edited: edit }) });
        return { label, ...this.#onward() };
      }),
    skip: ({ pairId }) =>
      this.#answer(() => {
        this.#acts.push({ id: pairId });
        return this.#onward();
      }),
    undo: () =>
      this.#answer(() => {
        const act = this.#acts.pop();
        return {
          ...this.#onward('item'),
          ...(act?.label === undefined ? {} : { undone: act.label }),
          ...(act?.edited === undefined ? {} : { edited: act.edited }),
        };
      }),
  };

  progress(): QueueProgress {
    const labelled = this.#acts.filter((act) => act.label !== undefined).length;
    return {
      total: this.ids.length,
      labelled,
      skipped: this.#acts.length - labelled,
      today: labelled,
      undoDepth: this.#acts.length,
    };
  }

  #onward<Key extends 'next' | 'item' = 'next'>(
    key?: Key,
  ): Partial<Record<Key, QueueItem>> & { progress: QueueProgress } {
    const item = this.#item();
    const found = item === undefined ? {} : { [key ?? 'next']: item };
    return { ...found, progress: this.progress() } as Partial<Record<Key, QueueItem>> & { progress: QueueProgress };
  }

  #item(): QueueItem | undefined {
    const id = this.ids[this.#acts.length];
    if (id === undefined) return undefined;
    const pair = { id, kind: 'sibling', prompt: '0', a: '1', b: '2', reason: '', createdAt: 0 } as const;
    return {
      detail: { pair, prefix: [], a: [], b: [], originA: { scores: [] }, originB: { scores: [] } },
      swapped: id === 'p2',
    };
  }

  async #answer<T>(make: () => T): Promise<T> {
    await Promise.resolve();
    if (this.fails) throw new Error('the disk is full');
    return make();
  }
}

function drawer(): Drawer {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
}

interface Desk {
  readonly queue: Queue;
  readonly annotation: Annotation;
  readonly drawer: Drawer;
  time: number;
  watched: boolean;
}

async function desk(ids: string[], storage = drawer(), queue = new Queue(ids)): Promise<Desk> {
  const at: { time: number; watched: boolean } = { time: 0, watched: true };
  const annotation = new Annotation({
    calls: queue.calls,
    annotator: 'Ada',
    drawer: storage,
    now: () => at.time,
    watched: () => at.watched,
  });
  await annotation.load();
  return Object.assign(at, { queue, annotation, drawer: storage });
}

function labelling(annotation: Annotation): Extract<AnnotationState, { phase: 'labelling' }> {
  const state = annotation.state();
  if (state.phase !== 'labelling') throw new Error(`phase is ${state.phase}`);
  return state;
}

const onScreen = (annotation: Annotation): string => labelling(annotation).item.detail.pair.id;

describe('the walk through the queue', () => {
  it('sends the label and shows the next pair with an empty draft', async () => {
    const { annotation, queue } = await desk(['p1', 'p2']);
    annotation.apply({ type: 'choose', verdict: 'left' });
    annotation.apply({ type: 'tag', tag: 'clear' });
    expect(await annotation.submit()).toBe(true);
    expect(queue.sent).toMatchObject([{ pairId: 'p1', choice: 'a', tags: ['clear'], swapped: false }]);
    expect(onScreen(annotation)).toBe('p2');
    expect(labelling(annotation).draft.verdict).toBeUndefined();
    expect(labelling(annotation).last?.label.pairId).toBe('p1');
  });

  it('sends the pair’s own side where the sides were swapped', async () => {
    const { annotation, queue } = await desk(['p2']);
    annotation.apply({ type: 'choose', verdict: 'left' });
    await annotation.submit();
    expect(queue.sent).toMatchObject([{ pairId: 'p2', choice: 'b', swapped: true }]);
    expect(annotation.state().phase).toBe('finished');
  });

  it('sends nothing before a choice', async () => {
    const { annotation, queue } = await desk(['p1']);
    expect(await annotation.submit()).toBe(false);
    expect(queue.sent).toEqual([]);
  });

  it('takes no key while a label is on its way, so that none lands on an unseen pair', async () => {
    const { annotation, queue } = await desk(['p1', 'p2']);
    annotation.apply({ type: 'choose', verdict: 'left' });
    const sending = annotation.submit();
    annotation.apply({ type: 'choose', verdict: 'right' });
    await annotation.submit();
    await annotation.skip();
    await sending;
    expect(queue.sent).toHaveLength(1);
    expect(queue.sent[0]?.choice).toBe('a');
    expect(onScreen(annotation)).toBe('p2');
    expect(labelling(annotation).draft.verdict).toBeUndefined();
  });

  it('keeps everything on screen when saving fails, and goes on when it is tried again', async () => {
    const { annotation, queue } = await desk(['p1', 'p2']);
    annotation.apply({ type: 'choose', verdict: 'right' });
    annotation.apply({ type: 'note', note: 'because' });
    queue.fails = true;
    await annotation.submit();
    expect(labelling(annotation)).toMatchObject({
      busy: false,
      problem: { sentence: 'the disk is full' },
      draft: { verdict: 'right', note: 'because' },
    });
    queue.fails = false;
    await annotation.submit();
    expect(queue.sent).toMatchObject([{ rationale: 'because' }]);
    expect(labelling(annotation).problem).toBeUndefined();
  });

  it('undoes to any depth and brings each label back as it was, its edit too', async () => {
    const { annotation } = await desk(['p1', 'p2', 'p3']);
    const said: Message = { role: 'assistant', content: [{ type: 'text', text: 'better' }] };
    annotation.apply({ type: 'choose', verdict: 'left' });
    annotation.apply({ type: 'edit', side: 'left', messages: [said] });
    await annotation.submit();
    await annotation.skip();
    annotation.apply({ type: 'choose', verdict: 'bad' });
    await annotation.submit();
    expect(annotation.state().phase).toBe('finished');
    await annotation.undo();
    expect(onScreen(annotation)).toBe('p3');
    expect(labelling(annotation).draft.verdict).toBe('bad');
    await annotation.undo();
    expect(onScreen(annotation)).toBe('p2');
    await annotation.undo();
    expect(onScreen(annotation)).toBe('p1');
    expect(labelling(annotation).draft).toMatchObject({ verdict: 'left', edits: { left: [said] } });
    const before = annotation.state();
    await annotation.undo();
    expect(annotation.state()).toBe(before);
  });

  it('finds what was typed again when undo moved away from it', async () => {
    const { annotation } = await desk(['p1', 'p2']);
    await annotation.skip();
    annotation.apply({ type: 'note', note: 'half a thought' });
    await annotation.undo();
    expect(onScreen(annotation)).toBe('p1');
    await annotation.skip();
    expect(labelling(annotation).draft.note).toBe('half a thought');
  });

  it('finds what was typed again after a restart, with its time', async () => {
    const first = await desk(['p1']);
    first.time = 800;
    first.annotation.apply({ type: 'note', note: 'half a thought' });
    const second = await desk(['p1'], first.drawer);
    expect(labelling(second.annotation).draft.note).toBe('half a thought');
    expect(second.annotation.elapsedMs()).toBe(800);
  });

  it('does not bring a draft back that was sent', async () => {
    const first = await desk(['p1', 'p2']);
    first.annotation.apply({ type: 'choose', verdict: 'left' });
    await first.annotation.submit();
    const second = await desk(['p1'], first.drawer);
    expect(labelling(second.annotation).draft.verdict).toBeUndefined();
  });

  it('measures only the time the window is looked at', async () => {
    const at = await desk(['p1']);
    at.time = 1000;
    at.watched = false;
    at.annotation.watchChanged();
    at.time = 60_000;
    at.watched = true;
    at.annotation.watchChanged();
    at.time = 60_500;
    at.annotation.apply({ type: 'choose', verdict: 'tie' });
    await at.annotation.submit();
    expect(at.queue.sent[0]?.elapsedMs).toBe(1500);
  });

  it('says why it could not begin, and begins when asked again', async () => {
    const queue = new Queue(['p1']);
    queue.fails = true;
    const { annotation } = await desk(['p1'], drawer(), queue);
    expect(annotation.state()).toMatchObject({ phase: 'failed', problem: { sentence: 'the disk is full' } });
    queue.fails = false;
    await annotation.load();
    expect(onScreen(annotation)).toBe('p1');
  });
});
