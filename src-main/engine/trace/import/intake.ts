// Takes records in: turns, residues, traces and pairs of one file, written to the store in small transactions.
import type { ImportCounts } from '#contract/import';
import type { Json } from '#contract/turn';

/** What takes the records of one file, whatever the format. */
export interface Intake {
  /** Reads one record and keeps it for the next `flush`. Throws a Problem where it cannot be read; then nothing of it stays. */
  take(record: Json, position: number, place: Place): void;
  /** Writes what was taken to the store, inside the caller's transaction. */
  flush(): void;
  counts(): Omit<ImportCounts, 'rejected'>;
}

/** What the intake needs to report about a record that came in all the same. */
export interface Place {
  readonly note: (cause: string, hint?: string) => void;
}
