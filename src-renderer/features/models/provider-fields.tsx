// The fields of a provider: where it is and how it is spoken to, its secret, its models, limits, patience and headers.
import { useId, type JSX, type ReactNode } from 'react';
import { useGo } from '../../lib/route.tsx';
import { Button } from '../../ui/button.tsx';
import { Field, TextArea, TextInput } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select, type Option } from '../../ui/select.tsx';
import { presets, withPreset } from './presets.ts';
import {
  withHeader,
  type DraftFaults,
  type DraftField,
  type HeaderDraft,
  type ProviderDraft,
} from './provider-draft.ts';
import css from './provider-fields.module.css';

export interface ProviderFieldsProps {
  readonly draft: ProviderDraft;
  readonly faults: DraftFaults;
  readonly isNew: boolean;
  readonly taken: readonly string[];
  /** Names of the vault's secrets. */
  readonly secrets: readonly string[];
  readonly onEdit: (part: Partial<ProviderDraft>) => void;
  /** Absent where the provider cannot be asked yet. */
  readonly onAskModels?: () => void;
}

const noSecret = '-';

export function ProviderFields(props: ProviderFieldsProps): JSX.Element {
  const { draft, faults, isNew, taken, secrets, onEdit, onAskModels } = props;
  const go = useGo();
  const text = (
    field: DraftField,
    label: string,
    more: { readonly help?: ReactNode; readonly placeholder?: string; readonly isNumber?: boolean } = {},
  ): JSX.Element => {
    const fault = faults.fields[field];
    return (
      <Field
        label={label}
        {...(more.help === undefined ? {} : { help: more.help })}
        {...(fault === undefined ? {} : { error: fault })}
      >
        {(ids) => (
          <TextInput
            {...ids}
            autoComplete="off"
            {...(more.isNumber === true ? { inputMode: 'decimal' } : {})}
            placeholder={more.placeholder}
            value={draft[field]}
            onChange={(event) => onEdit({ [field]: event.target.value })}
          />
        )}
      </Field>
    );
  };
  return (
    <div className={css.fields}>
      <Part title="Where it is">
        <div className={css.presets} role="group" aria-label="Fill in for">
          {presets.map((preset) => (
            <Button
              key={preset.name}
              aria-pressed={draft.url === preset.url && draft.dialect === preset.dialect}
              className={css.preset}
              onClick={() => onEdit(withPreset(draft, preset, { fixed: !isNew, taken }))}
            >
              {preset.title}
            </Button>
          ))}
        </div>
        {isNew
          ? text('name', 'Name', {
              help: 'Agents ask for NAME/MODEL. It stays as it is once the provider is added.',
              placeholder: 'openai',
            })
          : undefined}
        {text('url', 'Address', {
          help: 'Up to and with the version. Nothing secret is in it.',
          placeholder: 'https://api.openai.com/v1',
        })}
        <div className={css.pair}>
          <Choice title="It speaks as">
            <Segmented
              label="It speaks as"
              value={draft.dialect}
              onChange={(dialect) => onEdit({ dialect })}
              segments={[
                { value: 'openai', label: 'OpenAI' },
                { value: 'anthropic', label: 'Anthropic' },
              ]}
            />
          </Choice>
          {draft.dialect === 'openai' ? (
            <Choice title="Our agents use its">
              <Segmented
                label="Our agents use its"
                value={draft.api}
                onChange={(api) => onEdit({ api })}
                segments={[
                  { value: 'chat', label: 'chat completions' },
                  { value: 'responses', label: 'responses' },
                ]}
              />
            </Choice>
          ) : undefined}
        </div>
      </Part>
      <Part title="Its secret">
        <SecretField
          secret={draft.secret}
          secrets={secrets}
          fault={faults.fields.secret}
          onSecret={(secret) => onEdit({ secret })}
          onVault={() => go({ view: 'vault' })}
        />
      </Part>
      <Part title="Its models">
        <Field
          label="To offer, one a line"
          help="Others can be asked for all the same. These are in pickers and in what the gateway lists."
          {...(faults.fields.models === undefined ? {} : { error: faults.fields.models })}
        >
          {(ids) => (
            <TextArea
              {...ids}
              className={css.mono}
              rows={4}
              spellCheck={false}
              placeholder="gpt-4.1-mini"
              value={draft.models}
              onChange={(event) => onEdit({ models: event.target.value })}
            />
          )}
        </Field>
        {onAskModels === undefined ? undefined : (
          <div className={css.line}>
            <Button icon="listPane" onClick={onAskModels}>
              Ask it what it offers…
            </Button>
          </div>
        )}
      </Part>
      <Part title="Limits and patience">
        <div className={css.three}>
          {text('concurrency', 'Calls at once', { placeholder: 'any', isNumber: true })}
          {text('requestsPerMinute', 'Requests a minute', { placeholder: 'any', isNumber: true })}
          {text('tokensPerMinute', 'Tokens a minute', { placeholder: 'any', isNumber: true })}
        </div>
        <div className={css.three}>
          {text('timeout', 'Waits for an answer, s', { placeholder: '600', isNumber: true })}
          {text('tries', 'Tries in all', { placeholder: '3', isNumber: true })}
        </div>
        <p className={css.help}>
          Limits are kept by waiting, in the order of asking. A call is tried again on 408, 409, 429, 5xx and where the
          network fails; calls of the gateway’s clients are tried once.
        </p>
      </Part>
      <Part title="Further headers">
        <HeaderFields headers={draft.headers} faults={faults.headers} onChange={(headers) => onEdit({ headers })} />
      </Part>
    </div>
  );
}

