// `.env` files as people and programs write them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnv, readEnvFile } from '#engine/vault/env-file';
import { temporaryFolder } from '#test/store';

const parsed = (text: string): unknown => Object.fromEntries(parseEnv(text));

describe('a .env file', () => {
  it.each([
    ['A=1', { A: '1' }],
    ['\uFEFFA=1\r\nB=2\rC=3', { A: '1', B: '2', C: '3' }],
    ['  export  A = 1  ', { A: '1' }],
    ['A: yes', { A: 'yes' }],
    ['A=', { A: '' }],
    ['A=one # two', { A: 'one' }],
    ['A=one#two', { A: 'one#two' }],
    ['A=#two', { A: '' }],
    ['# A=1\n\n  # B=2\nC=3', { C: '3' }],
    [`A='x # y' # z`, { A: 'x # y' }],
    ["A='it\\n'", { A: 'it\\n' }],
    ['A=`a "b" \'c\'`', { A: `a "b" 'c'` }],
    ['A="x\\ny\\t\\"z\\" \\\\ \\$ \\q"', { A: 'x\ny\t"z" \\ $ \\q' }],
    ['A="one\ntwo"\nB=2', { A: 'one\ntwo', B: '2' }],
    ['A="one\r\ntwo" # end\r\nB=2', { A: 'one\ntwo', B: '2' }],
    ['A="never closed\nB=2', { A: '"never closed', B: '2' }],
    ['A="x"y\nB=2', { A: '"x"y', B: '2' }],
    ['A=a=b==', { A: 'a=b==' }],
    ['A=1\nA=2', { A: '2' }],
    ['1A=1\n=2\n-x=3\nA B=4\nwords', {}],
    ['a.b-c=1', { 'a.b-c': '1' }],
    ['A=$B ${C}', { A: '$B ${C}' }],
    ['__proto__=1', { ['__proto__']: '1' }],
  ])('%j', (text, expected) => {
    expect(parsed(text)).toEqual(expected);
  });

  it('gives quoted values back whatever they hold', () => {
    const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,10}$/u);
    const value = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/\r\n?/gu, '\n'));
    fc.assert(
      fc.property(fc.dictionary(name, value), (variables) => {
        const lines = Object.entries(variables).map(
          ([key, text]) => `${key}="${text.replaceAll(/["\\]/gu, (sign) => `\\${sign}`)}"`,
        );
        expect(parsed(lines.join('\r\n'))).toEqual({ ...variables });
      }),
    );
  });

  it('takes any text, in time that grows with it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseEnv(text).size).toBeLessThan(100);
      }),
    );
    for (const part of ['A="', 'A=" \\', "A='x\n", 'export ', 'A="x" ', '\n', 'A=1\n']) parseEnv(part.repeat(100_000));
  });

  it('that is no such file is refused in a sentence', () => {
    const folder = temporaryFolder();
    const path = join(folder, '.env');
    writeFileSync(path, 'A=1\n');
    expect([...readEnvFile(path)]).toEqual([['A', '1']]);
    expect(() => readEnvFile(join(folder, 'none'))).toThrow('none cannot be read');
    mkdirSync(join(folder, 'folder'));
    expect(() => readEnvFile(join(folder, 'folder'))).toThrow('folder is no file');
    writeFileSync(path, 'A=\0');
    expect(() => readEnvFile(path)).toThrow('.env is no text');
    writeFileSync(path, 'A'.repeat(1024 * 1024 + 1));
    expect(() => readEnvFile(path)).toThrow('larger than 1 MiB');
  });
});
