// Word search without an index: words are runs of letters and digits, case and accents aside.

export function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFD')
      .replace(/\p{Mn}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{Co}]+/gu) ?? []
  );
}

/** Whether `text` has every word of `wanted`, the last one as the beginning of a word. */
export function hasWords(text: string, wanted: string): boolean {
  const words = wordsOf(text);
  const terms = wordsOf(wanted);
  const last = terms.pop();
  if (last === undefined) return false;
  return terms.every((term) => words.includes(term)) && words.some((word) => word.startsWith(last));
}
