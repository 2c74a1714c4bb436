// What a streamed answer has been told so far, and what of the whole is still to be told at its end.
import type { Part, ToolCall } from '#contract/turn';
import type { WireEvent, WireReply } from './wire.ts';

export type Untold =
  /** `isRest`: the beginning of its text has been told. */
  | { readonly type: 'part'; readonly part: Part; readonly index: number; readonly isRest: boolean }
  | { readonly type: 'call'; readonly call: ToolCall; readonly index: number }
  | { readonly type: 'arguments'; readonly index: number; readonly text: string };

export class Told {
  readonly #texts = { text: '', reasoning: '' };
  /** Arguments by the call's index. */
  readonly #calls = new Map<number, string>();

  take(event: WireEvent): void {
    if (event.type === 'text') this.#texts[event.channel] += event.text;
    else this.#calls.set(event.index, (this.#calls.get(event.index) ?? '') + (event.type === 'call' ? '' : event.text));
  }

  /** In the order of the answer. What was told otherwise than the answer has it cannot be taken back. */
  rest({ message }: WireReply, textOf: (call: ToolCall) => string): readonly Untold[] {
    const left = { ...this.#texts };
    const untold: Untold[] = [];
    for (const [index, part] of message.content.entries()) {
      const said = part.type === 'text' || part.type === 'reasoning' ? left[part.type] : '';
      if ((part.type !== 'text' && part.type !== 'reasoning') || said === '') {
        untold.push({ type: 'part', part, index, isRest: false });
      } else if (said.startsWith(part.text)) {
        // Some tell an empty line between two pieces of reasoning.
        left[part.type] = said.slice(part.text.length).replace(/^\n\n/, '');
      } else {
        left[part.type] = '';
        const text = part.text.startsWith(said) ? part.text.slice(said.length) : '';
        if (text !== '') untold.push({ type: 'part', part: { ...part, text }, index, isRest: true });
      }
    }
    for (const [index, call] of (message.toolCalls ?? []).entries()) {
      const said = this.#calls.get(index);
      const text = textOf(call);
      if (said === undefined) untold.push({ type: 'call', call, index });
      else if (text.startsWith(said) && text !== said)
        untold.push({ type: 'arguments', index, text: text.slice(said.length) });
    }
    return untold;
  }
}
