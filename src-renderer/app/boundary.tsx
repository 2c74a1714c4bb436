// Keeps a fault in one view from taking the window with it.
import { Component, type ReactNode } from 'react';
import { problemOf } from '../lib/problem.ts';
import { Button } from '../ui/button.tsx';
import { ErrorState } from '../ui/error-state.tsx';

interface Props {
  /** What failed, as the subject of a sentence. */
  readonly what: string;
  readonly children: ReactNode;
}

interface State {
  readonly failure: { readonly error: unknown } | undefined;
}

export class Boundary extends Component<Props, State> {
  override state: State = { failure: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { failure: { error } };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === undefined) return this.props.children;
    return (
      <ErrorState
        title={`${this.props.what} could not be drawn.`}
        problem={{ hint: 'Your work is on disk; nothing was lost.', ...problemOf(failure.error) }}
        onRetry={() => this.setState({ failure: undefined })}
        actions={<Button onClick={() => location.reload()}>Reload the window</Button>}
      />
    );
  }
}
