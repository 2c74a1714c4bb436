// The sign of a run's status: a shape and a colour, with its name.
import type { JSX } from 'react';
import type { RunStatus } from '#contract/run';
import { Badge } from '../../ui/badge.tsx';
import { Icon } from '../../ui/icons.tsx';
import { statusLooks, statusNames, type Tone } from './words.ts';
import css from './status-mark.module.css';

const toneColours: Readonly<Record<Tone, string>> = {
  neutral: 'var(--text-3)',
  accent: 'var(--accent)',
  ok: 'var(--ok)',
  warn: 'var(--warn)',
  error: 'var(--error)',
  info: 'var(--info)',
};

export function StatusMark({ status }: { readonly status: RunStatus }): JSX.Element {
  const { icon, tone } = statusLooks[status];
  return (
    <span className={css.mark} style={{ color: toneColours[tone] }} title={statusNames[status]}>
      <Icon name={icon} size={14} label={statusNames[status]} />
    </span>
  );
}

export function StatusBadge({ status }: { readonly status: RunStatus }): JSX.Element {
  const { icon, tone } = statusLooks[status];
  return (
    <Badge tone={tone} icon={icon}>
      {statusNames[status]}
    </Badge>
  );
}
