// What the writers of all three dialects have in common: ids and arguments of calls, words of refusals, names of parts.
import type { Json, Part } from '#contract/turn';
import { textMember } from '../../trace/json.ts';
import type { ReplyFrame, WireReply } from './wire.ts';

/** The call's own id, or one that no other answer has. */
export function callIdOf({ callIds }: Pick<WireReply, 'callIds'>, { id }: ReplyFrame, index: number): string {
  return callIds[index] ?? newCallId(id, index);
}

export function newCallId(frameId: string, index: number): string {
  return `call_${frameId.replaceAll(/[^a-zA-Z0-9]/g, '').slice(-24)}_${index}`;
}

export function argumentsText(call: { readonly arguments: Json; readonly unparsed?: true | undefined }): string {
  const { arguments: given } = call;
  return call.unparsed === true && typeof given === 'string' ? given : JSON.stringify(given);
}

/** The words of a refusal, as a text or as a part that holds one. */
export function refusalText(value: Json): string {
  return typeof value === 'string' ? value : (textMember(value, 'refusal') ?? JSON.stringify(value));
}

/** As a part is named where it is refused or left out. */
export function partKind(part: Part): string {
  return part.type === 'other' ? part.kind : part.type;
}
