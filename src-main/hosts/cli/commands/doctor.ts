// `atelier doctor`: what is installed, what guards what, what is missing and what that costs.
import { doctorLines } from '#hosts/doctor';
import { Problem } from '#engine/problem';
import type { Command } from '../command.ts';
import { text } from '../values.ts';

const marks = { ok: 'ok     ', warn: 'warn   ', missing: 'missing' } as const;

export const doctorCommand: Command = {
  name: 'doctor',
  positionals: 'none',
  usage: 'atelier doctor',
  summary: 'Says what is installed, what guards what, and what is missing.',
  options: {},
  optionHelp: [],
  run: async ({ workspace, values }) => {
    const lines = await doctorLines(folderIfAny(workspace, text(values, 'workspace') !== undefined));
    const shown = lines.map(
      (line) =>
        `${marks[line.state]}  ${line.name}: ${line.detail}${line.fix === undefined ? '' : `\n         ${line.fix}`}`,
    );
    return { json: { lines }, text: shown.join('\n'), code: lines.some((line) => line.state === 'missing') ? 1 : 0 };
  },
};

/** Doctor also works where there is no workspace yet; one that is named must be there. */
function folderIfAny(workspace: () => string, isNamed: boolean): string | undefined {
  try {
    return workspace();
  } catch (error) {
    if (!isNamed && error instanceof Problem && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
