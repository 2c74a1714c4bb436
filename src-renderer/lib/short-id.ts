// Ids as they stand in a line: enough to tell one from the next.

export function shortId(id: string): string {
  return id.slice(0, 8);
}
