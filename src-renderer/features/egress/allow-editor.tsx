// The hosts that may be reached while offline: each can be taken away, others added.
import { useLayoutEffect, useRef, useState, type JSX } from 'react';
import { takeFocus } from '../../lib/take-focus.ts';
import { Button } from '../../ui/button.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { hostEntryOf, mostHosts, withHost } from './allow-list.ts';
import css from './allow-editor.module.css';

export interface AllowEditorProps {
  readonly allowed: readonly string[];
  readonly busy: boolean;
  /** False where it could not be kept. */
  readonly onChange: (hosts: readonly string[]) => Promise<boolean>;
}

export function AllowEditor({ allowed, busy, onChange }: AllowEditorProps): JSX.Element {
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  // Not on the first button, which would take a host away.
  useLayoutEffect(() => takeFocus(input.current), []);
  const add = async (): Promise<void> => {
    const entry = hostEntryOf(text);
    if (!entry.ok) return setFault(entry.fault);
    if (allowed.includes(entry.host)) return setFault(`${entry.host} is allowed already.`);
    if (allowed.length >= mostHosts) return setFault(`At most ${mostHosts} hosts.`);
    if (await onChange(withHost(allowed, entry.host))) setText('');
  };
  const remove = (host: string): void => {
    // The button that had the focus goes away.
    input.current?.focus();
    void onChange(allowed.filter((known) => known !== host));
  };
  return (
    <section className={css.editor} aria-labelledby="allowed-title">
      <h3 id="allowed-title" className={css.title}>
        Reached also while offline
      </h3>
      {allowed.length === 0 ? (
        <p className={css.none}>No host: nothing at all leaves this machine while offline.</p>
      ) : (
        <ul className={css.hosts} aria-labelledby="allowed-title">
          {allowed.map((host) => (
            <li key={host} className={css.host}>
              <code>{host}</code>
              <IconButton
                icon="close"
                label={`No longer allow ${host}`}
                small
                disabled={busy}
                onClick={() => remove(host)}
              />
            </li>
          ))}
        </ul>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Field label="Allow a host" {...(fault === undefined ? {} : { error: fault })}>
          {(ids) => (
            <div className={css.line}>
              <TextInput
                {...ids}
                ref={input}
                placeholder="models.lan:8080"
                value={text}
                onChange={(event) => {
                  setText(event.target.value);
                  setFault(undefined);
                }}
              />
              <Button type="submit" icon="plus" busy={busy}>
                Allow
              </Button>
            </div>
          )}
        </Field>
      </form>
    </section>
  );
}
