/** Kubernetes versions that can be asked for. Every fact is dated by the minor version that brought it; recorded are v1.18, v1.26 and v1.36. */
export const kubernetesVersions = [
  ...(['v1.18', 'v1.19', 'v1.20', 'v1.21', 'v1.22', 'v1.23', 'v1.24', 'v1.25', 'v1.26'] as const),
  ...(['v1.27', 'v1.28', 'v1.29', 'v1.30', 'v1.31', 'v1.32', 'v1.33', 'v1.34', 'v1.35', 'v1.36'] as const),
] as const
export type KubernetesVersion = (typeof kubernetesVersions)[number]

/** The minor number: 18 for `v1.18`. */
export function minorOf(version: KubernetesVersion): number {
  return Number(version.slice(version.indexOf('.') + 1))
}

/** Something that changed between versions: what held before any change, then what holds from each minor on. */
export interface VersionedFact<T> {
  /** Kubernetes source path or section of the facts that it was read in. */
  readonly source: string
  readonly initially: T
  /** Oldest change first. */
  readonly since: readonly (readonly [minor: number, value: T])[]
}

/** The value of a fact in a version. */
export function factAt<T>(fact: VersionedFact<T>, minor: number): T {
  let value = fact.initially
  for (const [since, changed] of fact.since) if (minor >= since) value = changed
  return value
}

/** The same function, which makes its answer once for each minor version: simulations share it, so nobody may change it. */
export function onceAVersion<T>(make: (minor: number) => T): (minor: number) => T {
  const made = new Map<number, T>()
  return (minor) => {
    let known = made.get(minor)
    if (known === undefined) {
      known = make(minor)
      made.set(minor, known)
    }
    return known
  }
}
