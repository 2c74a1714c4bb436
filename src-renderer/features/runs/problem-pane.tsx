// What went wrong in the run: its own error, where a replay departed, and every try of a node that failed.
import type { JSX } from 'react';
import type { RunError } from '#contract/journal';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Icon } from '../../ui/icons.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import { placeWords } from './journal-words.ts';
import { useFollowed } from './use-feed.ts';
import css from './problem-pane.module.css';

/** The newest failures are shown; all of them are in the journal. */
const most = 200;

export function ProblemPane(): JSX.Element {
  const feed = useFollowed('run');
  const { error, departure, failures } = feed.view;
  if (error === undefined && departure === undefined && failures.length === 0) {
    return (
      <EmptyState icon="ok" title="Nothing went wrong">
        Errors of nodes and of the run stand here, with what to do about them.
      </EmptyState>
    );
  }
  return (
    // What is longer than the pane is scrolled by keys, too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={css.pane} tabIndex={0} role="region" aria-label="Problems">
      {error === undefined ? undefined : (
        <Trouble
          title="The run failed"
          error={error}
          isTold={failures.some((one) => one.error.message === error.message)}
        />
      )}
      {departure === undefined ? undefined : (
        <section className={css.trouble}>
          <Icon name="branch" />
          <div className={css.text} data-selectable="">
            <h2 className={css.title}>The replay departed at {placeWords(departure.at)}</h2>
            <p>{shownText(departure.sentence)}</p>
            <p className={css.hint}>Compare it with the run it replays to see the two side by side.</p>
          </div>
        </section>
      )}
      {failures
        .slice(-most)
        .toReversed()
        .map((failure) => (
          <Trouble
            key={`${failure.path} ${failure.try}`}
            title={`${placeWords(failure.path)}, try ${failure.try}`}
            error={failure.error}
            at={failure.at}
            retryAt={failure.retryAt}
          />
        ))}
    </div>
  );
}

function Trouble({
  title,
  error,
  at,
  retryAt,
  isTold = false,
}: {
  readonly title: string;
  readonly error: RunError;
  readonly at?: number;
  readonly retryAt?: number | undefined;
  /** Where in the code it was stands elsewhere. */
  readonly isTold?: boolean;
}): JSX.Element {
  const frames = isTold ? '' : framesOf(error);
  return (
    <section className={css.trouble}>
      <Icon name="error" />
      <div className={css.text} data-selectable="">
        <h2 className={css.title}>
          {title}
          {at === undefined ? undefined : (
            <span className={css.when}>
              {' '}
              · <RelativeTime at={at} />
              {retryAt === undefined ? '' : ', was tried again'}
            </span>
          )}
        </h2>
        <p className={css.message}>
          {error.name}: {shownText(error.message)}
        </p>
        {error.hint === undefined ? undefined : <p className={css.hint}>{shownText(error.hint)}</p>}
        {frames === '' ? undefined : <pre className={css.stack}>{shownText(frames)}</pre>}
      </div>
    </section>
  );
}

/** Where it was, without the message that stands above it. */
function framesOf({ stack = '' }: RunError): string {
  const lines = stack.split('\n');
  const first = lines.findIndex((line) => /^\s+at /.test(line));
  return first === -1
    ? ''
    : lines
        .slice(first)
        .map((line) => line.trim())
        .join('\n');
}
