// Whether the gateway is on, where it listens, and what can be done about that.
import type { JSX } from 'react';
import type { GatewayState } from '#contract/gateway';
import type { ShownProblem } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Menu } from '../../ui/menu.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { CopyButton } from '../../ui/transcript/copy-button.tsx';
import css from './gateway-bar.module.css';
import { addressOf } from './words.ts';

export interface GatewayBarProps {
  readonly state: GatewayState;
  readonly busy: boolean;
  /** Why it was not started or stopped just now. */
  readonly problem: ShownProblem | undefined;
  readonly onStart: () => void;
  readonly onStop: () => void;
  readonly onPort: () => void;
  readonly onSnippets: () => void;
}

export function GatewayBar(props: GatewayBarProps): JSX.Element {
  const { state, busy, problem, onStart, onStop, onPort, onSnippets } = props;
  const { address, isOn } = state;
  const isListening = address !== undefined;
  const why: ShownProblem | undefined =
    problem ?? (state.problem === undefined ? undefined : { code: 'CONFLICT', ...state.problem });
  return (
    <>
      <header className={css.bar} data-on={isListening}>
        <span className={css.icon}>
          <Icon name={isListening ? 'gateway' : isOn ? 'warn' : 'gateway'} size={20} />
        </span>
        <div className={css.text} data-selectable="">
          <h1 className={css.title}>
            {isListening ? 'The gateway is on' : isOn ? 'The gateway does not listen' : 'The gateway is off'}
          </h1>
          <p className={css.detail}>
            {isListening ? (
              <>
                <code>{address}</code>
                <CopyButton label="Copy address" text={() => address} />
              </>
            ) : isOn ? (
              `It is on, but not at ${addressOf(state)}.`
            ) : (
              `It would listen at ${addressOf(state)}, on this machine alone.`
            )}
          </p>
        </div>
        <Button icon="code" keys="C" onClick={onSnippets}>
          Snippets
        </Button>
        {isListening ? (
          <Button className={css.switch} icon="stop" keys="S" busy={busy} onClick={onStop}>
            Stop
          </Button>
        ) : (
          <Button className={css.switch} look="main" icon="play" keys="S" busy={busy} onClick={onStart}>
            {isOn ? 'Try again' : 'Start'}
          </Button>
        )}
        <Menu
          align="end"
          items={[
            { label: 'Change the port…', icon: 'edit', keys: 'P', onSelect: onPort },
            ...(isOn && !isListening ? [{ label: 'Turn it off', icon: 'stop' as const, onSelect: onStop }] : []),
          ]}
        >
          <IconButton icon="more" label="More" />
        </Menu>
      </header>
      {why === undefined ? undefined : (
        <div className={css.problem}>
          <ProblemNote {...(isListening ? {} : { title: 'Clients cannot reach it.' })} problem={why} />
          {isListening ? undefined : (
            <Button icon="edit" onClick={onPort}>
              Use another port…
            </Button>
          )}
        </div>
      )}
    </>
  );
}
