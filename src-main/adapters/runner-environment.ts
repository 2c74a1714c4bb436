// The environment of a runner: what Node and programs need to work, and nothing that may hold a secret.
import { dirname } from 'node:path';
import type { SpawnOptions } from '#engine/ports';
import type { RunnerProgram } from '#engine/runner/program';

const needed = ['LANG', 'LANGUAGE', 'LC_ALL', 'LC_CTYPE', 'TZ', 'SystemRoot', 'windir'];
/** Tools may start programs, which look for these. */
const neededByPrograms = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TMPDIR',
  'TEMP',
  'TMP',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramData',
  'ComSpec',
  'PATHEXT',
];

/** An allowlist: names that are not known here stay outside. */
export function runnerEnvironment(role: 'agent' | 'tool', from: NodeJS.ProcessEnv): Record<string, string> {
  const names = role === 'agent' ? needed : [...needed, ...neededByPrograms];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = from[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Node's permission model lets a thread read its working folder unasked: for agents it is one that they may read. */
export function workingFolder({ role, folder }: SpawnOptions, program: RunnerProgram): string {
  return role === 'agent' ? dirname(program.entry) : folder;
}
