// No provider yet: what one is, and three first steps.
import type { JSX, ReactNode } from 'react';
import type { FoundServer } from '#contract/model';
import { counted } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { foundTitle } from './presets.ts';
import type { FoundServers } from './use-found-servers.ts';
import css from './welcome.module.css';
import { hostOf } from './words.ts';

export interface WelcomeProps {
  readonly found: FoundServers;
  readonly onAdd: () => void;
  readonly onFound: (server: FoundServer) => Promise<void>;
  readonly onScripted: () => void;
}

export function Welcome({ found, onAdd, onFound, onScripted }: WelcomeProps): JSX.Element {
  return (
    <div className={css.page}>
      <div className={css.head}>
        <h1 className={css.heading}>Where are your models?</h1>
        <p className={css.about}>
          A provider is a place that models are asked at: a service, or a server on this machine. Agents name a model as
          <code> PROVIDER/NAME</code>. Its settings stand in atelier.json of the workspace, its key in the vault.
        </p>
      </div>
      <ol className={css.steps}>
        <Step
          number={1}
          title="Add a service"
          action={
            <Button look="main" icon="plus" keys="N" onClick={onAdd}>
              Add a provider
            </Button>
          }
        >
          OpenAI, Anthropic, or any address that speaks as one of them does.
        </Step>
        <Step number={2} title="Use a server of yours" action={<Found found={found} onFound={onFound} />}>
          Ollama, LM Studio, llama.cpp and vLLM are looked for on their usual ports. They need no key.
        </Step>
        <Step
          number={3}
          title="Begin without any"
          action={
            <Button icon="play" onClick={onScripted}>
              Try scripted/echo
            </Button>
          }
        >
          The scripted models are always there: they answer by rules that you write, without network and key.
        </Step>
      </ol>
    </div>
  );
}

function Found({ found, onFound }: Pick<WelcomeProps, 'found' | 'onFound'>): JSX.Element {
  const { state, servers, problem, look } = found;
  const again = (
    <Button icon="refresh" keys="D" busy={state === 'looking'} onClick={look}>
      Look again
    </Button>
  );
  if (state !== 'known') return again;
  if (problem !== undefined || servers.length === 0) {
    return (
      <>
        {again}
        <p className={css.none} role="status">
          {problem === undefined ? 'None answers now.' : `${problem.sentence} ${problem.hint ?? ''}`}
        </p>
      </>
    );
  }
  return (
    <ul className={css.found}>
      {servers.map((server) => (
        <li key={server.url}>
          <Button icon="plus" onClick={() => void onFound(server)}>
            Add {foundTitle(server)}
          </Button>
          <span className={css.none}>
            {hostOf(server.url)}, {counted(server.models.length, 'model')}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Step({
  number,
  title,
  action,
  children,
}: {
  readonly number: number;
  readonly title: string;
  readonly action: ReactNode;
  readonly children: string;
}): JSX.Element {
  return (
    <li className={css.step}>
      <span className={css.number} aria-hidden>
        {number}
      </span>
      <div className={css.words}>
        <h2 className={css.title}>{title}</h2>
        <p className={css.about}>{children}</p>
        <div className={css.action}>{action}</div>
      </div>
    </li>
  );
}
