// GET /v1/models: what can be asked for by name, in the form that the client reads.
import type { Json } from '#contract/turn';
import type { Upstreams } from '#engine/models/upstream';
import { nearest } from '#engine/nearest';
import { Refusal } from './refusal.ts';
import { scripted } from './target.ts';

/** The scripted model that is there without a file. */
const echo = 'echo';

/** Every model that is named in `atelier.json` and every scripted one, as PROVIDER/NAME. Others can be asked for all the same. */
export function modelNames(upstreams: Upstreams, scriptedNames: readonly string[]): string[] {
  const named = upstreams
    .list()
    .flatMap(({ name, settings }) => (settings.models ?? []).map((model) => `${name}/${model}`));
  return [...new Set([...named, ...[...scriptedNames, echo].map((name) => `${scripted}/${name}`)])];
}

/** The list, or the one called `id`; throws a Refusal 404. */
export function modelsBody(names: readonly string[], id: string | undefined, isAnthropic: boolean): Json {
  const form = isAnthropic ? anthropicModel : openaiModel;
  if (id !== undefined) {
    if (names.includes(id)) return form(id);
    const near = nearest(id, names);
    throw new Refusal(
      404,
      `The model ${JSON.stringify(id.slice(0, 200))} is not among those that atelier.json names.`,
      near === undefined ? 'A model of a known provider can be asked for all the same.' : `Did you mean ${near}?`,
    );
  }
  const data = names.map(form);
  if (!isAnthropic) return { object: 'list', data };
  return { data, has_more: false, first_id: names[0] ?? null, last_id: names.at(-1) ?? null };
}

/** When a model was made is not known: the epoch stands for that in both forms. */
function openaiModel(id: string): Json {
  return { id, object: 'model', created: 0, owned_by: id.slice(0, id.indexOf('/')) };
}

function anthropicModel(id: string): Json {
  return { type: 'model', id, display_name: id, created_at: '1970-01-01T00:00:00Z' };
}
