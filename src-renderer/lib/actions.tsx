// Everything a person can do, by name: what the palette lists, the keys fire and the `?` sheet shows.
import {
  createContext,
  use,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import { isTyped, matches } from './keys.ts';

export interface Action {
  /** Unique; the last one mounted of an id counts. */
  readonly id: string;
  /** As the palette shows it: a verb and its object. */
  readonly title: string;
  /** Heading in the palette and the `?` sheet. */
  readonly section: string;
  /** Chords as in lib/keys.ts; the first is shown. */
  readonly keys?: string | readonly string[];
  /** Default true. A disabled action is not in the palette and its keys do nothing. */
  readonly enabled?: boolean;
  /** Default false: holding the key down runs it once. */
  readonly repeats?: boolean;
  /** Keys only: kept out of the palette (moving a cursor), still in the `?` sheet. */
  readonly hidden?: boolean;
  readonly run: () => void;
}

interface Scope {
  readonly depth: number;
  /** The element it belongs to; undefined for the window. */
  readonly element: () => HTMLElement | null;
  readonly when: 'mounted' | 'focus';
}

interface Entry {
  readonly scope: Scope;
  readonly order: number;
  current: Action;
}

/** The actions that are there now. */
export class ActionRegistry {
  readonly #entries = new Set<Entry>();
  readonly #listeners = new Set<() => void>();
  #snapshot: readonly Action[] = [];
  #order = 0;

  add(scope: Scope, action: Action): Entry {
    const entry: Entry = { scope, order: this.#order++, current: action };
    this.#entries.add(entry);
    this.changed();
    return entry;
  }

  remove(entry: Entry): void {
    this.#entries.delete(entry);
    this.changed();
  }

  changed(): void {
    const byId = new Map([...this.#entries].map((entry) => [entry.current.id, entry.current] as const));
    this.#snapshot = [...byId.values()];
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly list = (): readonly Action[] => this.#snapshot;

  /** Runs an enabled action; false where there is none of that id. */
  run(id: string): boolean {
    const action = this.#snapshot.find((known) => known.id === id);
    if (action === undefined || action.enabled === false) return false;
    action.run();
    return true;
  }

  /** The action a key press asks for: the innermost scope wins, the later action within one scope. */
  find(event: KeyboardEvent): Action | undefined {
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    const overlay = target.closest('[data-overlay]') ?? openDialog();
    const fitting = [...this.#entries].filter(({ scope, current }) => {
      if (current.enabled === false || (event.repeat && current.repeats !== true)) return false;
      const element = scope.element();
      // What lies under a dialog or menu does not hear keys.
      if (overlay !== null && (element === null || !overlay.contains(element))) return false;
      if (scope.when === 'focus' && element?.contains(target) !== true) return false;
      return chordsOf(current).some((chord) => matches(chord, event) && !belongsTo(target, chord));
    });
    return fitting.toSorted((one, two) => two.scope.depth - one.scope.depth || two.order - one.order)[0]?.current;
  }
}

const windowScope: Scope = { depth: 0, element: () => null, when: 'mounted' };
const RegistryContext = createContext<ActionRegistry | undefined>(undefined);
const ScopeContext = createContext<Scope>(windowScope);

/** Holds the actions of all below it and listens to the window's keys. */
export function ActionProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [registry] = useState(() => new ActionRegistry());
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const action = registry.find(event);
      if (action === undefined) return;
      event.preventDefault();
      action.run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [registry]);
  return <RegistryContext value={registry}>{children}</RegistryContext>;
}

/**
 * Gives the actions below it precedence over those outside; with `when="focus"` their keys count only while the
 * focus is inside. Within a dialog it makes the dialog's own keys work. Lays nothing out (`display: contents`).
 */
export function ActionScope({
  when = 'mounted',
  children,
}: {
  readonly when?: 'mounted' | 'focus';
  readonly children: ReactNode;
}): ReactNode {
  const outer = use(ScopeContext);
  const box = useRef<HTMLDivElement>(null);
  const scope = useMemo<Scope>(
    () => ({ depth: outer.depth + 1, element: () => box.current, when }),
    [outer.depth, when],
  );
  return (
    <ScopeContext value={scope}>
      <div ref={box} style={{ display: 'contents' }}>
        {children}
      </div>
    </ScopeContext>
  );
}

/** Makes an action available while the component is mounted. `run` may change from render to render. */
export function useAction(action: Action): void {
  const registry = useActionRegistry();
  const scope = use(ScopeContext);
  const entry = useRef<Entry>(undefined);
  const latest = useRef(action);
  useLayoutEffect(() => {
    latest.current = action;
    if (entry.current === undefined) return;
    const before = entry.current.current;
    entry.current.current = action;
    if (!looksAlike(before, action)) registry.changed();
  });
  useLayoutEffect(() => {
    const added = registry.add(scope, latest.current);
    entry.current = added;
    return () => {
      entry.current = undefined;
      registry.remove(added);
    };
  }, [registry, scope]);
}

/** All actions that are there now, also disabled ones. */
export function useActions(): readonly Action[] {
  const registry = useActionRegistry();
  return useSyncExternalStore(registry.subscribe, registry.list);
}

export function useActionRegistry(): ActionRegistry {
  const registry = use(RegistryContext);
  if (registry === undefined) throw new Error('Actions need an ActionProvider above them.');
  return registry;
}

/** The chords of an action, the shown one first. */
export function chordsOf({ keys }: Pick<Action, 'keys'>): readonly string[] {
  if (keys === undefined) return [];
  return typeof keys === 'string' ? [keys] : keys;
}

function looksAlike(one: Action, two: Action): boolean {
  return (
    one.id === two.id &&
    one.title === two.title &&
    one.section === two.section &&
    one.hidden === two.hidden &&
    (one.enabled ?? true) === (two.enabled ?? true) &&
    chordsOf(one).join(' ') === chordsOf(two).join(' ')
  );
}

/** The topmost dialog: also where the focus is not in it, because what had it there is gone. */
function openDialog(): Element | null {
  return [...document.querySelectorAll('[data-overlay]:has([data-dialog-body])')].at(-1) ?? null;
}

const textInputs = 'input:not([type=checkbox],[type=radio],[type=range],[type=button],[type=file]), textarea, select';
const pressed = 'button, a[href], summary, [role=button], [role=tab], [role=checkbox], [role=radio], [role=combobox]';

/** Whether the focused element needs this key itself: text is being typed, or Enter and Space press it. */
function belongsTo(target: HTMLElement, chord: string): boolean {
  if (!isTyped(chord)) return false;
  if (chord !== 'Escape' && !/^F\d+$/.test(chord) && (target.matches(textInputs) || target.isContentEditable))
    return true;
  return (chord === 'Enter' || chord === ' ') && target.closest(pressed) !== null;
}
