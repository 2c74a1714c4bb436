// Key chords: how they are written (`Mod+K`, `?`, `Shift+A`, `Alt+ArrowLeft`), matched and shown.

interface Chord {
  readonly key: string;
  readonly mod: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
}

/** What a chord needs to know of a key press. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

const isMac = typeof navigator !== 'undefined' && navigator.userAgent.includes('Mac');

/** `Mod` is Command on macOS and Ctrl elsewhere; the last part is a `KeyboardEvent.key`. */
export function parseChord(text: string): Chord {
  const parts = text === '+' ? ['+'] : text.split(/\+(?=.)/);
  const modifiers = parts.slice(0, -1);
  return {
    key: parts.at(-1) ?? '',
    mod: modifiers.includes('Mod'),
    alt: modifiers.includes('Alt'),
    shift: modifiers.includes('Shift'),
  };
}

/** Whether a key press is the chord. Punctuation is taken as printed, whatever Shift it needs on this layout. */
export function matches(text: string, press: KeyPress, mac = isMac): boolean {
  const chord = parseChord(text);
  const mod = mac ? press.metaKey : press.ctrlKey;
  const other = mac ? press.ctrlKey : press.metaKey;
  if (mod !== chord.mod || press.altKey !== chord.alt || other) return false;
  if (isLetter(chord.key)) return press.shiftKey === chord.shift && letterOf(press) === chord.key.toLowerCase();
  if (chord.key.length === 1) return press.key === chord.key && (!chord.shift || press.shiftKey);
  return press.shiftKey === chord.shift && press.key === chord.key;
}

/** Whether the chord types a character where text is entered, so that it must wait until no text is. */
export function isTyped(text: string): boolean {
  const { mod, alt } = parseChord(text);
  return !mod && !alt;
}

const names: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Enter: '↵',
  Escape: 'Esc',
  ' ': 'Space',
  Delete: 'Del',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
};

/** The chord as a person reads it: `Ctrl+K`, on macOS `⌘K`. */
export function keyLabel(text: string, mac = isMac): string {
  const { key, mod, alt, shift } = parseChord(text);
  const shown = names[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  if (mac) return `${alt ? '⌥' : ''}${shift ? '⇧' : ''}${mod ? '⌘' : ''}${shown}`;
  return [...(mod ? ['Ctrl'] : []), ...(alt ? ['Alt'] : []), ...(shift ? ['Shift'] : []), shown].join('+');
}

/** The chord as `aria-keyshortcuts` wants it. */
export function ariaKeys(text: string, mac = isMac): string {
  return text.replace('Mod', mac ? 'Meta' : 'Control');
}

function isLetter(key: string): boolean {
  return /^[a-z]$/i.test(key);
}

/** The letter pressed; where the layout writes none (Cyrillic, Greek …), the one printed on a Latin keyboard. */
function letterOf(press: KeyPress): string {
  if (isLetter(press.key)) return press.key.toLowerCase();
  const isAscii = press.key.length === 1 && press.key.charCodeAt(0) < 128;
  return !isAscii && press.code.startsWith('Key') ? press.code.slice(3).toLowerCase() : press.key;
}
