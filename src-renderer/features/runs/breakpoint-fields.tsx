// The breakpoints of a node: before, after, and on which condition.
import { useState, type JSX } from 'react';
import type { Breakpoint } from '#contract/run';
import { parseJson } from '../../lib/json-text.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import { Select } from '../../ui/select.tsx';
import { withBreakpoint } from './breakpoints.ts';
import css from './breakpoint-fields.module.css';

export interface BreakpointFieldsProps {
  readonly node: string;
  /** Of the whole run. */
  readonly breakpoints: readonly Breakpoint[];
  readonly onChange: (breakpoints: readonly Breakpoint[]) => void;
}

type Condition = NonNullable<Breakpoint['condition']>;
type Test = Condition['is'];
const tests: readonly { readonly value: Test; readonly label: string }[] = [
  { value: '=', label: 'is' },
  { value: '!=', label: 'is not' },
  { value: '<', label: 'is less than' },
  { value: '>', label: 'is more than' },
  { value: 'exists', label: 'is there' },
  { value: 'missing', label: 'is missing' },
];

export function BreakpointFields({ node, breakpoints, onChange }: BreakpointFieldsProps): JSX.Element {
  return (
    <div className={css.fields}>
      {(['before', 'after'] as const).map((when) => {
        const known = breakpoints.find((one) => one.node === node && one.when === when);
        return (
          <div key={when} className={css.field}>
            <Checkbox
              checked={known !== undefined}
              onChange={(on) => onChange(withBreakpoint(breakpoints, node, when, on ? { when, node } : undefined))}
            >
              Stop {when} it
            </Checkbox>
            {known === undefined ? undefined : (
              <ConditionField
                key={JSON.stringify(known.condition)}
                condition={known.condition}
                onChange={(condition) =>
                  onChange(
                    withBreakpoint(breakpoints, node, when, {
                      when,
                      node,
                      ...(condition === undefined ? {} : { condition }),
                    }),
                  )
                }
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

function ConditionField({
  condition,
  onChange,
}: {
  readonly condition: Condition | undefined;
  readonly onChange: (condition: Condition | undefined) => void;
}): JSX.Element {
  const [isOpen, setOpen] = useState(condition !== undefined);
  const [path, setPath] = useState(condition?.path ?? '');
  const [is, setIs] = useState<Test>(condition?.is ?? '=');
  const [text, setText] = useState(condition?.value === undefined ? '' : JSON.stringify(condition.value));
  const [fault, setFault] = useState<string>();
  const needsValue = is !== 'exists' && is !== 'missing';
  if (!isOpen) {
    return (
      <Button look="quiet" icon="plus" className={css.add} onClick={() => setOpen(true)}>
        Condition
      </Button>
    );
  }
  const save = (): void => {
    if (path.trim() === '') return setFault('Name a key of the state.');
    if (!needsValue) return onChange({ path: path.trim(), is });
    // What is no JSON is meant as a text.
    const parsed = parseJson(text);
    onChange({ path: path.trim(), is, value: parsed.ok ? parsed.value : text });
  };
  return (
    <form
      className={css.condition}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Field label="Where the state’s" {...(fault === undefined ? {} : { error: fault })}>
        {(ids) => (
          <TextInput
            {...ids}
            placeholder="order.total"
            value={path}
            onChange={(event) => {
              setPath(event.target.value);
              setFault(undefined);
            }}
          />
        )}
      </Field>
      <div className={css.test}>
        <Select label="Comparison" value={is} onChange={setIs} options={tests} />
        {needsValue ? (
          <TextInput
            aria-label="Value"
            placeholder="100"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        ) : undefined}
      </div>
      <div className={css.test}>
        <Button type="submit">Set condition</Button>
        <Button
          look="quiet"
          onClick={() => {
            setOpen(false);
            if (condition !== undefined) onChange(undefined);
          }}
        >
          Always stop
        </Button>
      </div>
    </form>
  );
}
