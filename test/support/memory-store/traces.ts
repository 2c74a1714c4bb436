// Traces in maps, filtered and sorted by plain functions.
import type { Page, Score, Span, TraceFacets, TraceFilter, TraceSort, TraceSummary } from '#contract/trace';
import type { Turn, TurnId } from '#contract/turn';
import type { ResidueLink, SourceRecord, StoredTrace, TraceStore } from '#engine/ports';
import { Problem } from '#engine/problem';
import { nameKey } from '#engine/trace/name-key';
import { searchText } from '#engine/turns/search-text';
import { byBytes, counted, known, type State } from './state.ts';
import type { MemoryTurns } from './turns.ts';
import { hasWords } from './words.ts';

const sides: readonly string[] = ['', 'chosen', 'rejected'];

export class MemoryTraces implements TraceStore {
  readonly #state: State;
  readonly #turns: MemoryTurns;

  constructor(state: State, turns: MemoryTurns) {
    this.#state = state;
    this.#turns = turns;
  }

  put(trace: StoredTrace): boolean {
    const { summary } = trace;
    const before = this.#state.traces.get(summary.id);
    if (before !== undefined) {
      this.#state.traces.set(summary.id, { ...before, removed: false });
      return false;
    }
    known(this.#state.records, trace.recordId, 'source record');
    if (trace.residue !== undefined) known(this.#state.residues, trace.residue, 'residue');
    this.#check(summary);
    this.#state.traces.set(summary.id, { trace, removed: false });
    return true;
  }

  #check(summary: TraceSummary): void {
    if (summary.scores.some((score) => Number.isNaN(score.value)))
      throw new Problem('BAD_INPUT', 'A score is no number.');
    known(this.#state.imports, summary.importId, 'import');
    if (summary.leaf !== undefined) known(this.#state.turns, summary.leaf, 'turn');
  }

  update(summary: TraceSummary): void {
    const before = known(this.#state.traces, summary.id, 'trace');
    this.#check(summary);
    this.#state.traces.set(summary.id, { ...before, trace: { ...before.trace, summary } });
  }

  get(id: string): StoredTrace | undefined {
    return this.#state.traces.get(id)?.trace;
  }

  startingWith(prefix: string): string[] {
    const ids = [...this.#state.traces.keys()].filter((id) => id.startsWith(prefix));
    return ids.toSorted(byBytes).slice(0, 2);
  }

  putSpans(traceId: string, spans: readonly Span[]): number {
    known(this.#state.traces, traceId, 'trace');
    const stored = [...(this.#state.spans.get(traceId) ?? [])];
    const before = stored.length;
    for (const span of spans) {
      for (const turn of [span.read, span.wrote]) if (turn !== undefined) known(this.#state.turns, turn, 'turn');
      if (!stored.some((other) => other.id === span.id)) stored.push(span);
    }
    this.#state.spans.set(traceId, stored);
    return stored.length - before;
  }

  spans(traceId: string): Span[] {
    return [...(this.#state.spans.get(traceId) ?? [])];
  }

  list(filter: TraceFilter, sort: TraceSort, offset: number, limit: number): Page<TraceSummary> {
    const fitting = this.#shown().filter((summary) => this.#fits(summary, filter));
    const keyed = fitting.map((summary, arrival) => ({ summary, arrival, key: this.#key(summary, filter, sort) }));
    const turn = sort.descending ? -1 : 1;
    const ordered = keyed.toSorted((one, two) => {
      if (one.key === undefined && two.key !== undefined) return 1;
      if (one.key !== undefined && two.key === undefined) return -1;
      return turn * compare(one.key, two.key) || (sort.by === 'date' ? 1 : turn) * (one.arrival - two.arrival);
    });
    return { items: ordered.slice(offset, offset + limit).map(({ summary }) => summary), total: ordered.length };
  }

  #shown(): TraceSummary[] {
    return [...this.#state.traces.values()].filter(({ removed }) => !removed).map(({ trace }) => trace.summary);
  }

  #fits(summary: TraceSummary, filter: TraceFilter): boolean {
    const among = (values: readonly string[] | undefined, value: string | undefined): boolean =>
      values === undefined || values.length === 0 || (value !== undefined && values.includes(value));
    const { score, error, from = -Infinity, to = Infinity } = filter;
    const text = filter.text?.trim() ?? '';
    const date = summary.startedAt ?? summary.importedAt;
    return (
      among(filter.source, summary.source) &&
      among(filter.model, summary.model) &&
      among(filter.group, summary.group) &&
      (filter.importId === undefined || summary.importId === filter.importId) &&
      (score === undefined || summary.scores.some((item) => inScore(item, score))) &&
      (error === undefined || (summary.error !== undefined) === error) &&
      date >= from &&
      date <= to &&
      (text === '' || this.#texts(summary).some((piece) => hasWords(piece, text)))
    );
  }

  #texts(summary: TraceSummary): string[] {
    const path: Turn[] = summary.leaf === undefined ? [] : this.#turns.path(summary.leaf);
    return [...path.map((turn) => searchText(turn.message)), ...this.spans(summary.id).map((span) => span.name)];
  }

  #key(summary: TraceSummary, filter: TraceFilter, sort: TraceSort): readonly (number | string)[] | undefined {
    const { startedAt, endedAt, inputTokens, outputTokens, scores } = summary;
    const one = (value: number | string | undefined) => (value === undefined ? undefined : [value]);
    switch (sort.by) {
      case 'position':
        return [[...this.#state.imports.keys()].indexOf(summary.importId), summary.position];
      case 'date':
        return [startedAt ?? summary.importedAt];
      case 'name':
        return [nameKey(summary.name)];
      case 'messages':
        return [summary.messageCount];
      case 'duration':
        return one(startedAt === undefined || endedAt === undefined ? undefined : endedAt - startedAt);
      case 'tokens':
        return one(
          inputTokens === undefined && outputTokens === undefined
            ? undefined
            : (inputTokens ?? 0) + (outputTokens ?? 0),
        );
      case 'score':
        return one(
          (filter.score === undefined ? scores[0] : scores.find(({ name }) => name === filter.score?.name))?.value,
        );
    }
  }

  facets(): TraceFacets {
    const shown = this.#shown();
    const values = <T extends string>(pick: (summary: TraceSummary) => T | undefined) =>
      counted(shown.map(pick).filter((value) => value !== undefined));
    const scores = counted(shown.flatMap((summary) => [...new Set(summary.scores.map((score) => score.name))]));
    return {
      sources: values((summary) => summary.source),
      models: values((summary) => summary.model),
      groups: values((summary) => summary.group),
      scores: scores.map(({ value: name, count }) => {
        const all = shown
          .flatMap((summary) => summary.scores.filter((score) => score.name === name))
          .map((score) => score.value);
        return { name, count, min: Math.min(...all), max: Math.max(...all) };
      }),
      errors: shown.filter((summary) => summary.error !== undefined).length,
      total: shown.length,
    };
  }

  setRemoved(ids: readonly string[], removed: boolean): number {
    let changed = 0;
    for (const id of ids) {
      const entry = this.#state.traces.get(id);
      if (entry === undefined || entry.removed === removed) continue;
      this.#state.traces.set(id, { ...entry, removed });
      changed += 1;
    }
    return changed;
  }

  putScores(traceId: string, scores: readonly Score[]): void {
    const { summary } = known(this.#state.traces, traceId, 'trace').trace;
    const kept = summary.scores.filter((old) => !scores.some((score) => score.name === old.name));
    this.update({ ...summary, scores: [...kept, ...scores] });
  }

  *scoredGroups(): Generator<{ readonly group: string; readonly traces: readonly TraceSummary[] }> {
    const usable = this.#shown().filter(({ leaf, scores }) => leaf !== undefined && scores.length > 0);
    const groups = [...new Set(usable.flatMap(({ group }) => (group === undefined ? [] : [group])))];
    for (const group of groups.toSorted(byBytes)) {
      yield { group, traces: usable.filter((summary) => summary.group === group) };
    }
  }

  through(turn: TurnId, limit: number): TraceSummary[] {
    if (!this.#state.turns.has(turn)) return [];
    const passes = ({ id, leaf }: TraceSummary): boolean =>
      (leaf !== undefined && this.#turns.path(leaf).some((above) => above.id === turn)) ||
      this.spans(id).some((span) => span.wrote === turn);
    return this.#shown().filter(passes).slice(0, limit);
  }

  putRecord(record: SourceRecord): boolean {
    known(this.#state.imports, record.importId, 'import');
    if (this.#state.records.has(record.id)) return false;
    this.#state.records.set(record.id, record);
    return true;
  }

  record(id: string): SourceRecord | undefined {
    return this.#state.records.get(id);
  }

  ofRecord(recordId: string): StoredTrace[] {
    const traces = [...this.#state.traces.values()]
      .map(({ trace }) => trace)
      .filter((trace) => trace.recordId === recordId);
    return traces.toSorted((one, two) => sides.indexOf(one.side) - sides.indexOf(two.side));
  }

  putResidues(chain: readonly ResidueLink[]): void {
    this.#state.transaction(() => {
      for (const [index, link] of chain.entries()) {
        if (this.#state.residues.has(link.id)) continue;
        const above = index === 0 ? link.parent : chain[index - 1]?.id;
        if (link.parent !== above)
          throw new Problem('BAD_INPUT', `The residue ${link.id} is not below the one before it.`);
        if (above !== undefined) known(this.#state.residues, above, 'residue');
        this.#state.residues.set(link.id, link);
      }
    });
  }

  residues(id: string): ResidueLink[] {
    const link = this.#state.residues.get(id);
    if (link === undefined) return [];
    return link.parent === undefined ? [link] : [...this.residues(link.parent), link];
  }

  count(): number {
    return this.#shown().length;
  }
}

function inScore(score: Score, wanted: NonNullable<TraceFilter['score']>): boolean {
  const { name, min = -Infinity, max = Infinity } = wanted;
  return score.name === name && score.value >= min && score.value <= max;
}

function compare(one: readonly (number | string)[] = [], two: readonly (number | string)[] = []): number {
  for (const [index, left] of one.entries()) {
    const right = two[index] ?? 0;
    const order =
      typeof left === 'number' && typeof right === 'number' ? left - right : byBytes(String(left), String(right));
    if (order !== 0) return order;
  }
  return 0;
}
