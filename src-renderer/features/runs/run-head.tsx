// The head of a run: its status, what it waits for, and what can be done to it.
import type { JSX } from 'react';
import type { RunStatus, RunSummary } from '#contract/run';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import type { IconName } from '../../ui/icons.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import type { Refusals } from './controls.ts';
import { WakeTime } from './countdown.tsx';
import { runKeys } from './run-keys.ts';
import { StatusBadge } from './status-mark.tsx';
import { runTitle } from './words.ts';
import css from './run-head.module.css';

export interface RunHeadProps {
  readonly run: RunSummary;
  readonly status: RunStatus;
  readonly refusals: Refusals;
  /** When it wakes by itself (epoch ms). */
  readonly wakeAt: number | undefined;
  /** Open questions that a person must answer. */
  readonly asked: number;
  readonly more: readonly MenuItem[];
  readonly onPauseOrResume: () => void;
  readonly onStep: () => void;
  readonly onCancel: () => void;
  readonly onFork: () => void;
  readonly onReplay: () => void;
  readonly onCompare: () => void;
  readonly onAnswer: () => void;
}

export function RunHead(props: RunHeadProps): JSX.Element {
  const { run, status, refusals, asked, more } = props;
  const canPause = refusals.pause === undefined;
  return (
    <header className={css.head}>
      <StatusBadge status={status} />
      <h1 className={css.title} title={run.title}>
        <span className={css.agent}>{run.agent}</span>
        {shownText(runTitle(run))}
      </h1>
      {status === 'sleeping' && props.wakeAt !== undefined ? (
        <span className={css.wake}>
          <WakeTime until={props.wakeAt} />
        </span>
      ) : undefined}
      {asked > 0 ? (
        <Button look="main" icon="user" keys={runKeys.answer} onClick={props.onAnswer}>
          {asked === 1 ? 'Answer' : `Answer ${asked}`}
        </Button>
      ) : undefined}
      <div className={css.controls} role="group" aria-label="Controls of the run">
        <Control
          icon={canPause ? 'pause' : 'play'}
          label={canPause ? 'Pause' : 'Go on'}
          keys={runKeys.pause}
          refusal={canPause ? undefined : refusals.resume}
          onClick={props.onPauseOrResume}
        />
        <Control icon="step" label="One step" keys={runKeys.step} refusal={refusals.step} onClick={props.onStep} />
        <Control icon="stop" label="Cancel" keys={runKeys.cancel} refusal={refusals.cancel} onClick={props.onCancel} />
        <Control
          icon="branch"
          label="Fork at the step"
          keys={runKeys.fork}
          refusal={refusals.fork}
          onClick={props.onFork}
        />
        <Control
          icon="replay"
          label="Replay"
          keys={runKeys.replay}
          refusal={refusals.replay}
          onClick={props.onReplay}
        />
        <Control
          icon="columns"
          label="Compare with…"
          keys={runKeys.compare}
          refusal={undefined}
          onClick={props.onCompare}
        />
      </div>
      <Menu items={more} align="end">
        <IconButton icon="more" label="More" />
      </Menu>
    </header>
  );
}

interface ControlProps {
  readonly icon: IconName;
  readonly label: string;
  readonly keys: string;
  /** Why it is not possible now. */
  readonly refusal: string | undefined;
  readonly onClick: () => void;
}

/** Stays reachable where it is off, so that it can say why. */
function Control({ icon, label, keys, refusal, onClick }: ControlProps): JSX.Element {
  return (
    <IconButton
      icon={icon}
      label={refusal === undefined ? label : `${label}: ${refusal}`}
      keys={keys}
      className={css.control}
      aria-disabled={refusal !== undefined}
      onClick={refusal === undefined ? onClick : undefined}
    />
  );
}
