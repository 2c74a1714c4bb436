// Checks that no entry of the ledger was changed, taken out or put in, and says what came of it.
import { useState, type JSX } from 'react';
import type { LedgerCheck } from '#contract/egress';
import { useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { counted } from '../../lib/format.ts';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Id } from '../../ui/inspector.tsx';
import { Progress } from '../../ui/progress.tsx';
import css from './chain-check.module.css';

export type CheckState =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly check: LedgerCheck }
  | { readonly kind: 'failed'; readonly problem: ShownProblem };

export interface ChainCheck {
  readonly state: CheckState | undefined;
  readonly start: () => void;
  readonly clear: () => void;
}

export function useChainCheck(): ChainCheck {
  const { client } = useApi();
  const [state, setState] = useState<CheckState>();
  const start = (): void => {
    if (state?.kind === 'running') return;
    setState({ kind: 'running' });
    client.egress.check().then(
      (check) => setState({ kind: 'done', check }),
      (error: unknown) => setState({ kind: 'failed', problem: problemOf(error) }),
    );
  };
  useAction({ id: 'egress.check', title: 'Check the chain of the ledger', section: 'Ledger', keys: 'C', run: start });
  return { state, start, clear: () => setState(undefined) };
}

export function CheckResult({
  state,
  onClose,
}: {
  readonly state: CheckState;
  readonly onClose: () => void;
}): JSX.Element {
  return (
    <div className={css.result} data-kind={kindOf(state)} role="status">
      {state.kind === 'running' ? (
        <>
          <span>Checking every entry against the one before it…</span>
          <span className={css.bar}>
            <Progress value={undefined} label="Checking the chain" />
          </span>
        </>
      ) : (
        <>
          <Icon name={kindOf(state) === 'whole' ? 'ok' : 'error'} />
          <div className={css.text} data-selectable="">
            <Words state={state} />
          </div>
          <IconButton icon="close" label="Close the result" small onClick={onClose} />
        </>
      )}
    </div>
  );
}

function kindOf(state: CheckState): 'running' | 'whole' | 'broken' {
  if (state.kind === 'running') return 'running';
  return state.kind === 'done' && state.check.isWhole ? 'whole' : 'broken';
}

function Words({ state }: { readonly state: Exclude<CheckState, { readonly kind: 'running' }> }): JSX.Element {
  if (state.kind === 'failed') {
    return (
      <p>
        The chain could not be checked: {state.problem.sentence} {state.problem.hint}
      </p>
    );
  }
  const { check } = state;
  if (!check.isWhole) {
    return (
      <p>
        <strong>The chain is broken at entry {check.brokenAt.toLocaleString()}.</strong> {check.sentence}
      </p>
    );
  }
  if (check.entries === 0) return <p>The ledger is empty: there is nothing to check.</p>;
  return (
    <p>
      <strong>The chain is whole.</strong> {counted(check.entries, 'entry', 'entries')}, each as it was written. Keep
      the last hash elsewhere to prove later that none was taken away: <Id id={check.head} />
    </p>
  );
}
