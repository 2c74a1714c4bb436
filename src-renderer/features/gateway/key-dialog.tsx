// A new key, or what an old one may do from now on.
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type JSX } from 'react';
import type { GatewayKey, GatewayState } from '#contract/gateway';
import { useApi } from '../../lib/api.tsx';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import css from './dialogs.module.css';
import { draftOfKey, emptyKey, keySettingsOf, withScope, type KeyDraft } from './key-draft.ts';
import { useGatewayAsk } from './use-gateway.ts';
import { modeHelp, modeNames, scopeWords } from './words.ts';

export interface KeyDialogProps {
  readonly state: GatewayState;
  /** Absent: a new one. */
  readonly gatewayKey?: GatewayKey;
  /** Shown this once. */
  readonly onMade: (made: { readonly id: string; readonly key: string }) => void;
  readonly onChanged: (label: string) => void;
  readonly onClose: () => void;
}

const whichever = '-';
type NumberField = 'concurrency' | 'requestsPerMinute' | 'tokensPerMinute' | 'dayTokens' | 'dayUsd';

export function KeyDialog({ state, gatewayKey, onMade, onChanged, onClose }: KeyDialogProps): JSX.Element {
  const [draft, setDraft] = useState(() => (gatewayKey === undefined ? emptyKey : draftOfKey(gatewayKey.settings)));
  const [isTried, setTried] = useState(false);
  const box = useRef<HTMLFormElement>(null);
  const { busy, problem, ask } = useGatewayAsk();
  const result = keySettingsOf(draft);
  const faults = isTried && !result.ok ? result.faults : {};
  const edit = (part: Partial<KeyDraft>): void => setDraft({ ...draft, ...part });
  const save = async (): Promise<void> => {
    if (busy) return;
    setTried(true);
    if (!result.ok) {
      requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
      return;
    }
    const { settings } = result;
    if (gatewayKey === undefined) {
      const made = await ask(
        (gateway) => gateway.createKey(settings),
        (answer) => answer.state,
      );
      if (made !== undefined) onMade({ id: made.id, key: made.key });
      return;
    }
    const next = await ask(
      (gateway) => gateway.updateKey({ id: gatewayKey.id, settings }),
      (answer) => answer,
    );
    if (next !== undefined) onChanged(settings.label);
  };
  const number = (field: NumberField, label: string): JSX.Element => {
    const fault = faults[field];
    return (
      <Field label={label} {...(fault === undefined ? {} : { error: fault })}>
        {(ids) => (
          <TextInput
            {...ids}
            inputMode="decimal"
            placeholder="no limit"
            value={draft[field]}
            onChange={(event) => edit({ [field]: event.target.value })}
          />
        )}
      </Field>
    );
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={gatewayKey === undefined ? 'New key' : `Edit ${gatewayKey.settings.label}`}
      description={
        gatewayKey === undefined
          ? 'It opens this gateway and nothing else. Real keys stay in the vault.'
          : 'What it may do from now on. The key itself stays as it is.'
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" icon={gatewayKey === undefined ? 'key' : 'check'} busy={busy} onClick={() => void save()}>
            {gatewayKey === undefined ? 'Make the key' : 'Save'}
          </Button>
        </>
      }
    >
      <form
        ref={box}
        className={css.form}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label="Label"
          help="Who gets it. Requests, costs and the ledger are told by it."
          {...(faults.label === undefined ? {} : { error: faults.label })}
        >
          {(ids) => (
            <TextInput
              {...ids}
              placeholder="notebook"
              value={draft.label}
              onChange={(event) => edit({ label: event.target.value })}
            />
          )}
        </Field>
        <fieldset className={css.group}>
          <legend className={css.legend}>It may</legend>
          {scopeWords.map(({ scope, name, help }) => (
            <div key={scope} className={css.scope}>
              <Checkbox
                checked={draft.scopes.includes(scope)}
                onChange={(isOn) => edit({ scopes: withScope(draft.scopes, scope, isOn) })}
              >
                {name}
              </Checkbox>
              <span className={css.help}>{help}</span>
            </div>
          ))}
          {faults.scopes === undefined ? undefined : (
            <p className={css.error} role="alert">
              {faults.scopes}
            </p>
          )}
        </fieldset>
        <div className={css.choice}>
          <span className={css.legend} aria-hidden>
            How it is answered
          </span>
          <Segmented
            label="How it is answered"
            value={draft.mode}
            onChange={(mode) => edit({ mode })}
            segments={(['record', 'replay-then-live', 'replay'] as const).map((value) => ({
              value,
              label: modeNames[value],
            }))}
          />
          <p className={css.help}>{modeHelp[draft.mode]}</p>
        </div>
        <ProviderField state={state} value={draft.provider} onChange={(provider) => edit({ provider })} />
        <fieldset className={css.group}>
          <legend className={css.legend}>Limits, and a budget for each day</legend>
          <div className={css.numbers}>
            {number('concurrency', 'Calls at once')}
            {number('requestsPerMinute', 'Requests a minute')}
            {number('tokensPerMinute', 'Tokens a minute')}
            {number('dayTokens', 'Tokens a day')}
            {number('dayUsd', 'Dollars a day')}
          </div>
        </fieldset>
        {problem === undefined ? undefined : (
          <ProblemNote
            title={gatewayKey === undefined ? 'No key was made.' : 'Nothing was changed.'}
            problem={problem}
          />
        )}
        <input type="submit" hidden />
      </form>
    </Dialog>
  );
}

function ProviderField({
  state,
  value,
  onChange,
}: {
  readonly state: GatewayState;
  readonly value: string;
  readonly onChange: (provider: string) => void;
}): JSX.Element {
  const { query } = useApi();
  const models = useQuery(query.models.state.queryOptions());
  const isGone = value !== '' && !state.providers.includes(value);
  const hasNone = models.data !== undefined && models.data.providers.length === 0;
  return (
    <Field
      label="Provider, where the model names none"
      help={
        hasNone
          ? 'No provider is set up yet: until there is one, only scripted/… answers.'
          : 'A request for “openai/gpt-5” goes to openai whatever stands here.'
      }
    >
      {({ id }) => (
        <div>
          <Select
            id={id}
            value={value === '' ? whichever : value}
            onChange={(next) => onChange(next === whichever ? '' : next)}
            options={[
              { value: whichever, label: 'The first of the request’s dialect' },
              ...(isGone ? [{ value, label: value, detail: 'is gone' }] : []),
              ...state.providers.map((name) => ({ value: name, label: name })),
            ]}
          />
        </div>
      )}
    </Field>
  );
}
