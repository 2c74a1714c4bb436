// The scripted provider: always there, needs nothing, can be tried like any other.
import type { JSX } from 'react';
import css from './provider-main.module.css';
import { TryPane } from './try-pane.tsx';
import { useTrial } from './use-trial.ts';
import { scripted } from './words.ts';

const models = ['echo'] as const;

export function ScriptedMain(): JSX.Element {
  const trial = useTrial(models[0]);
  return (
    <div className={css.main}>
      <header className={css.head}>
        <div className={css.names} data-selectable="">
          <h1 className={css.title}>{scripted}</h1>
          <p className={css.about}>
            Answers by rules of yours, without network and key: <code>scripted/NAME</code> is the file{' '}
            <code>models/NAME.model.json</code>. <code>scripted/echo</code> needs no file.
          </p>
        </div>
      </header>
      <TryPane provider={scripted} models={models} canAsk={false} trial={trial} />
    </div>
  );
}
