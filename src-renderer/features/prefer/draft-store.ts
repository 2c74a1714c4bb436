// Keeps what was typed for the pair on screen, so that leaving the screen, a crash or a restart loses nothing.
import { strengthSchema } from '#contract/label';
import { messageSchema } from '#contract/turn';
import { z } from 'zod';
import type { Draft } from './draft.ts';

/** The part of the page's localStorage that is used. */
export type Drawer = Pick<Storage, 'getItem' | 'setItem'>;

const key = 'atelier.prefer.draft';

const savedSchema = z.object({
  annotator: z.string(),
  pairId: z.string(),
  elapsedMs: z.number().nonnegative(),
  draft: z.object({
    verdict: z.enum(['left', 'right', 'tie', 'bad']).exactOptional(),
    strength: strengthSchema,
    tags: z.array(z.string()),
    note: z.string(),
    edits: z.object({ left: z.array(messageSchema).exactOptional(), right: z.array(messageSchema).exactOptional() }),
  }),
});

export interface SavedDraft {
  readonly draft: Draft;
  readonly elapsedMs: number;
}

/** Saves the draft and the time spent so far. A full drawer is no reason to stop labelling. */
export function saveDraft(drawer: Drawer, annotator: string, pairId: string, draft: Draft, elapsedMs: number): void {
  try {
    drawer.setItem(key, JSON.stringify({ annotator, pairId, elapsedMs, draft }));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

/** The draft saved for this annotator and pair; undefined where there is none or it cannot be read. */
export function savedDraft(drawer: Drawer, annotator: string, pairId: string): SavedDraft | undefined {
  const text = drawer.getItem(key);
  if (text === null) return undefined;
  const parsed = savedSchema.safeParse(jsonOf(text));
  if (!parsed.success || parsed.data.annotator !== annotator || parsed.data.pairId !== pairId) return undefined;
  return { draft: parsed.data.draft, elapsedMs: parsed.data.elapsedMs };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
