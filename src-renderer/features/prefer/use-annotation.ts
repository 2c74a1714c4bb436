// The annotator's walk, tied to the page: made once a name, clocked by the window and by whether the pair is in sight.
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useApi } from '../../lib/api.tsx';
import { Annotation, type AnnotationState } from './annotation.ts';

export interface Walk {
  readonly annotation: Annotation;
  readonly state: AnnotationState;
}

const nothing: AnnotationState = { phase: 'loading' };
const never = (): (() => void) => () => undefined;

/**
 * Starts at the pair that is next for `annotator` and stays until the name changes or the screen goes; undefined while
 * nobody is chosen. The clock runs while `inSight` and the window is looked at.
 */
export function useAnnotation(annotator: string | undefined, inSight: boolean): Walk | undefined {
  const { client } = useApi();
  const annotation = useMemo(
    () =>
      annotator === undefined
        ? undefined
        : new Annotation({
            calls: client.labels,
            annotator,
            drawer: localStorage,
            now,
            watched: isLookedAt,
          }),
    [client, annotator],
  );
  useEffect(() => {
    annotation?.showing(inSight);
  }, [annotation, inSight]);
  useEffect(() => {
    if (annotation === undefined) return undefined;
    void annotation.load();
    const changed = (): void => annotation.watchChanged();
    const leave = (): void => annotation.keep();
    document.addEventListener('visibilitychange', changed);
    window.addEventListener('focus', changed);
    window.addEventListener('blur', changed);
    window.addEventListener('pagehide', leave);
    return () => {
      leave();
      document.removeEventListener('visibilitychange', changed);
      window.removeEventListener('focus', changed);
      window.removeEventListener('blur', changed);
      window.removeEventListener('pagehide', leave);
    };
  }, [annotation]);
  const state = useSyncExternalStore(annotation?.subscribe ?? never, annotation?.state ?? (() => nothing));
  return useMemo(() => (annotation === undefined ? undefined : { annotation, state }), [annotation, state]);
}

/** Monotonic, ms. */
function now(): number {
  return performance.now();
}

function isLookedAt(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}
