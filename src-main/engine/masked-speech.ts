// What a model says, masked as it says it: a value is found though each of its pieces comes by itself.
import { StringDecoder } from 'node:string_decoder';
import type { ByteMask, Redactor } from './redactor.ts';

type Channel = 'text' | 'reasoning';
type Tell = (channel: Channel, text: string) => void;

interface Stream {
  readonly mask: ByteMask;
  readonly decoder: StringDecoder;
  /** The first half of a surrogate pair whose second half is to come. */
  half: string;
}

export interface MaskedSpeech {
  readonly say: Tell;
  /** All was said: tells what was held back because it might have been the beginning of a value. */
  readonly end: () => void;
}

/** Known values in what is said are told as their masks, however they are cut. */
export function maskedSpeech(redactor: Redactor, tell: Tell): MaskedSpeech {
  const streams = new Map<Channel, Stream>();
  const streamOf = (channel: Channel): Stream => {
    const known = streams.get(channel);
    if (known !== undefined) return known;
    const made = { mask: redactor.bytes(), decoder: new StringDecoder('utf8'), half: '' };
    streams.set(channel, made);
    return made;
  };
  const give = (channel: Channel, { decoder }: Stream, bytes: Uint8Array, isEnd: boolean): void => {
    const text = isEnd ? decoder.end(Buffer.from(bytes)) : decoder.write(Buffer.from(bytes));
    if (text !== '') tell(channel, text);
  };
  return {
    say(channel, text) {
      const stream = streamOf(channel);
      const whole = stream.half + text;
      stream.half = /[\uD800-\uDBFF]$/u.exec(whole)?.[0] ?? '';
      const said = whole.slice(0, whole.length - stream.half.length);
      if (said !== '') give(channel, stream, stream.mask.push(Buffer.from(said)), false);
    },
    end() {
      for (const [channel, stream] of streams) give(channel, stream, stream.mask.end(), true);
    },
  };
}
