/**
 * Rows that podsim does not meet, and why. docs/fidelity.md lists the same reasons; a row that has come to agree must
 * leave (known-differences.test.ts).
 */
export interface KnownDifference {
  /** Path below the folder of vectors. */
  readonly file: string
  readonly row: string
  readonly reason: string
}

const reasons = {
  explain: 'kubectl explain: the descriptions of the API are not carried along',
  managedFields: 'metadata.managedFields is not kept, so what concerns it alone changes nothing and is not shown',
  otherTests: 'the recorded node still held Pods of other recordings, which no input tells',
  randomNames: 'which of several ReplicaSets is printed last hangs on random names',
  metaKinds: 'DeleteOptions and WatchEvent are known once, not once for each group',
} as const

const versions = ['1.18.20', '1.20.2', '1.32.4'] as const

function rows(
  file: string,
  session: string,
  steps: readonly number[],
  reason: string,
  of: readonly string[] = versions,
) {
  return of.flatMap((version) => steps.map((step) => ({ file, row: `${session}/${version}#${step}`, reason })))
}

export const knownDifferences: readonly KnownDifference[] = [
  ...rows('kubectl-session-neighbours.json', 'neighbours', [106, 107, 108], reasons.explain),
  ...rows('kubectl-session-neighbours.json', 'neighbours', [67], reasons.managedFields, ['1.18.20']),
  ...rows('kubectl-session-immutable-off.json', 'immutable-off', [5], reasons.managedFields, ['1.20.2', '1.32.4']),
  ...rows('kubectl-session-status.json', 'status', [5], reasons.otherTests),
  ...rows('kubectl-session-workloads.json', 'workloads', [27], reasons.randomNames),
  ...['openapi/v1.18.json', 'openapi/v1.35.json'].flatMap((file) =>
    ['DeleteOptions', 'WatchEvent'].map((kind) => ({
      file,
      row: `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`,
      reason: reasons.metaKinds,
    })),
  ),
]

/** The reason for which a row is let off, if it is. */
export function knownReason(file: string, row: string): string | undefined {
  return knownDifferences.find((known) => known.file === file && known.row === row)?.reason
}
