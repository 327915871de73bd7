import { runKubectl } from '../../../src/sim/run-kubectl.ts'
import { TerminalClock } from '../../../src/sim/terminal-clock.ts'
import { isListOf, type Judge, type RowScore, stemOf, type VectorFile } from '../judge.ts'
import { userNamed } from '../kubectl-sessions.ts'
import { MemoryFiles } from '../memory-files.ts'
import { createRecordedControlPlane, type RecordedControlPlane, type RecordedSetUp } from '../recorded-control-plane.ts'
import {
  type JudgedCluster,
  judgedElsewhere,
  type KubectlStep,
  type RequestVector,
  runRequestVector,
} from '../requests.ts'
import { minorOfPath } from '../vectors-folder.ts'
import { judgeNamespaceTimeline, type NamespaceSample } from './namespace-timeline.ts'
import { judgeNodeLifecycle, type LifecycleEntry } from './node-lifecycle.ts'

/** Secrets, Pods, authz and controllers: `request` and `response` steps (README-real-cluster.md). */
export const requestVectors: Judge = {
  claims: ({ content }) =>
    isListOf(content, 'name', 'group') &&
    (content as readonly object[]).some((vector) => Object.hasOwn(vector, 'steps')),
  parts(file) {
    const vectors = file.content as readonly LifecycleVector[] // claimed
    const nodes = nodesOfFile(file)
    return vectors.map((vector) => ({ name: vector.name, score: () => ({ rows: vectorRows(file, vector, nodes) }) }))
  },
}

interface LifecycleVector extends RequestVector {
  readonly timeline?: readonly LifecycleEntry[]
}

function vectorRows(file: VectorFile, vector: LifecycleVector, nodes: readonly string[]): readonly RowScore[] {
  if (vector.timeline !== undefined) return judgeNodeLifecycle(vector.name, vector.timeline)
  // Only in the files of Secrets, Pods and authz ran no scheduler.
  if (!stemOf(file.path).startsWith('controllers')) return rowsOfSeed(file, vector, nodes)
  let best: readonly RowScore[] | undefined
  for (let i = 0; i < (hasDrawnNames(vector) ? orders : 1); i++) {
    const rows = rowsOfSeed(file, vector, nodes, `controllers/${vector.name}/${i}`)
    if (best === undefined || missed(rows) < missed(best)) best = rows
    if (missed(best) === 0) break
  }
  return best ?? []
}

/**
 * Lists are in the order of names, and those of what controllers make are drawn: of two Pods the one that was made first comes first in
 * every second run. One in which all comes in the recorded order must be among so many.
 */
const orders = 8

/** Recordings have `<rand-N>` where a name was drawn. */
function hasDrawnNames({ steps = [] }: LifecycleVector): boolean {
  return JSON.stringify(steps).includes('<rand-')
}

function missed(rows: readonly RowScore[]): number {
  return rows.filter(({ passed }) => !passed).length
}

/** With a seed, the vector is one of a cluster with a scheduler and controllers. */
function rowsOfSeed(
  file: VectorFile,
  vector: LifecycleVector,
  nodes: readonly string[],
  seed?: string,
): readonly RowScore[] {
  const runsScheduler = seed !== undefined
  const own = runsScheduler ? oneNode(vector, nodes) : vector
  let cluster: RecordedControlPlane | undefined
  const rows = runRequestVector(
    own,
    () => {
      cluster = clusters.take({
        seed: seed ?? 'recorded',
        minor: minorOfPath(file.path),
        gates: vector.gates ?? {},
        nodes: nodes.filter((name) => !isMadeBy(vector, nodesPath, name)),
        hasLease: (name) => !isMadeBy(vector, leasesPath, name),
        runsScheduler,
        ...(vector.namespace === undefined ? {} : { namespace: vector.namespace }),
      })
      return judged(cluster, runsScheduler ? nodes : [])
    },
    { settleMs, isOrderJudged: !isSharedWithControllers(vector) },
  )
  const switches = (vector.steps ?? []).some(({ gate }) => gate !== undefined)
  if (cluster !== undefined && !switches) clusters.giveBack(cluster)
  const judgedRows = rows.filter(({ diff }) => diff !== judgedElsewhere)
  const samples = (vector.steps ?? []).flatMap(({ timeline }) => (timeline ?? []) as readonly NamespaceSample[])
  if (samples.length === 0 || cluster === undefined) return judgedRows
  return [...judgedRows, ...judgeNamespaceTimeline(vector, cluster, samples)]
}

