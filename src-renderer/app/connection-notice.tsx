// In a browser: says over everything else that the studio does not answer or that this browser is not logged in, and what to do.
import { useSyncExternalStore, type ReactNode } from 'react';
import type { SocketLink, SocketState } from '../lib/socket-link.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import styles from './connection-notice.module.css';

const words: Readonly<
  Partial<Record<SocketState, { readonly title: string; readonly text: string; readonly next: ReactNode }>>
> = {
  away: {
    title: 'Atelier does not answer.',
    text: 'It may have been ended. Nothing that was saved is lost: it is on disk, and runs go on when it is started again.',
    next: (
      <>
        Start it again with <code>atelier serve</code> (or <code>npm start</code>) and open the link it prints. If it is
        only busy, this page goes on by itself.
      </>
    ),
  },
  out: {
    title: 'You are not logged in any more.',
    text: 'The session has ended: Atelier was started again, somebody logged out, or nothing was done for eight hours.',
    next: (
      <>
        Open the newest link that stands in the terminal where Atelier runs, in this browser.{' '}
        <a href="/login">The login page</a> can print a new one. This page then goes on where it was.
      </>
    ),
  },
};

export function ConnectionNotice({
  link,
  children,
}: {
  readonly link: SocketLink;
  readonly children: ReactNode;
}): ReactNode {
  const notice = words[useSyncExternalStore(link.onState, link.state)];
  return (
    <>
      <div className={styles['under']} inert={notice !== undefined}>
        {children}
      </div>
      {notice !== undefined && (
        <div className={styles['notice']} role="alert" data-overlay="">
          <div className={styles['card']}>
            <span className={styles['mark']}>
              <Icon name="warn" size={24} />
            </span>
            <h1 className={styles['title']}>{notice.title}</h1>
            <p>{notice.text}</p>
            <p>{notice.next}</p>
            <Button look="main" icon="refresh" onClick={link.tryAgain}>
              Try again
            </Button>
          </div>
        </div>
      )}
    </>
  );
}
