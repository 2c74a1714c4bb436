// Tries a model with one short call: what it says as it comes, how long it took, what it cost.
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type JSX, type ReactNode } from 'react';
import { ActionScope, useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { shortCount, shortDuration, shortMoney } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Combobox } from '../../ui/combobox.tsx';
import { Field, TextArea } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import css from './try-pane.module.css';
import type { Trial } from './trial.ts';
import type { TrialCall } from './use-trial.ts';

export interface TryPaneProps {
  readonly provider: string;
  /** Names that its settings offer, without the provider's. */
  readonly models: readonly string[];
  /** It can be asked which models it offers. */
  readonly canAsk: boolean;
  readonly trial: TrialCall;
}

const longestPrompt = 10_000;

export function TryPane({ provider, models, canAsk, trial: call }: TryPaneProps): JSX.Element {
  const { query } = useApi();
  const { trial, model, prompt, setModel, setPrompt, start, cancel } = call;
  const [isTried, setTried] = useState(false);
  const box = useRef<HTMLFormElement>(null);
  // Only when somebody says so: a question is a connection.
  const offered = useQuery({
    ...query.models.offered.queryOptions({ input: { provider }, meta: { live: false } }),
    enabled: false,
  });
  const isRunning = trial.state === 'running';
  const asked = model.trim();
  const fault = {
    model: asked === '' ? 'Say which model.' : undefined,
    prompt: prompt.trim() === '' ? 'Say something.' : undefined,
  };
  const submit = (): void => {
    if (isRunning) return;
    setTried(true);
    if (fault.model === undefined && fault.prompt === undefined) start(`${provider}/${asked}`, prompt);
    else requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
  };
  const names = [...new Set([...models, ...(offered.data ?? [])])];
  return (
    <ActionScope>
      <form
        ref={box}
        className={css.pane}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TryKeys isRunning={isRunning} onStart={submit} onCancel={cancel} />
        <div className={css.ask}>
          <Field
            label="Model"
            help={
              offered.error !== null
                ? `It could not be asked: ${problemOf(offered.error).sentence}`
                : offered.data === undefined
                  ? canAsk
                    ? 'Any name that the provider knows.'
                    : 'The name of a file in the folder models, or echo.'
                  : `It offers ${offered.data.length.toLocaleString()}.`
            }
            {...(isTried && fault.model !== undefined ? { error: fault.model } : {})}
          >
            {(ids) => (
              <div className={css.line}>
                <Combobox
                  {...ids}
                  className={css.model ?? ''}
                  listLabel={`Models of ${provider}`}
                  options={names}
                  value={model}
                  onChange={setModel}
                />
                {canAsk ? (
                  <Button
                    icon="refresh"
                    busy={offered.isFetching}
                    onClick={() => void offered.refetch()}
                    title={`Ask ${provider} which models it offers`}
                  >
                    Ask for its models
                  </Button>
                ) : undefined}
              </div>
            )}
          </Field>
          <Field label="Say to it" {...(isTried && fault.prompt !== undefined ? { error: fault.prompt } : {})}>
            {(ids) => (
              <TextArea
                {...ids}
                rows={3}
                maxLength={longestPrompt}
                value={prompt}
                onChange={(event) => setPrompt(event.target.value)}
              />
            )}
          </Field>
          <div className={css.line}>
            {/* Each its own: a press on one must not end on the other. */}
            {isRunning ? (
              <Button key="cancel" className={css.go} icon="stop" keys="Mod+." onClick={cancel}>
                Cancel
              </Button>
            ) : (
              <Button key="try" className={css.go} look="main" icon="play" type="submit" keys="Mod+Enter">
                Try it
              </Button>
            )}
            <span className={css.note}>
              {canAsk
                ? 'One real call with the saved settings. It counts in budgets and the ledger.'
                : 'It answers by rules: nothing leaves this machine.'}
            </span>
          </div>
        </div>
        <Figures trial={trial} />
        <Answer trial={trial} />
      </form>
    </ActionScope>
  );
}

function TryKeys({
  isRunning,
  onStart,
  onCancel,
}: {
  readonly isRunning: boolean;
  readonly onStart: () => void;
  readonly onCancel: () => void;
}): undefined {
  const section = 'Models';
  useAction({
    id: 'models.call',
    title: 'Call the model',
    section,
    keys: 'Mod+Enter',
    enabled: !isRunning,
    run: onStart,
  });
  useAction({
    id: 'models.cancel',
    title: 'Cancel the call',
    section,
    keys: 'Mod+.',
    enabled: isRunning,
    run: onCancel,
  });
  return undefined;
}

/** In their places before there is anything to say. */
function Figures({ trial }: { readonly trial: Trial }): JSX.Element {
  const { state, done, startedAt, firstAt } = trial;
  const firstMs =
    done?.firstTokenMs ?? (firstAt === undefined || startedAt === undefined ? undefined : firstAt - startedAt);
  const words: Readonly<Record<Trial['state'], string>> = {
    none: 'Not tried yet',
    running: 'Answering…',
    done: `Stopped: ${done?.stop ?? ''}`,
    failed: 'Failed',
    cancelled: 'Cancelled',
  };
  return (
    <dl className={css.figures} data-state={state}>
      <Figure name="State">
        <span role="status">{words[state]}</span>
      </Figure>
      <Figure name="First word">{firstMs === undefined ? '–' : shortDuration(firstMs)}</Figure>
      <Figure name="In all">
        {done !== undefined ? (
          shortDuration(done.ms)
        ) : state === 'running' && startedAt !== undefined ? (
          <Since at={startedAt} />
        ) : (
          '–'
        )}
      </Figure>
      <Figure name="Tokens">
        {done === undefined ? '–' : `${shortCount(done.inputTokens)} in, ${shortCount(done.outputTokens)} out`}
      </Figure>
      <Figure name="Cost">
        {done === undefined ? (
          '–'
        ) : done.costUsd === undefined ? (
          <span title="No price is known for this model: see Prices.">not known</span>
        ) : (
          <span title={`$${done.costUsd}`}>{shortMoney(done.costUsd)}</span>
        )}
      </Figure>
    </dl>
  );
}

function Figure({ name, children }: { readonly name: string; readonly children: ReactNode }): JSX.Element {
  return (
    <div className={css.figure}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const tickMs = 250;

function Since({ at }: { readonly at: number }): string {
  return shortDuration(Math.floor(Math.max(0, useNow(tickMs) - at) / 100) * 100 || 1);
}

function Answer({ trial }: { readonly trial: Trial }): JSX.Element {
  const { state, text, reasoning, problem } = trial;
  return (
    // It scrolls, and nothing in it takes the focus.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={css.answer} role="region" aria-label="Answer" aria-busy={state === 'running'} tabIndex={0}>
      {reasoning === '' ? undefined : (
        <section className={css.reasoning} aria-label="Reasoning">
          <h3 className={css.label}>Reasoning</h3>
          <p className={css.text}>{shownText(reasoning)}</p>
        </section>
      )}
      {text === '' ? undefined : <p className={css.text}>{shownText(text)}</p>}
      {problem === undefined ? undefined : <ProblemNote title="The call failed." problem={problem} />}
      {text === '' && reasoning === '' && problem === undefined ? (
        <p className={css.none}>
          {state === 'running'
            ? 'Waiting for the first word…'
            : state === 'done'
              ? 'It answered without a word.'
              : state === 'cancelled'
                ? 'Nothing had been said.'
                : 'The answer comes here, as it is said.'}
        </p>
      ) : undefined}
    </div>
  );
}
