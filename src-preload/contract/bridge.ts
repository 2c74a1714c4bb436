// What the bridge offers the page besides the port: no feature, only what a page cannot do by itself.

/** `Dropped` is the page's File; this side of the treaty has no DOM. */
export interface Bridge<Dropped> {
  /** Tells main that the person dropped this file, and returns its path; undefined for a file that is not on disk. */
  readonly grant: (file: Dropped) => Promise<string | undefined>;
  /** Calls back with the id of an action that was chosen in the system's menu. */
  readonly onCommand: (listener: (id: string) => void) => void;
}

/** The page posts this to itself with one end of a MessageChannel; the bridge hands that end to main. */
export const connectMessage = 'atelier:connect';
export const grantChannel = 'atelier:grant';
export const commandChannel = 'atelier:command';
