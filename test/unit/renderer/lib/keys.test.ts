// Key chords: what fires them, on which layout, and how they are shown.
import { describe, expect, test } from 'vitest';
import { ariaKeys, isTyped, keyLabel, matches, type KeyPress } from '../../../../src-renderer/lib/keys.ts';

function press(key: string, with_: Partial<KeyPress> = {}): KeyPress {
  return { key, code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...with_ };
}

describe('chords', () => {
  test('modifiers must be as written, neither more nor fewer', () => {
    expect(matches('Mod+K', press('k', { ctrlKey: true }), false)).toBe(true);
    expect(matches('Mod+K', press('k'), false)).toBe(false);
    expect(matches('Mod+K', press('k', { ctrlKey: true, altKey: true }), false)).toBe(false);
    expect(matches('Mod+K', press('K', { ctrlKey: true, shiftKey: true }), false)).toBe(false);
    expect(matches('Mod+Shift+P', press('P', { ctrlKey: true, shiftKey: true }), false)).toBe(true);
    expect(matches('a', press('a', { metaKey: true }), false)).toBe(false);
    expect(matches('a', press('A', { shiftKey: true }), false)).toBe(false);
    expect(matches('Shift+A', press('A', { shiftKey: true }), false)).toBe(true);
  });

  test('Mod is Command on macOS', () => {
    expect(matches('Mod+K', press('k', { metaKey: true }), true)).toBe(true);
    expect(matches('Mod+K', press('k', { ctrlKey: true }), true)).toBe(false);
  });

  test('punctuation is what the layout prints, whatever that needs', () => {
    expect(matches('?', press('?', { shiftKey: true }), false)).toBe(true);
    expect(matches('?', press('?'), false)).toBe(true);
    expect(matches('/', press('/', { shiftKey: true }), false)).toBe(true);
    expect(matches('+', press('+', { shiftKey: true }), false)).toBe(true);
    expect(matches('1', press('1'), false)).toBe(true);
    expect(matches('1', press('!', { shiftKey: true, code: 'Digit1' }), false)).toBe(false);
  });

  test('a layout without Latin letters still has them by place', () => {
    expect(matches('b', press('и', { code: 'KeyB' }), false)).toBe(true);
    expect(matches('Mod+K', press('л', { code: 'KeyK', ctrlKey: true }), false)).toBe(true);
    // On a Latin layout the letter counts, not the place.
    expect(matches('q', press('a', { code: 'KeyQ' }), false)).toBe(false);
  });

  test('named keys', () => {
    expect(matches('Alt+ArrowLeft', press('ArrowLeft', { altKey: true }), false)).toBe(true);
    expect(matches('Shift+F6', press('F6', { shiftKey: true }), false)).toBe(true);
    expect(matches('F6', press('F6', { shiftKey: true }), false)).toBe(false);
    expect(matches(' ', press(' '), false)).toBe(true);
  });

  test('only what types a character waits while text is entered', () => {
    expect(['a', '?', 'Shift+A', 'Enter'].map(isTyped)).toEqual([true, true, true, true]);
    expect(['Mod+K', 'Alt+ArrowLeft'].map(isTyped)).toEqual([false, false]);
  });

  test('shown as on the keyboard', () => {
    expect(['Mod+Shift+P', 'Alt+ArrowLeft', 'a', ' ', '+', 'Mod++'].map((keys) => keyLabel(keys, false))).toEqual([
      'Ctrl+Shift+P',
      'Alt+←',
      'A',
      'Space',
      '+',
      'Ctrl++',
    ]);
    expect(keyLabel('Mod+Shift+P', true)).toBe('⇧⌘P');
    expect(ariaKeys('Mod+K', false)).toBe('Control+K');
    expect(ariaKeys('Mod+K', true)).toBe('Meta+K');
  });
});
