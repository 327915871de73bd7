/** Something that holds from a minor version on. */
export interface Change {
  /** The minor version that brought it: 21 for v1.21. */
  readonly since: number
  /** What holds from then on, in words. */
  readonly what: string
  /** Where it was read: a path in the sources of that release, or the recording that shows it. */
  readonly source: string
}

/** Rows of a table of changes, under names that say what holds. */
export function changes<Name extends string>(
  rows: Readonly<Record<Name, readonly [since: number, what: string, source: string]>>,
): Readonly<Record<Name, Change>> {
  const entries = Object.entries<readonly [number, string, string]>(rows)
  // Object.fromEntries forgets which names there are.
  return Object.fromEntries(entries.map(([name, [since, what, source]]) => [name, { since, what, source }])) as Record<
    Name,
    Change
  >
}

/** Whether a minor version has a change. */
export function has(minor: number, change: Change): boolean {
  return minor >= change.since
}
