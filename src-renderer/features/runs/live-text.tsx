// Text that grows while it is read: pieces are put at its end once a frame, and nothing before them is drawn again.
import { useLayoutEffect, useRef, type JSX } from 'react';
import { useFeed } from './use-feed.ts';
import css from './output-pane.module.css';

/** A block that is this long ends with its line, so that only the last one is laid out anew; characters. */
const longBlock = 2000;
/** Nearer to the end than this, the view goes along; px. */
const nearEnd = 40;

export function LiveText({
  callKey,
  channel,
}: {
  readonly callKey: string;
  readonly channel: 'text' | 'reasoning';
}): JSX.Element {
  const feed = useFeed();
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    let shown = 0;
    let block: HTMLElement | undefined;
    let blockLength = 0;
    const put = (text: string): void => {
      if (text === '') return;
      if (block === undefined || (blockLength > longBlock && element.lastChild?.textContent?.endsWith('\n') === true)) {
        block = document.createElement('div');
        blockLength = 0;
        element.append(block);
      }
      block.append(text);
      blockLength += text.length;
    };
    const draw = (): void => {
      const said = feed.view.spoken.get(callKey)?.[channel] ?? '';
      if (said.length < shown) {
        element.replaceChildren();
        block = undefined;
        shown = 0;
      }
      if (said.length === shown) return;
      const scroller = element.closest('[data-follow]');
      const isAtEnd = scroller !== null && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearEnd;
      const piece = said.slice(shown);
      const lineEnd = piece.lastIndexOf('\n') + 1;
      put(piece.slice(0, lineEnd));
      put(piece.slice(lineEnd));
      shown = said.length;
      if (isAtEnd) scroller.scrollTop = scroller.scrollHeight;
    };
    draw();
    return feed.subscribe(`call:${callKey}`, draw);
  }, [feed, callKey, channel]);
  return <div ref={box} className={css.live} data-live={channel} />;
}
