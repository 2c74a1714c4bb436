// Finding where a stored chain ends: turns and residues are stored link by link, each below a stored one.

/**
 * How many links of a chain are stored. A link is stored only below stored ones, so the stored links are the first ones; usually nearly
 * all of them or none, so the search looks at the first one and then from the end. Calls `isStored` O(log of the unstored) times.
 */
export function storedLength(length: number, isStored: (index: number) => boolean): number {
  if (length === 0 || !isStored(0)) return 0;
  let unstored = length;
  let step = 1;
  let stored = 1;
  while (unstored > stored) {
    const index = Math.max(stored, unstored - step);
    if (isStored(index)) {
      stored = index + 1;
      break;
    }
    unstored = index;
    step *= 2;
  }
  while (stored < unstored) {
    const middle = (stored + unstored) >> 1;
    if (isStored(middle)) stored = middle + 1;
    else unstored = middle;
  }
  return stored;
}
