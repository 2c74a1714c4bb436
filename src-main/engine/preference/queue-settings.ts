// The queue's settings and its place, per annotator: both survive a restart.
import { queueSettingsSchema, type QueueSettings } from '#contract/label';
import { z } from 'zod';
import type { Store } from '../ports.ts';

const defaultSettings: QueueSettings = {
  filter: {},
  repeatRate: 0.05,
  reveal: false,
  tags: ['correct', 'complete', 'follows instructions', 'tool use', 'honest', 'safe', 'clear', 'brief'],
};

/** The pair on screen, and how it is shown. */
const shownSchema = z.object({
  pairId: z.string(),
  sequence: z.number(),
  swapped: z.boolean(),
  repeats: z.string().optional(),
});
export type Shown = z.infer<typeof shownSchema>;

const placeSchema = z.object({ cursor: z.number(), shown: shownSchema.optional() });

export interface Place {
  /** No pair up to this place in the order of arrival is open any more; what a changed filter lets back in is looked for at the end. */
  readonly cursor: number;
  readonly shown?: Shown | undefined;
}

/** The annotator's settings; the defaults where none were set or an older version's do not fit any more. */
export function queueSettings(store: Store, annotator: string): QueueSettings {
  const parsed = queueSettingsSchema.safeParse(store.settings.get(settingsName(annotator)));
  return parsed.success ? parsed.data : defaultSettings;
}

export function saveQueueSettings(store: Store, annotator: string, settings: QueueSettings): void {
  store.settings.set(settingsName(annotator), asJson(settings));
}

export function placeOf(store: Store, annotator: string): Place {
  const parsed = placeSchema.safeParse(store.settings.get(placeName(annotator)));
  return parsed.success ? parsed.data : { cursor: 0 };
}

export function savePlace(store: Store, annotator: string, place: Place): void {
  store.settings.set(placeName(annotator), asJson(place));
}

function settingsName(annotator: string): string {
  return `queue settings of ${annotator}`;
}

function placeName(annotator: string): string {
  return `queue place of ${annotator}`;
}

/** Without members that are undefined, which JSON has not. */
function asJson(value: object) {
  return z.json().parse(JSON.parse(JSON.stringify(value)));
}
