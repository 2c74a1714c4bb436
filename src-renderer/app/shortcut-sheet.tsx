// Every key that does something here and now.
import type { ReactNode } from 'react';
import { chordsOf, useActions } from '../lib/actions.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { bySection } from './sections.ts';
import styles from './shortcut-sheet.module.css';

export function ShortcutSheet({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }): ReactNode {
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Shortcuts"
      description="What the keys do on this screen. Every action is in the command palette as well."
      width="wide"
    >
      <Sections />
    </Dialog>
  );
}

function Sections(): ReactNode {
  // What is only there now and then (closing something) shows while it is.
  const withKeys = useActions().filter(
    (action) => chordsOf(action).length > 0 && !(action.hidden === true && action.enabled === false),
  );
  return (
    <div className={styles['sections']}>
      {bySection(withKeys).map(([section, actions]) => (
        <section key={section} className={styles['section']}>
          <h3 className={styles['heading']}>{section}</h3>
          <dl>
            {actions.map((action) => (
              <div key={action.id} className={styles['line']} data-off={action.enabled === false ? '' : undefined}>
                <dt>{action.title}</dt>
                <dd className={styles['keys']}>
                  {chordsOf(action).map((keys) => (
                    <Kbd key={keys} keys={keys} />
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
