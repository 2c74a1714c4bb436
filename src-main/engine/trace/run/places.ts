// Where spans of a run hang: ids from the paths of its nodes and the keys of its effects, so that they are the same whenever they are made.
import { innerScope, nodeOfPath, nodePath, ownerOfScope, pathOfKey, scopeOfPath } from '../../run/path.ts';

/** Of the run's own span; a path of a node begins with a slash. */
export const rootSpan = 'run';

/** The span of one try of a node: what lies in that try is in a scope that begins with this. */
export function nodeSpan(scope: string, step: number, node: string, tried: number): string {
  return innerScope(nodePath(scope, step, node), tried);
}

/** The span that a scope's nodes hang under. */
export function spanOfScope(scope: string): string {
  return scope === '' ? rootSpan : scope.replace(/\[\d+\]$/u, '');
}

/** Which item or round a scope is, from 0. */
export function itemOf(scope: string): number | undefined {
  const item = /\[(\d+)\]$/u.exec(scope);
  return item === null ? undefined : Number(item[1]);
}

/** The span that an effect hangs under: the try of the node that asked for it. */
export function spanOfAsker(key: string): string {
  const tried = /#(\d+)\.\d+$/u.exec(key);
  return tried === null ? rootSpan : innerScope(pathOfKey(key), Number(tried[1]));
}

/** Whether an interrupt's id is the key of an effect (else it is the path of a node). */
export function isEffectKey(id: string): boolean {
  return pathOfKey(id) !== id;
}

/** Of a node's span, by its id alone: the scope it lies in, its node and the span above. */
export function placeOf(span: string): { readonly scope: string; readonly node: string; readonly above: string } {
  const scope = scopeOfPath(span);
  return { scope, node: ownerOfScope(nodeOfPath(span)), above: spanOfScope(scope) };
}
