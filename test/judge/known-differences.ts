/** The row that tells how often a recorded stream comes. */
export function rateOf(stream: string): string {
  return `rate of ${stream}`
}

/** The row that tells of the order across the actors of a Pod. */
export function orderOf(pod: string): string {
  return `order across actors of ${pod}`
}

/** Rows that only a judge with time for many seeds has. */
export function needsManySeeds(row: string): boolean {
  return row.startsWith(rateOf('')) || row.startsWith(orderOf(''))
}

/**
 * Rows that podsim does not meet, and why. docs/fidelity-scores.md lists them; a row that has come to agree must
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
    'what came first around an outage (a look of the node monitor, a heartbeat, a restart, a sync) fell otherwise in nearly all of 100 seeds',
  busyMachine: 'the recorded machine was so busy that a status waited until the next one took its place',
  removedBefore: 'the ended container before was removed a moment before the status was made',
  rareDraws: 'drawn latencies put two statuses of one second in this order in fewer than three runs of 100',
  batch: 'the 10 s batch of statuses fell between two statuses of one second',
  manyDraws:
    'many restarts in one stream, each with a status that may pass the next one: one of very many orders was recorded',
  twoRefusals:
    'two requests of one Pod were refused before the authorizer knew it, and the pauses after them were drawn just so',
  wholeSecond:
    'a container that runs for just a second ended between the list and the look of one relist, which podsim does at one instant',
  manyAtOnce: "many Pods at once: which of their statuses and events waited for the client's limit, and how long",
  lateRetry: 'a request was refused before the authorizer knew the Pod, and the drawn pause after it ended just so',
  firstMinute: "the kubelet's look for idle watches, once a minute, fell into the first 0.2 s of a Pod",
  drawnNames: 'the name that the server drew stands unmasked in the text',
  wellKnown: 'the recorded server lets everybody read /.well-known, as OpenShift does',
  ownPort: 'the recorded server listened on a port of its own',
} as const

const versions = ['1.18.20', '1.20.2', '1.32.4'] as const

function streams(file: string, reason: string, ...names: readonly string[]) {
  return names.map((row) => ({ file, row, reason }))
}

/** Streams that come, but in fewer runs than a recorded stream should (stream-rows.ts): races, each with what must meet in it. */
function seldom(file: string, reason: string, ...names: readonly string[]) {
  return streams(file, reason, ...names.map(rateOf))
}

/** Pods whose actors came in another order than in nearly all runs (across-actors.ts). */
function orders(file: string, reason: string, ...pods: readonly string[]) {
  return streams(file, reason, ...pods.map(orderOf))
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
  ...streams('timelines/outage-get.json', reasons.outageDraws, 'api crashes'),
  ...streams('v1.36/apiserver-secrets.json', reasons.drawnNames, 'generate-name-many#1', 'generate-name-many#2'),
  ...streams('v1.36/authz.json', reasons.wellKnown, 'access-reviews#5'),
  ...streams('v1.36/authz.json', reasons.ownPort, 'node-lists#6'),
  ...rows('v1.36/kubectl-session-status.json', 'status', [5], reasons.otherTests, ['1.36.4']),
  ...rows('v1.36/kubectl-session-errors.json', 'errors', [70, 86], reasons.wellKnown, ['1.36.4']),
  ...rows('v1.36/kubectl-session-newer.json', 'newer', [111], reasons.wellKnown, ['1.36.4']),
  ...streams('v1.26/timelines/del-watch.json', reasons.removedBefore, 'api env-optional'),
  ...streams('v1.26/timelines/outage-watch.json', reasons.outageDraws, 'api crashes', 'event crashes'),
  ...streams(
    'v1.36/timelines/outage-watch.json',
    reasons.outageDraws,
    'api crashes-k',
    'event crashes-k',
    'request v36-upd-0 outage-watch-t',
    'event waits2-env-k',
  ),
  ...seldom('v1.36/timelines/edges.json', reasons.busyMachine, 'api declared-not-mounted-k', 'api two-containers-k'),
  ...seldom('v1.36/timelines/optional-all.json', reasons.busyMachine, 'api proj'),
  ...seldom('v1.26/timelines/pod-end.json', reasons.firstMinute, 'request k pod-end-d'),
  ...seldom('timelines/crash.json', reasons.manyDraws, 'api at-once-1'),
  ...streams('timelines/outage-watch.json', reasons.twoRefusals, 'request late2 outage-watch-d'),
  ...seldom('timelines/outage-kubelet-restart.json', reasons.outageDraws, 'api crashes'),
  ...streams('v1.26/timelines/idle-watch.json', reasons.lateRetry, 'api env', 'event env'),
  ...orders('v1.26/timelines/idle-watch.json', reasons.lateRetry, 'env'),
  ...seldom('timelines/reboot.json', reasons.batch, 'api init'),
  ...streams('v1.26/timelines/outage-watch.json', reasons.outageDraws, 'event waits2-vol'),
  ...seldom('v1.26/timelines/outage-watch.json', reasons.outageDraws, 'api waits2-vol'),
  ...seldom('v1.36/timelines/outage-watch.json', reasons.outageDraws, 'event waits2-vol-k'),
  ...seldom('v1.36/timelines/delrec-get.json', reasons.busyMachine, 'api env-optional-k'),
  ...seldom('v1.36/timelines/sidecar.json', reasons.busyMachine, 'api crashing'),
  ...streams('v1.36/timelines/sidecar.json', reasons.busyMachine, 'api vol-late'),
  ...seldom('v1.36/timelines/upd-cache-none.json', reasons.rareDraws, 'api w3'),
  ...orders('timelines/crash.json', reasons.wholeSecond, 'on-failure'),
  ...orders('v1.26/timelines/crash.json', reasons.wholeSecond, 'on-failure'),
  ...orders('timelines/outage-cache.json', reasons.manyAtOnce, 'mounted-0'),
  ...orders('timelines/outage-cache.json', reasons.outageDraws, 'crashes'),
  ...orders('timelines/outage-get.json', reasons.outageDraws, 'crashes', 'waits2-env'),
  ...orders('timelines/pod-end.json', reasons.manyAtOnce, 'completes', 'two-containers-one-ends'),
  ...orders('timelines/reboot.json', reasons.manyAtOnce, 'env-gone'),
  ...orders('v1.26/timelines/outage-watch.json', reasons.outageDraws, 'crashes', 'waits2-vol', 'waits2-env'),
  ...orders('v1.26/timelines/pod-end.json', reasons.manyAtOnce, 'slow-stop', 'fails', 'two-containers-one-ends'),
  // What comes as the server answers again: the last NodeNotReady, and what stands before it.
  ...orders('v1.36/timelines/outage-watch.json', reasons.outageDraws, 'crashes-k', 'mounted-0-k', 'mounted-1-k'),
]

/** The reason for which a row is let off, if it is. */
export function knownReason(file: string, row: string): string | undefined {
  return knownDifferences.find((known) => known.file === file && known.row === row)?.reason
}
