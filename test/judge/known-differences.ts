import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

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
  otherTests: 'the recorded node still held Pods of other recordings, which no input tells',
  randomNames: 'which of several ReplicaSets is printed last hangs on random names',
  outageDraws:
    'what came first around an outage (a look of the node monitor, a heartbeat, a restart, a sync) fell otherwise in every seed tried',
  busyMachine: 'the recorded machine was so busy that a status waited until the next one took its place',
  removedBefore: 'the ended container before was removed a moment before the status was made',
  rareDraws:
    'drawn latencies put two statuses of one second in this order in fewer than one run of 14: it was seen with 56 seeds, in del-watch with 400',
  batch: 'the 10 s batch of statuses fell between two statuses of one second',
  splitLists: 'the LISTs of one Pod came on both sides of the instant at which the authorizer knew it',
  firstMinute: "the kubelet's look for idle watches, once a minute, fell into the first 0.2 s of a Pod",
  emptyBytes:
    'a patch that changes nothing writes an empty value anew where the patch before was of another kind, for Go has two kinds of empty bytes',
  drawnNames: 'the name that the server drew stands unmasked in the text',
  wellKnown: 'the recorded server lets everybody read /.well-known, as OpenShift does',
  ownPort: 'the recorded server listened on a port of its own',
  metaKinds: 'DeleteOptions and WatchEvent are known once, not once for each group',
} as const

const versions = ['1.18.20', '1.20.2', '1.32.4'] as const

function streams(file: string, reason: string, ...names: readonly string[]) {
  return names.map((row) => ({ file, row, reason }))
}

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
  ...rows('kubectl-session-status.json', 'status', [5], reasons.otherTests),
  ...rows('kubectl-session-workloads.json', 'workloads', [27], reasons.randomNames),
  ...streams(
    'timelines/outage-cache.json',
    reasons.outageDraws,
    'api crashes',
    'volume-manager mounted-0 v',
    'event mounted-0 FailedMount MountVolume.SetUp failed for volume "v" : Get "https://<server>/api/v1/namespaces/outage-cache-d/secrets/upd-0": dial tcp <server>: connect: connection refused',
  ),
  ...streams(
    'timelines/outage-get.json',
    reasons.outageDraws,
    'api crashes',
    'event crashes Failed Error: secrets "env0" is forbidden: User "system:node:outage-get-d" cannot get resource "secrets" in API group "" in the namespace "outage-get-d": no relationship found between node "outage-get-d" and this object',
    'request env0 outage-get-d',
    'volume-manager mounted-0 v',
  ),
  ...streams(
    'timelines/outage-kubelet-restart.json',
    reasons.outageDraws,
    'api crashes',
    'api outage-kubelet-restart-d',
    'api vol',
    'event outage-kubelet-restart-d NodeNotReady Node outage-kubelet-restart-d status is now: NodeNotReady',
    'event outage-kubelet-restart-d NodeReady Node outage-kubelet-restart-d status is now: NodeReady',
  ),
  ...streams('timelines/outage-watch.json', reasons.outageDraws, 'api crashes', 'request late2 outage-watch-d'),
  ...streams(
    'apiserver-secrets.json',
    reasons.emptyBytes,
    'apply-style-patch-from-stringdata-to-data#4',
    'apply-style-patch-from-stringdata-to-data#5',
  ),
  ...streams('v1.36/apiserver-secrets.json', reasons.drawnNames, 'generate-name-many#1', 'generate-name-many#2'),
  ...streams('v1.36/authz.json', reasons.wellKnown, 'access-reviews#5'),
  ...streams('v1.36/authz.json', reasons.ownPort, 'node-lists#6'),
  ...rows('v1.36/kubectl-session-status.json', 'status', [5], reasons.otherTests, ['1.36.4']),
  ...rows('v1.36/kubectl-session-workloads.json', 'workloads', [27], reasons.randomNames, ['1.36.4']),
  ...rows('v1.36/kubectl-session-errors.json', 'errors', [70, 86], reasons.wellKnown, ['1.36.4']),
  ...rows('v1.36/kubectl-session-newer.json', 'newer', [111], reasons.wellKnown, ['1.36.4']),
  ...streams('timelines/reboot.json', reasons.batch, 'api init'),
  ...streams('v1.26/timelines/del-watch.json', reasons.removedBefore, 'api env-optional'),
  ...streams('v1.26/timelines/idle-watch.json', reasons.splitLists, 'request never-again idle-watch-d'),
  ...streams(
    'v1.26/timelines/outage-watch.json',
    reasons.outageDraws,
    'api crashes',
    'api waits2-env',
    'api waits2-vol',
    'event crashes',
    'event waits2-env',
    'event waits2-vol',
  ),
  ...streams(
    'v1.36/timelines/outage-watch.json',
    reasons.outageDraws,
    'api waits2-env-k',
    'api waits2-vol-k',
    'event crashes-k',
    'event mounted-0-k',
    'event mounted-1-k',
    'event waits-env-k',
    'event waits-vol-k',
    'event waits2-env-k',
    'event waits2-vol-k',
    'request v36-late outage-watch-t',
    'request v36-upd-0 outage-watch-t',
    'request v36-upd-1 outage-watch-t',
    'api waits-env-k',
    'count of crashes-k NodeNotReady Node is not ready',
    'count of mounted-0-k NodeNotReady Node is not ready',
    'count of mounted-1-k NodeNotReady Node is not ready',
  ),
  ...streams('v1.36/timelines/burst.json', reasons.splitLists, 'Pods that see "failed to sync secret cache"'),
  ...streams('v1.36/timelines/delrec-get.json', reasons.busyMachine, 'api env-optional-k'),
  ...streams('v1.36/timelines/edges.json', reasons.busyMachine, 'api two-containers-k'),
  ...streams('v1.36/timelines/sidecar.json', reasons.busyMachine, 'api crashing', 'api vol-late'),
  ...streams('v1.36/timelines/sidecar.json', reasons.rareDraws, 'api job'),
  ...streams('v1.36/timelines/del-watch.json', reasons.rareDraws, 'api env-optional-k'),
  ...streams('v1.36/timelines/delrec-cache.json', reasons.rareDraws, 'api env-restart-k'),
  ...streams('v1.26/timelines/pod-end.json', reasons.firstMinute, 'request k pod-end-d'),
  ...['openapi/v1.18.json', 'openapi/v1.35.json'].flatMap((file) =>
    ['DeleteOptions', 'WatchEvent'].map((kind) => ({
      file,
      row: `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`,
      reason: reasons.metaKinds,
    })),
  ),
]

/** Why rows of open-differences.json are let off: nobody has come to them. */
export const openReason = 'recorded later than podsim was built for, and not met yet'

/** Where `npm run vectors -- --shrink` takes out what is met. */
export const openDifferencesFile = fileURLToPath(new URL('../fixtures/open-differences.json', import.meta.url))

/** Rows that are to be met one day, by file. The list only ever gets shorter. */
export const openDifferences = JSON.parse(readFileSync(openDifferencesFile, 'utf8')) as Readonly<
  Record<string, readonly string[]>
>

const openRows = new Map(Object.entries(openDifferences).map(([file, list]) => [file, new Set(list)]))

/** The reason for which a row is let off, if it is. */
export function knownReason(file: string, row: string): string | undefined {
  const named = knownDifferences.find((known) => known.file === file && known.row === row)?.reason
  return named ?? (openRows.get(file)?.has(row) === true ? openReason : undefined)
}