function SecretField({
  secret,
  secrets,
  fault,
  onSecret,
  onVault,
}: {
  readonly secret: string;
  readonly secrets: readonly string[];
  readonly fault: string | undefined;
  readonly onSecret: (secret: string) => void;
  readonly onVault: () => void;
}): JSX.Element {
  const isUnknown = secret !== '' && !secrets.includes(secret);
  const options: readonly Option<string>[] = [
    { value: noSecret, label: 'None' },
    ...(isUnknown ? [{ value: secret, label: secret, detail: 'not in the vault yet' }] : []),
    ...secrets.map((name) => ({ value: name, label: name })),
  ];
  return (
    <Field
      label="Sent with each request"
      help={
        isUnknown
          ? `Add ${secret} to the vault; what is written here is kept meanwhile.`
          : 'Its name stands in atelier.json, its value in the vault alone.'
      }
      {...(fault === undefined ? {} : { error: fault })}
    >
      {({ id }) => (
        <div className={css.line}>
          <Select
            id={id}
            value={secret === '' ? noSecret : secret}
            options={options}
            onChange={(value) => onSecret(value === noSecret ? '' : value)}
          />
          <Button look="quiet" icon="plus" onClick={onVault}>
            Add a secret…
          </Button>
        </div>
      )}
    </Field>
  );
}

function HeaderFields({
  headers,
  faults,
  onChange,
}: {
  readonly headers: readonly HeaderDraft[];
  readonly faults: ReadonlyMap<number, string>;
  readonly onChange: (headers: readonly HeaderDraft[]) => void;
}): JSX.Element {
  const change = (id: number, part: Partial<HeaderDraft>): void =>
    onChange(headers.map((header) => (header.id === id ? { ...header, ...part } : header)));
  return (
    <>
      {headers.length === 0 ? undefined : (
        <ul className={css.headers}>
          {headers.map((header) => {
            const fault = faults.get(header.id);
            return (
              <li key={header.id} className={css.header}>
                <Field label="Name of the header" hideLabel {...(fault === undefined ? {} : { error: fault })}>
                  {(ids) => (
                    <TextInput
                      {...ids}
                      placeholder="openai-organization"
                      value={header.name}
                      onChange={(event) => change(header.id, { name: event.target.value })}
                    />
                  )}
                </Field>
                <Field label="Value of the header" hideLabel>
                  {(ids) => (
                    <TextInput
                      {...ids}
                      placeholder="its value"
                      value={header.value}
                      onChange={(event) => change(header.id, { value: event.target.value })}
                    />
                  )}
                </Field>
                <IconButton
                  icon="close"
                  label="Remove this header"
                  onClick={() => onChange(headers.filter(({ id }) => id !== header.id))}
                />
              </li>
            );
          })}
        </ul>
      )}
      <div className={css.line}>
        <Button look="quiet" icon="plus" onClick={() => onChange(withHeader(headers))}>
          {headers.length === 0 ? 'Add a header' : 'Another'}
        </Button>
        <span className={css.help}>Nothing secret: keys go into the vault.</span>
      </div>
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }): JSX.Element {
  const id = useId();
  return (
    <section className={css.part} aria-labelledby={id}>
      <h2 id={id} className={css.title}>
        {title}
      </h2>
      <div className={css.body}>{children}</div>
    </section>
  );
}

function Choice({ title, children }: { readonly title: string; readonly children: ReactNode }): JSX.Element {
  return (
    <div className={css.choice}>
      <span className={css.label} aria-hidden>
        {title}
      </span>
      {children}
    </div>
  );
}
