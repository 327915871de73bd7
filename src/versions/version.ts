/** Kubernetes versions that podsim has a profile for. Every fact is dated by the minor version that brought it. */
export const kubernetesVersions = ['v1.18', 'v1.26', 'v1.36'] as const
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
