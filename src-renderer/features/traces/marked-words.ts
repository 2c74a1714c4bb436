// Marks the words of a search in what is drawn, over the text and not in it: nothing of the page changes.
import { useEffect, type RefObject } from 'react';
import type { WordSearch } from '../../lib/find-words.ts';

/** Named in transcript-pane.module.css. */
const highlightName = 'found-words';
/** More marks than anybody looks at; a single letter may be found a million times. */
const mostMarks = 5000;

/** Keeps the marks in step with what `box` shows while it scrolls and unfolds. */
export function useMarkedWords(box: RefObject<HTMLElement | null>, search: WordSearch | undefined): void {
  useEffect(() => {
    const element = box.current;
    if (element === null || search === undefined) return undefined;
    let frame = 0;
    const mark = (): void => {
      frame = 0;
      CSS.highlights.set(highlightName, new Highlight(...rangesIn(element, search, mostMarks)));
    };
    const observer = new MutationObserver(() => {
      if (frame === 0) frame = requestAnimationFrame(mark);
    });
    observer.observe(element, { childList: true, characterData: true, subtree: true });
    mark();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      CSS.highlights.delete(highlightName);
    };
  }, [box, search]);
}

/** The first found word within an element; undefined where it is folded away or cut off. */
export function firstRange(element: Element, search: WordSearch): Range | undefined {
  return rangesIn(element, search, 1)[0];
}

function rangesIn(root: Element, search: WordSearch, most: number): readonly Range[] {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null && ranges.length < most; node = walker.nextNode()) {
    if (!isSaid(node.parentElement)) continue;
    for (const [start, end] of search.places(node.textContent ?? '', most - ranges.length)) {
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, end);
      ranges.push(range);
    }
  }
  return ranges;
}

/** What a message holds, not what the studio writes beside it. */
function isSaid(element: Element | null): boolean {
  return element !== null && element.closest('[data-said]') !== null && element.closest('button') === null;
}
