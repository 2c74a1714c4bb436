// Lets a value's type go, in the one place where the user's types end.

/** The runtime knows no types of the user's: this is where they are let go. Members that are undefined stay so. */
export function untyped<T>(value: unknown): T {
  return value as T;
}
