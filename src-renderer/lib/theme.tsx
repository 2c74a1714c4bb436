// Light, dark or as the system has it; and token values for what is drawn on a canvas.
import { createContext, use, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const storageKey = 'atelier.theme';
const ThemeContext = createContext<
  { readonly theme: Theme; readonly shown: 'light' | 'dark'; readonly setTheme: (theme: Theme) => void } | undefined
>(undefined);

export function ThemeProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [theme, setTheme] = useState<Theme>(
    () => themes.find((known) => known === localStorage.getItem(storageKey)) ?? 'system',
  );
  const systemIsDark = useSyncExternalStore(onSystemChange, () => matchMedia('(prefers-color-scheme: dark)').matches);
  const shown = theme === 'system' ? (systemIsDark ? 'dark' : 'light') : theme;
  useEffect(() => {
    localStorage.setItem(storageKey, theme);
    document.documentElement.dataset['theme'] = shown;
  }, [theme, shown]);
  const value = useMemo(() => ({ theme, shown, setTheme }), [theme, shown]);
  return <ThemeContext value={value}>{children}</ThemeContext>;
}

/** The chosen theme, and which of the two is shown. */
export function useTheme(): {
  readonly theme: Theme;
  readonly shown: 'light' | 'dark';
  readonly setTheme: (theme: Theme) => void;
} {
  const value = use(ThemeContext);
  if (value === undefined) throw new Error('useTheme needs a ThemeProvider above it.');
  return value;
}

/**
 * The colours of the given tokens (`'--span-model'`) in the theme that is shown, as a canvas takes them.
 * `names` must be a constant.
 */
export function useColours<Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const { shown } = useTheme();
  return useMemo(() => readColours(names, shown), [names, shown]);
}

function readColours<Name extends string>(names: readonly Name[], shown: 'light' | 'dark'): Record<Name, string> {
  // A custom property reads back as written, light-dark() and all; only a real property is resolved.
  const probe = document.createElement('span');
  probe.style.colorScheme = shown;
  document.body.append(probe);
  const colours = Object.fromEntries(
    names.map((name) => {
      probe.style.color = `var(${name})`;
      return [name, getComputedStyle(probe).color];
    }),
  ) as Record<Name, string>;
  probe.remove();
  return colours;
}

function onSystemChange(notify: () => void): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', notify);
  return () => query.removeEventListener('change', notify);
}
