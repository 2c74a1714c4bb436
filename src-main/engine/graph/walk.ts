// Walks a syntax tree without recursion.
import type { Node } from 'oxc-parser';

/** Every node below `root` and `root` itself, in the order of the text; not below those for which `enter` is false. */
export function walk(root: Node, enter: (node: Node) => boolean): void {
  const stack: Node[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (!enter(node)) continue;
    const children: Node[] = [];
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) {
        for (const one of value) if (isNode(one)) children.push(one);
      } else if (isNode(value)) children.push(value);
    }
    for (let at = children.length - 1; at >= 0; at--) {
      const child = children[at];
      if (child !== undefined) stack.push(child);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
