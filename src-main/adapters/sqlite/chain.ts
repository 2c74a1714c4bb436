// Finding where a stored chain ends: turns and residues are stored link by link, each below a stored one.

/**
 * How many links of a chain are stored. A link is stored only below stored ones, so the stored links are the first ones; usually nearly
 * all of them, so the search starts at the end. Calls `isStored` O(log of the unstored) times.
 */
export function storedLength(length: number, isStored: (index: number) => boolean): number {
  let unstored = length;
  let step = 1;
  let stored = 0;
  while (unstored > 0) {
    const index = Math.max(0, unstored - step);
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
