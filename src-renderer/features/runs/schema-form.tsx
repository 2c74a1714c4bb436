// A form made from a schema: a control for every field that can have one, JSON text for the rest; what is wrong stands at the field.
import type { JSX, ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field, TextArea, TextInput } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Select } from '../../ui/select.tsx';
import { draftOf, isDraftGroup, isDraftList, join, type Draft, type FormErrors } from './form-draft.ts';
import type { FormField } from './form-model.ts';
import css from './schema-form.module.css';

export interface SchemaFormProps {
  readonly field: FormField;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly errors: FormErrors;
  /** Where the field stands in the whole form. */
  readonly path?: string;
  /** Shown instead of the field's own label; '' for none. */
  readonly label?: string;
}

const unset = '-';

export function SchemaForm(props: SchemaFormProps): JSX.Element {
  const { field, draft, onChange, errors, path = '', label = field.label } = props;
  const error = errors.get(path);
  // What is left out then has its initial value: that is no other choice.
  const isOptional = !field.required && field.initial === undefined;
  const shown = path === '' && label === '' ? 'Answer' : label;
  const about = {
    label: isOptional ? `${shown} (optional)` : shown,
    ...(field.help === undefined ? {} : { help: field.help }),
    ...(error === undefined ? {} : { error }),
  };
  const text = typeof draft === 'string' ? draft : '';
  switch (field.kind) {
    case 'text':
      return (
        <Field {...about}>
          {(ids) =>
            field.lines === 'many' ? (
              <TextArea
                {...ids}
                className={css.text}
                rows={1}
                value={text}
                onChange={(event) => onChange(event.target.value)}
              />
            ) : (
              <TextInput {...ids} value={text} onChange={(event) => onChange(event.target.value)} />
            )
          }
        </Field>
      );
    case 'number':
      return (
        <Field {...about}>
          {(ids) => (
            <TextInput
              {...ids}
              className={css.number}
              inputMode={field.isWhole ? 'numeric' : 'decimal'}
              value={text}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </Field>
      );
    case 'boolean':
      if (!isOptional) {
        return (
          <div className={css.check}>
            <Checkbox checked={draft === true} onChange={onChange}>
              {shown}
            </Checkbox>
            {field.help === undefined ? undefined : <p className={css.help}>{field.help}</p>}
          </div>
        );
      }
      return (
        <Field {...about}>
          {({ id }) => (
            <Select
              id={id}
              value={draft === undefined ? unset : draft === true ? 'yes' : 'no'}
              onChange={(value) => onChange(value === unset ? undefined : value === 'yes')}
              options={[
                { value: unset, label: 'Not set' },
                { value: 'yes', label: 'Yes' },
                { value: 'no', label: 'No' },
              ]}
            />
          )}
        </Field>
      );
    case 'choice':
      return (
        <Field {...about}>
          {({ id }) => (
            <Select
              id={id}
              value={text === '' ? (isOptional ? unset : undefined) : text}
              placeholder="Choose one"
              onChange={(value) => onChange(value === unset ? undefined : value)}
              options={[
                ...(isOptional ? [{ value: unset, label: 'Not set' }] : []),
                ...field.values.map((value, index) => ({
                  value: String(index),
                  label: typeof value === 'string' ? value : JSON.stringify(value),
                })),
              ]}
            />
          )}
        </Field>
      );
    case 'json':
      return (
        <Field {...about} help={field.help ?? 'Written as JSON.'}>
          {(ids) => (
            <TextArea
              {...ids}
              className={css.json}
              spellCheck={false}
              rows={4}
              value={text}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </Field>
      );
    case 'list':
      return <ListField {...props} label={about.label} field={field} error={error} />;
    case 'group':
      return <GroupField {...props} label={label} field={field} error={error} />;
  }
}

type Kind<K extends FormField['kind']> = Extract<FormField, { kind: K }>;

function ListField(
  props: SchemaFormProps & { readonly field: Kind<'list'>; readonly label: string; readonly error: string | undefined },
): JSX.Element {
  const { field, draft, onChange, errors, path = '', label, error } = props;
  const items = isDraftList(draft) ? draft : [];
  return (
    <Group label={label} help={field.help} error={error}>
      {items.map((item, index) => (
        // Items have no name but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} className={css.item}>
          <SchemaForm
            field={field.item}
            draft={item}
            errors={errors}
            path={join(path, String(index))}
            label={field.item.label === '' ? `${index + 1}.` : `${index + 1}. ${field.item.label}`}
            onChange={(next) => onChange(items.with(index, next))}
          />
          <IconButton icon="close" label={`Remove ${index + 1}.`} onClick={() => onChange(items.toSpliced(index, 1))} />
        </div>
      ))}
      <Button
        icon="plus"
        className={css.add}
        disabled={items.length >= (field.max ?? Number.POSITIVE_INFINITY)}
        onClick={() => onChange([...items, draftOf(field.item)])}
      >
        Add
      </Button>
    </Group>
  );
}

function GroupField(
  props: SchemaFormProps & {
    readonly field: Kind<'group'>;
    readonly label: string;
    readonly error: string | undefined;
  },
): JSX.Element {
  const { field, draft, onChange, errors, path = '', label, error } = props;
  const members = isDraftGroup(draft) ? draft : {};
  const fields = field.members.map(([name, member]) => (
    <SchemaForm
      key={name}
      field={member}
      draft={members[name]}
      errors={errors}
      path={join(path, name)}
      onChange={(next) => onChange({ ...members, [name]: next })}
    />
  ));
  if (path === '') return <div className={css.fields}>{fields}</div>;
  return (
    <Group label={label} help={field.help} error={error}>
      {fields}
    </Group>
  );
}

function Group({
  label,
  help,
  error,
  children,
}: {
  readonly label: string;
  readonly help: string | undefined;
  readonly error: string | undefined;
  readonly children: ReactNode;
}): JSX.Element {
  return (
    <fieldset className={css.group}>
      <legend className={css.legend}>{label}</legend>
      {help === undefined ? undefined : <p className={css.help}>{help}</p>}
      {error === undefined ? undefined : <p className={css.error}>{error}</p>}
      {children}
    </fieldset>
  );
}
