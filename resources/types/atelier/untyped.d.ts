// Made by build/types.ts: do not change it here.
/** The runtime knows no types of the user's: this is where they are let go. Members that are undefined stay so. */
export declare function untyped<T>(value: unknown): T;
