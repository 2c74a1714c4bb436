// What a name of an annotator may be: something that people can tell from other names by sight.
import { describe, expect, it } from 'vitest';
import { annotatorNameSchema, labelInputSchema } from '#contract/label';
import { pairFilterSchema } from '#contract/pair';

const takes = (name: string): boolean => annotatorNameSchema.safeParse(name).success;

describe('a name of an annotator', () => {
  it('may be of any script, and of emoji', () => {
    for (const name of ['Ada', 'Zoë Ångström', '李雷', 'שרה', 'مريم', '👩‍💻', '7', "O'Brien-Smith (QA)"])
      expect(takes(name)).toBe(true);
  });

  it('is refused where it hides, turns around or breaks the line', () => {
    for (const name of ['\u200b', '\u2060\ufeff', 'a\u0000b', 'a\nb', '\u001b[31mred', '\u202egnp.exe', 'x\u2066y'])
      expect(takes(name)).toBe(false);
  });
});

describe('bounds', () => {
  it('no label takes longer than a day', () => {
    const label = { pairId: 'p', annotator: 'Ada', choice: 'a', strength: 1, tags: [], swapped: false };
    expect(labelInputSchema.safeParse({ ...label, elapsedMs: 4_000 }).success).toBe(true);
    expect(labelInputSchema.safeParse({ ...label, elapsedMs: 1e308 }).success).toBe(false);
  });

  it('a filter names no more groups than the database can be asked for', () => {
    const groups = (count: number) => Array.from({ length: count }, (_, index) => `task ${index}`);
    expect(pairFilterSchema.safeParse({ group: groups(10_000) }).success).toBe(true);
    expect(pairFilterSchema.safeParse({ group: groups(10_001) }).success).toBe(false);
  });
});
