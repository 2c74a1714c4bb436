// Labelled input: one line, many lines, or whatever control is given.
import { useId, type ComponentPropsWithRef, type ReactNode } from 'react';
import { classes } from './classes.ts';
import { Icon, type IconName } from './icons.tsx';
import styles from './field.module.css';

export interface FieldProps {
  readonly label: string;
  /** The label is read aloud but not shown. */
  readonly hideLabel?: boolean;
  /** What to enter, or what comes of it. */
  readonly help?: ReactNode;
  /** Why the value cannot be taken. */
  readonly error?: string;
  /** Gets the ids that tie the control to its label and help. */
  readonly children: (ids: {
    readonly id: string;
    readonly 'aria-describedby'?: string;
    readonly 'aria-invalid'?: true;
  }) => ReactNode;
}

export function Field({ label, hideLabel, help, error, children }: FieldProps): ReactNode {
  const id = useId();
  const note = error ?? help;
  const noteId = `${id}-note`;
  return (
    <div className={styles['field']}>
      <label htmlFor={id} className={hideLabel === true ? styles['hidden'] : styles['label']}>
        {label}
      </label>
      {children({
        id,
        ...(note === undefined ? {} : { 'aria-describedby': noteId }),
        ...(error === undefined ? {} : { 'aria-invalid': true }),
      })}
      {note !== undefined && (
        <div id={noteId} className={error === undefined ? styles['help'] : styles['error']}>
          {note}
        </div>
      )}
    </div>
  );
}

export interface TextInputProps extends ComponentPropsWithRef<'input'> {
  readonly icon?: IconName;
}

/** One line of text; give it `aria-label` where no Field stands around it. */
export function TextInput({ icon, className, ...rest }: TextInputProps): ReactNode {
  if (icon === undefined)
    return <input type="text" spellCheck={false} {...rest} className={classes(styles['input'], className)} />;
  return (
    <span className={classes(styles['withIcon'], className)}>
      <Icon name={icon} />
      <input type="text" spellCheck={false} {...rest} className={styles['input']} />
    </span>
  );
}

export function TextArea({ className, ...rest }: ComponentPropsWithRef<'textarea'>): ReactNode {
  return <textarea {...rest} className={classes(styles['input'], styles['area'], className)} />;
}
