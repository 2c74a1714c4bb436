// The agents of the workspace: pick one to start it; what is wrong with one is counted.
import type { JSX } from 'react';
import type { AgentInfo } from '#contract/agent';
import { counted } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Icon } from '../../ui/icons.tsx';
import css from './agent-list.module.css';

export interface AgentListProps {
  readonly agents: readonly AgentInfo[];
  readonly current: string | undefined;
  readonly onPick: (file: string) => void;
}

export function AgentList({ agents, current, onPick }: AgentListProps): JSX.Element {
  return (
    <ul className={css.list} aria-label="Agents">
      {agents.map((agent) => (
        <li key={agent.file}>
          <button
            type="button"
            className={css.agent}
            aria-current={agent.file === current ? 'true' : undefined}
            title={agent.description ?? agent.file}
            onClick={() => onPick(agent.file)}
          >
            <Icon name="runs" />
            <span className={css.name}>{agent.name}</span>
            <Findings agent={agent} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Findings({ agent }: { readonly agent: AgentInfo }): JSX.Element {
  const errors = agent.findings.filter(({ severity }) => severity === 'error').length;
  const warnings = agent.findings.length - errors;
  if (errors > 0) {
    return (
      <Badge tone="error" icon="error" title={counted(errors, 'error')}>
        {errors}
      </Badge>
    );
  }
  if (warnings > 0) {
    return (
      <Badge tone="warn" icon="warn" title={counted(warnings, 'warning')}>
        {warnings}
      </Badge>
    );
  }
  return <span className={css.count}>{counted(agent.nodeCount, 'node')}</span>;
}
