// Whatever the URL, the file lies inside the page's folder.
import { sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileFor, pageUrl } from '../../../src-main/hosts/electron/app-url.ts';

const folder = `${sep}opt${sep}atelier${sep}renderer`;

describe('app:// URLs', () => {
  test('name files of the page', () => {
    expect(fileFor(pageUrl, folder)).toBe(`${folder}${sep}index.html`);
    expect(fileFor('app://studio/assets/index-1.js?v=2#x', folder)).toBe(`${folder}${sep}assets${sep}index-1.js`);
  });

  test.each([
    'app://studio/',
    'app://studio/..%2fpackage.json',
    'app://studio/a%2f..%2f..%2fb',
    'app://studio/%2e%2e%2f%2e%2e%2fetc/passwd',
    'app://studio/..%5c..%5cx',
    'app://studio/C:%5Cx',
    'app://studio/c:/x',
    'app://studio/a%00.js',
    'app://studio/%e0%80',
    'app://elsewhere/index.html',
    'app://studio.evil/index.html',
    'https://studio/index.html',
  ])('%s names none', (url) => {
    expect(fileFor(url, folder)).toBeUndefined();
  });

  test('no path leads out', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '%2e%2e',
      '%2f',
      '/',
      '%5c',
      '\\',
      'a',
      '%00',
      ':',
      '%252e',
      '//',
      'é',
      ' ',
    );
    const leadsOut = (url: string): boolean => {
      const file = URL.canParse(url) ? fileFor(url, folder) : undefined;
      return file !== undefined && !file.startsWith(`${folder}${sep}`);
    };
    const anyPath = fc.array(piece, { maxLength: 12 });
    const found = fc.check(fc.property(anyPath, (pieces) => !leadsOut(`app://studio/${pieces.join('')}`)));
    expect(found.counterexample).toBeNull();
  });
});
