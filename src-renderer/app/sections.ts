// Actions by their sections: what belongs to the screen comes before what is there everywhere.
import type { Action } from '../lib/actions.tsx';

const everywhere = new Set(['Go', 'View', 'Workspace', 'Window']);

export function bySection(
  actions: readonly Action[],
): readonly (readonly [section: string, actions: readonly Action[]])[] {
  return [...Map.groupBy(actions, (action) => action.section)].toSorted(
    ([one], [two]) => Number(everywhere.has(one)) - Number(everywhere.has(two)),
  );
}
