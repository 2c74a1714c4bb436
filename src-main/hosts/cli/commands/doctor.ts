// `atelier doctor`: what is installed, what guards what, what is missing and what that costs.
import { doctorLines } from '#hosts/doctor';
import type { Command } from '../command.ts';

const marks = { ok: 'ok     ', warn: 'warn   ', missing: 'missing' } as const;

export const doctorCommand: Command = {
  name: 'doctor',
  positionals: 'none',
  usage: 'atelier doctor',
  summary: 'Says what is installed, what guards what, and what is missing.',
  options: {},
  optionHelp: [],
  run: async ({ workspace }) => {
    const lines = await doctorLines(folderIfAny(workspace));
    const text = lines.map(
      (line) =>
        `${marks[line.state]}  ${line.name}: ${line.detail}${line.fix === undefined ? '' : `\n         ${line.fix}`}`,
    );
    return { json: { lines }, text: text.join('\n'), code: lines.some((line) => line.state === 'missing') ? 1 : 0 };
  },
};

/** Doctor must also work where there is no workspace yet. */
function folderIfAny(workspace: () => string): string | undefined {
  try {
    return workspace();
  } catch {
    return undefined;
  }
}
