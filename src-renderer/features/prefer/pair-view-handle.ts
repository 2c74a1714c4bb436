// What the screens around a pair's view can ask of it.

export interface PairViewHandle {
  /** Scrolls both sides to the first words that differ. */
  readonly jump: () => void;
  readonly focus: () => void;
  readonly togglePrefix: () => void;
}