/**
 * Clusters of the recordings. One in which nothing was written, as most refusals leave it, is as good as new: the next vector
 * that wants the same has it.
 */
class RecordedClusters {
  readonly #free = new Map<string, RecordedControlPlane>()
  readonly #made = new WeakMap<RecordedControlPlane, { readonly key: string; readonly mark: string }>()

  take(setUp: RecordedSetUp): RecordedControlPlane {
    const key = JSON.stringify({ ...setUp, hasLease: setUp.nodes?.filter((node) => setUp.hasLease?.(node) !== false) })
    const free = this.#free.get(key)
    this.#free.delete(key)
    const cluster = free ?? createRecordedControlPlane(setUp)
    this.#made.set(cluster, { key, mark: markOf(cluster) })
    return cluster
  }

  giveBack(cluster: RecordedControlPlane): void {
    const made = this.#made.get(cluster)
    if (made?.mark === markOf(cluster)) this.#free.set(made.key, cluster)
  }
}

/** Changes with every write, every watch that is left open, and when the time comes at which leases are renewed. */
function markOf({ plane, kernel }: RecordedControlPlane): string {
  return [plane.server.store.revision, plane.server.openWatches(), Math.floor(kernel.now() / 1000)].join(' ')
}

const clusters = new RecordedClusters()

/** Time from one request of the recording to the next. */
const settleMs = 2

/** Nodes are written by several controllers at once, and in which order they come is luck there as here. */
function isSharedWithControllers(vector: RequestVector): boolean {
  return JSON.stringify(vector.steps).includes('"/api/v1/nodes')
}

/** The nodes of the recorded cluster: those that its users, paths and Pods name. */
function nodesOfFile({ content }: VectorFile): readonly string[] {
  const text = JSON.stringify(content)
  const named = [
    ...text.matchAll(/"user":"system:node:([a-z0-9.-]+)"/g),
    ...text.matchAll(/"nodeName":"([a-z0-9.-]+)"/g),
    ...text.matchAll(/"\/api\/v1\/nodes\/([a-z0-9.-]+)/g),
  ].map((match) => match[1] ?? '')
  return [...new Set(named)].sort()
}

const nodesPath = /^\/api\/v1\/nodes(\?|$)/
const leasesPath = /\/leases(\?|$)/

/** Whether a vector makes that object itself, so that it cannot have been there. */
function isMadeBy({ steps = [] }: RequestVector, collection: RegExp, node: string): boolean {
  return steps.some(({ request }) => {
    if (request?.method !== 'POST' || !collection.test(request.path)) return false
    const text = request.bodyText ?? JSON.stringify(request.body)
    return text.includes(`"name":"${node}"`)
  })
}

/** With equal nodes the scheduler chooses at random, so that they are one as far as can be judged. */
function oneNode(vector: RequestVector, nodes: readonly string[]): RequestVector {
  return JSON.parse(sameName(JSON.stringify(vector), nodes)) as RequestVector
}

function sameName(text: string, nodes: readonly string[]): string {
  const [first = '', ...others] = nodes
  return others.reduce((shown, name) => shown.replace(new RegExp(`(?<![\\w.-])${name}(?![\\w-])`, 'g'), first), text)
}

function judged(cluster: RecordedControlPlane, sameNodes: readonly string[]): JudgedCluster {
  return {
    http(request) {
      const answer = cluster.http(request)
      return 'read' in answer || sameNodes.length < 2 ? answer : { ...answer, body: sameName(answer.body, sameNodes) }
    },
    advance: cluster.advance,
    setGate: cluster.setGate,
    kubectl: (step) => kubectl(cluster, step),
  }
}

function kubectl({ kernel, calendar, http }: RecordedControlPlane, step: KubectlStep) {
  const clock = new TerminalClock(kernel)
  const result = runKubectl(kernel, clock, step.argv, {
    clientVersion: /^\d+\.\d+$/.test(step.kubectl) ? `${step.kubectl}.0` : step.kubectl,
    serverAddress: 'https://10.0.0.1:6443',
    http,
    user: userNamed('admin'),
    now: () => calendar.at(kernel.now()),
    until: (condition, timeoutMs) => clock.until(condition, timeoutMs),
    files: new MemoryFiles(),
    stdin: undefined,
    env: new Map(),
    digits: (n) => '1'.repeat(n),
    config: { contexts: [], currentContext: '' },
  })
  return { stdout: result.stdout, stderr: result.stderr, exit: result.exitCode }
}
