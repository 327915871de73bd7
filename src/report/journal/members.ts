/** An object whose members may be anything. */
export type Members = Readonly<Record<string, unknown>>

/** The members of a value that is an object; a list's are its elements by their numbers. */
export function membersOf(value: unknown): Members | undefined {
  // An object has members, whatever they are.
  return typeof value === 'object' && value !== null ? (value as Members) : undefined
}

/** What lies at the end of a path of names; undefined where a value on the way is none that has members. */
export function inside(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => membersOf(at)?.[name], value)
}
