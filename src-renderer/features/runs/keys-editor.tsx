// The keys of a state, each edited as JSON or taken away.
import type { JSX } from 'react';
import type { JsonObject } from '#contract/turn';
import { Button } from '../../ui/button.tsx';
import { Field, TextArea } from '../../ui/field.tsx';
import { briefOf } from './state-diff.ts';
import { textOfValue, type KeyTexts } from './state-edits.ts';
import css from './keys-editor.module.css';

export interface KeysEditorProps {
  readonly state: JsonObject;
  /** Keys that the agent declares, also those that have no value now. */
  readonly keys: readonly string[];
  readonly texts: KeyTexts;
  readonly faults: ReadonlyMap<string, string>;
  readonly onChange: (texts: KeyTexts) => void;
}

export function KeysEditor({ state, keys, texts, faults, onChange }: KeysEditorProps): JSX.Element {
  const all = [...new Set([...keys, ...Object.keys(state)])];
  const put = (key: string, text: string | undefined): void => onChange(new Map(texts).set(key, text));
  const leave = (key: string): void => onChange(new Map([...texts].filter(([one]) => one !== key)));
  return (
    <ul className={css.keys} aria-label="Keys of the state">
      {all.map((key) => {
        const isTouched = texts.has(key);
        const text = texts.get(key);
        const fault = faults.get(key);
        return (
          <li key={key} className={css.key}>
            <div className={css.head}>
              <code className={css.name}>{key}</code>
              <span className={css.value}>
                {isTouched && text === undefined ? 'taken away' : briefOf(state[key], 80) || 'no value'}
              </span>
              {isTouched ? (
                <Button look="quiet" icon="undo" onClick={() => leave(key)}>
                  Leave as it was
                </Button>
              ) : (
                <>
                  <Button look="quiet" icon="edit" onClick={() => put(key, textOfValue(state[key]))}>
                    Edit
                  </Button>
                  <Button
                    look="quiet"
                    icon="trash"
                    aria-label={`Take ${key} away`}
                    disabled={!(key in state)}
                    onClick={() => put(key, undefined)}
                  />
                </>
              )}
            </div>
            {text === undefined ? undefined : (
              <Field label={`${key} as JSON`} hideLabel {...(fault === undefined ? {} : { error: fault })}>
                {(ids) => (
                  <TextArea
                    {...ids}
                    className={css.text}
                    spellCheck={false}
                    rows={Math.min(12, Math.max(2, text.split('\n').length))}
                    value={text}
                    onChange={(event) => put(key, event.target.value)}
                  />
                )}
              </Field>
            )}
          </li>
        );
      })}
    </ul>
  );
}
