// How this person looks at pairs: kept on this machine, not in the workspace.
import { useCallback, useState } from 'react';
import { z } from 'zod';

const settingsSchema = z.object({
  /** Sides one above the other; absent: as the width allows. */
  stacked: z.boolean().exactOptional(),
  /** Words that stand on one side only are marked. */
  diff: z.boolean(),
  /** Both sides scroll together. */
  sync: z.boolean(),
  /** A choice is sent at once, without Enter. */
  atOnce: z.boolean(),
});
export type ViewSettings = z.infer<typeof settingsSchema>;

const key = 'atelier.prefer.view';
const usual: ViewSettings = { diff: false, sync: true, atOnce: false };

/** The settings and a way to change some of them. */
export function useViewSettings(): readonly [ViewSettings, (change: Partial<ViewSettings>) => void] {
  const [settings, setSettings] = useState(read);
  const change = useCallback((part: Partial<ViewSettings>) => {
    setSettings((now) => {
      const next = { ...now, ...part };
      localStorage.setItem(key, JSON.stringify(next));
      return next;
    });
  }, []);
  return [settings, change];
}

function read(): ViewSettings {
  const text = localStorage.getItem(key);
  if (text === null) return usual;
  try {
    const parsed = settingsSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : usual;
  } catch (error) {
    if (error instanceof SyntaxError) return usual;
    throw error;
  }
}
