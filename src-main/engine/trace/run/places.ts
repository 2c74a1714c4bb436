// Where spans of a run hang: ids from the paths of its nodes and the keys of its effects, so that they are the same whenever they are made.

/** Of the run's own span; a path of a node begins with a slash. */
export const rootSpan = 'run';

/** The span of one try of a node. */
export function nodeSpan(scope: string, step: number, node: string, tries: number): string {
  return `${scope}/${step}:${node}${tries > 1 ? `#${tries}` : ''}`;
}

/** The span that a scope's nodes hang under: that of the node it lies in, which carries the number of its try. */
export function spanOfScope(scope: string): string {
  if (scope === '') return rootSpan;
  const item = /\[\d+\](#\d+)?$/.exec(scope);
  return item === null ? scope : scope.slice(0, item.index) + (item[1] ?? '');
}

/** Which item or round a scope is, from 0. */
export function itemOf(scope: string): number | undefined {
  const item = /\[(\d+)\](?:#\d+)?$/.exec(scope);
  return item === null ? undefined : Number(item[1]);
}

/** The span that an effect hangs under: the try of the node that asked for it. */
export function spanOfAsker(key: string): string {
  const asked = /#(\d+)\.\d+$/.exec(key);
  if (asked === null) return rootSpan;
  const path = key.slice(0, asked.index);
  return asked[1] === '1' ? path : `${path}#${asked[1]}`;
}

/** Whether an interrupt's id is the key of an effect (else it is the path of a node). */
export function isEffectKey(id: string): boolean {
  return /#\d+\.\d+$/.test(id);
}

/** The span above one by its id alone. */
export function spanAbove(id: string): string {
  const slash = id.lastIndexOf('/');
  return slash <= 0 ? rootSpan : spanOfScope(id.slice(0, slash));
}

/** Scope and node of a node's span. */
export function placeOfSpan(id: string): { readonly scope: string; readonly node: string } {
  const slash = id.lastIndexOf('/');
  const node = id.slice(slash + 1);
  return { scope: slash <= 0 ? '' : id.slice(0, slash), node: node.slice(node.indexOf(':') + 1).replace(/#\d+$/, '') };
}
