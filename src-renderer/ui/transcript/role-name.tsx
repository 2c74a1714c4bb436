// Who speaks in a turn: the role's name behind its mark, which differs by colour and by shape.
import type { Role } from '#contract/turn';
import type { ReactNode } from 'react';
import css from './role-name.module.css';

export const roleNames: Readonly<Record<Role, string>> = {
  context: 'Context',
  system: 'System',
  user: 'User',
  assistant: 'Assistant',
  tool: 'Tool',
};

export function RoleName({ role }: { readonly role: Role }): ReactNode {
  return (
    <span className={css.role} data-role={role}>
      {roleNames[role]}
    </span>
  );
}
