// What to suggest where a name is unknown: the one that was probably meant, or those there are.
import { nearest } from '../nearest.ts';

/** So many names are told where none is near. */
const most = 8;

/** 'Did you mean "check"?' or, where nothing is near, what there is; `none` where there is nothing. */
export function didYouMean(name: string, names: readonly string[], none: string): string {
  const near = nearest(name, names);
  if (near !== undefined) return `Did you mean "${near}"?`;
  if (names.length === 0) return none;
  const shown = names.slice(0, most).map((one) => `"${one}"`);
  return `There ${names.length === 1 ? 'is' : 'are'}: ${shown.join(', ')}${names.length > shown.length ? ' …' : ''}.`;
}
