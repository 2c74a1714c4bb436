// Where something in a run stands: paths of executions, and the node of the graph that each belongs to.

/** What may follow a node's name in a path: the item or round, the try. */
const marks = /(?:\[\d+\]|#\d+)+$/;

/** Path of an execution, as the journal writes it. */
export function pathOf(scope: string, step: number, node: string): string {
  return `${scope}/${step}:${node}`;
}

/** Path of the execution that asked for the effect with this key. */
export function pathOfKey(key: string): string {
  return key.replace(/#\d+\.\d+$/, '');
}

/**
 * The graph's node that a scope or execution belongs to, as names from the outermost in: "/4:fan[2]/1:draft" is "fan/draft";
 * '' is the run itself.
 */
export function nodeIdOf(path: string): string {
  return partsOf(path)
    .map((part) => part.replace(marks, ''))
    .join('/');
}

/** The executions that a path leads through, outermost first, without their steps: "/4:fan[2]/1:draft" is "fan[2]", "draft". */
export function partsOf(path: string): readonly string[] {
  return path
    .split(/\/(?=\d+:)/)
    .slice(1)
    .map((part) => part.slice(part.indexOf(':') + 1));
}

/** A node of the graph by its scope's node and its own name. */
export function nodeIdIn(scope: string, node: string): string {
  return scope === '' ? node : `${nodeIdOf(scope)}/${node}`;
}

/** The execution that holds the scope: "/4:fan[2]" is held by "/4:fan". */
export function hostOf(scope: string): string {
  return scope.replace(marks, '');
}

/** How many scopes a scope lies in. */
export function depthOf(scope: string): number {
  return partsOf(scope).length;
}

/** An edge of the graph as it is counted: the scope's node, from, to. */
export function edgeIdOf(scopeId: string, from: string, to: string): string {
  return `${scopeId}|${from}>${to}`;
}
