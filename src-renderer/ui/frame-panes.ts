// What is remembered of a frame: how wide its panes are and which are folded.
import { keep, readKept } from '../lib/kept.ts';

export interface Pane {
  readonly open: boolean;
  /** px */
  readonly size: number;
}

export interface Panes {
  readonly list: Pane;
  readonly inspector: Pane;
}

const usual: Panes = { list: { open: true, size: 300 }, inspector: { open: true, size: 300 } };
const storageKey = (id: string): string => `atelier.frame.${id}`;

export function readPanes(id: string): Panes {
  const value = readKept(localStorage, storageKey(id));
  if (typeof value !== 'object' || value === null) return usual;
  return {
    list: 'list' in value && isPane(value.list) ? value.list : usual.list,
    inspector: 'inspector' in value && isPane(value.inspector) ? value.inspector : usual.inspector,
  };
}

export function savePanes(id: string, panes: Panes): void {
  keep(localStorage, storageKey(id), panes);
}

function isPane(value: unknown): value is Pane {
  if (typeof value !== 'object' || value === null || !('open' in value) || !('size' in value)) return false;
  return typeof value.open === 'boolean' && typeof value.size === 'number' && Number.isFinite(value.size);
}
