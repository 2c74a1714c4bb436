// The place where an agent is started: its form, or what is wrong with its file.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, type JSX } from 'react';
import { useApi } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { FindingList } from './finding-list.tsx';
import { StartForm } from './start-form.tsx';
import css from './start-pane.module.css';

export interface StartPaneProps {
  readonly workspace: string;
  readonly file: string;
  readonly onStarted: (id: string) => void;
}

/** How often the agent's file is looked at, ms: it is written in another program. */
const fileMs = 1000;

export function StartPane({ workspace, file, onStarted }: StartPaneProps): JSX.Element {
  const { query } = useApi();
  const agent = useQuery(query.agents.get.queryOptions({ input: { file }, refetchInterval: fileMs }));
  const findings = agent.data?.info.findings ?? [];
  const hasErrors = findings.some(({ severity }) => severity === 'error');
  const face = useQuery({
    ...query.agents.face.queryOptions({ input: { file } }),
    enabled: agent.isSuccess && !hasErrors,
  });
  const source = agent.data?.source;
  const described = useRef(source);
  const { refetch } = face;
  useEffect(() => {
    const before = described.current;
    described.current = source;
    if (before !== undefined && source !== before && !hasErrors) void refetch();
  }, [source, hasErrors, refetch]);
  if (agent.error !== null) {
    return (
      <ErrorState
        title="The agent cannot be read."
        problem={problemOf(agent.error)}
        onRetry={() => void agent.refetch()}
      />
    );
  }
  if (agent.data === undefined) return <SkeletonRows rows={6} height={48} label="The agent is loading" />;
  const { info } = agent.data;
  return (
    <div className={css.pane}>
      <div className={css.column}>
        <header className={css.head}>
          <h1 className={css.title}>{hasErrors ? info.name : `Start ${info.name}`}</h1>
          {info.description === undefined ? undefined : <p className={css.about}>{info.description}</p>}
        </header>
        {findings.length === 0 ? undefined : <FindingList findings={findings} />}
        {hasErrors ? (
          <p className={css.about}>Mend the errors in the file; the form comes as soon as it is saved.</p>
        ) : face.error !== null ? (
          <ErrorState
            title="The agent cannot be loaded."
            problem={problemOf(face.error)}
            onRetry={() => void face.refetch()}
          />
        ) : face.data === undefined ? (
          <SkeletonRows rows={4} height={48} label="The form is loading" />
        ) : (
          <StartForm
            key={`${file} ${JSON.stringify(face.data.input)}`}
            workspace={workspace}
            agent={agent.data}
            schema={face.data.input}
            onStarted={onStarted}
          />
        )}
      </div>
    </div>
  );
}
