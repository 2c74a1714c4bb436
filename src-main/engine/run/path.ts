// Names of places in a run: scopes, paths of nodes, keys of effects.

/** A node of a scope's step, for good: the same on every resume and replay. */
export function nodePath(scope: string, step: number, node: string): string {
  return `${scope}/${step}:${node}`;
}

/** What lies inside a node: its own graph (`index` absent), or an item or round of it. Tries after the first have scopes of their own. */
export function innerScope(path: string, tried: number, index?: number): string {
  return path + (tried > 1 ? `#${tried}` : '') + (index === undefined ? '' : `[${index}]`);
}

/** `ordinal` counts the effects of one try from 1; 0 is the question to the cache. */
export function effectKey(path: string, tried: number, ordinal: number): string {
  return `${path}#${tried}.${ordinal}`;
}

/** Path of the node that asked for an effect; a node's own path stays as it is. */
export function pathOfKey(key: string): string {
  const cut = key.lastIndexOf('#');
  return cut > key.lastIndexOf('/') && key.includes('.', cut) ? key.slice(0, cut) : key;
}

export function scopeOfPath(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function nodeOfPath(path: string): string {
  return path.slice(path.indexOf(':', path.lastIndexOf('/')) + 1);
}

/** Path of the node that a scope lies in; '' for the run's own. */
export function ownerOfScope(scope: string): string {
  return scope.replace(/(?:#\d+)?(?:\[\d+\])?$/u, '');
}

/** The names alone, without steps, items and tries: what the executions of one node have in common. "/4:fan[2]/1:each" is "fan/each". */
export function nodeNames(path: string): string {
  return path
    .split('/')
    .slice(1)
    .map((part) => ownerOfScope(part.slice(part.indexOf(':') + 1)))
    .join('/');
}

/** What no name of a node may hold, as it stands between the parts of a path. */
export const reservedInNames = /[/:#[\]]/u;
