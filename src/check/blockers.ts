import type { ContainerStatus, Event, Pod, Secret } from '../api/types/core.ts'
import { textAt } from '../go/json.ts'
import { closest } from '../sim/input/closest.ts'
import type { Sim } from '../sim/sim.ts'
import type { AppliedCluster } from './cluster.ts'
import { makersOf } from './makers.ts'
import { unreadableFiles } from './readable.ts'
import { podSpecOf, podSpecPath, type Reference, referencesIn } from './references.ts'
import type { Blocker, CauseKind, Waiting } from './report.ts'
import { objectName } from './words.ts'
import { type Workload, wantedPods } from './workloads.ts'

/** One cause found at one workload, before causes of several are put together. */
interface Found {
  readonly cause: CauseKind
  readonly key: string
  readonly summary: string
  readonly path: readonly (string | number)[]
  readonly hints: readonly string[]
  readonly uses: readonly string[]
}

/** What keeps workloads from starting, one entry for each cause, in the order of the files. */
export function blockersOf(cluster: AppliedCluster, workloads: readonly Workload[]): readonly Blocker[] {
  const blockers = new Map<string, Blocker>()
  for (const workload of workloads) {
    const found = causesAt(cluster, workload)
    for (const cause of found) {
      const waits = waitingOf(cluster, workload, cause)
      const known = blockers.get(cause.key)
      if (known !== undefined) {
        blockers.set(cause.key, { ...known, waits: [...known.waits, waits] })
        continue
      }
      const { cause: kind, summary, hints } = cause
      blockers.set(cause.key, {
        cause: kind,
        summary,
        hints,
        place: workload.given.place(cause.path),
        waits: [waits],
        runs: 1,
      })
    }
  }
  return [...blockers.values()]
}

/** Missing things explain what hangs on them; only where nothing is missing does the Pod's own state speak. */
function causesAt(cluster: AppliedCluster, workload: Workload): readonly Found[] {
  const readable = unreadableFiles(workload).map((each) => ({ ...each, cause: 'unreadable' as const }))
  if (workload.startedAtMs !== undefined) return readable
  const missing = missingAt(cluster, workload)
  if (missing.length > 0) return [...missing, ...readable]
  return [...statesAt(cluster, workload), ...readable]
}

/** References that the cluster does not answer, at the end of the run. */
function missingAt(cluster: AppliedCluster, { given, namespace }: Workload): readonly Found[] {
  const { spec, path } = podSpecOf(given) ?? { spec: {}, path: [] }
  const found = new Map<string, Found>()
  for (const reference of referencesIn(spec, path)) {
    const missing = reference.isOptional ? undefined : missingOf(cluster, reference, namespace)
    if (missing === undefined) continue
    const known = found.get(missing.key)
    const how = howUsed(reference)
    found.set(missing.key, { ...(known ?? missing), uses: [...new Set([...(known?.uses ?? []), how])] })
  }
  return [...found.values()]
}

function missingOf(cluster: AppliedCluster, reference: Reference, namespace: string): Found | undefined {
  const { kind, name, keys } = reference
  const word = kind.toLowerCase()
  const full = `${word} ${namespace}/${name}`
  const object = cluster.sim.get<Secret>(kind, name, namespace)
  if (object === undefined) {
    const cause = kind === 'Secret' ? 'secretMissing' : 'configMapMissing'
    const hints = hintsFor(cluster, reference, namespace)
    return { cause, key: full, summary: `${full} does not exist`, path: reference.path, hints, uses: [] }
  }
  const has = Object.keys(object.data ?? {})
  const lacks = (keys ?? []).filter((key) => !has.includes(key))
  if (lacks.length === 0) return undefined
  const cause = kind === 'Secret' ? 'secretKeyMissing' : 'configMapKeyMissing'
  const near = lacks.map((key) => closest(key, has)).find((each) => each !== undefined)
  return {
    cause,
    key: `${full} ${lacks.join(' ')}`,
    summary: `${full} has no key ${lacks.join(', ')}`,
    path: reference.way === 'env' ? [...reference.path.slice(0, -1), 'key'] : reference.path,
    hints: [near === undefined ? `it has ${has.length === 0 ? 'no keys' : has.join(', ')}` : `did you mean ${near}?`],
    uses: [],
  }
}

function hintsFor(cluster: AppliedCluster, { kind, name }: Reference, namespace: string): readonly string[] {
  const { sim, applied, unknownKinds, refused } = cluster
  const own = objectName({ kind, name, namespace }, namespace)
  const all = sim.list(kind)
  const near = closest(
    name,
    all.filter(({ metadata }) => metadata.namespace === namespace).map(({ metadata }) => metadata.name),
  )
  const elsewhere = all
    .filter(({ metadata }) => metadata.name === name && metadata.namespace !== namespace)
    .map(({ metadata }) => metadata.namespace ?? '')
  if (refused.some(({ object }) => object === own)) return ['it is among the manifests, but was refused']
  return [
    ...(near === undefined ? [] : [`did you mean ${near}?`]),
    ...elsewhere.map((home) => `namespace ${home} has one of that name; a Pod reaches only those of its own`),
    ...(kind === 'Secret'
      ? makersOf([...applied, ...unknownKinds], { name, namespace, fallback: cluster.namespace })
      : []),
  ]
}

function howUsed({ container, way, where, volume, isInit }: Reference): string {
  const who = container === undefined ? 'no container' : `${isInit ? 'init container' : 'container'} ${container}`
  switch (way) {
    case 'env':
      return `${who}, env ${where}`
    case 'envFrom':
      return `${who}, envFrom${where === '' ? '' : ` with prefix ${where}`}`
    case 'pull':
      return 'image pulls'
    case 'volume':
    case 'projected':
    case 'subPath':
      return `${who}, volume ${volume ?? ''}${where === '' ? '' : ` at ${where}`}`
  }
}

/** Where nothing is missing: what scheduler, runtime and controllers say. */
function statesAt(cluster: AppliedCluster, workload: Workload): readonly Found[] {
  const { pods, given } = workload
  const [top] = workload.chain
  if (pods.length < wantedPods(given, top) && pods.length === 0) return refusedPods(cluster.sim, workload)
  const pod = pods.find((each) => !isReady(each))
  if (pod === undefined) return []
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False') return [unscheduled(pod, scheduled.message ?? '', given.kind)]
  const specPath = podSpecPath(given) ?? []
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const stuck = statuses.find(({ state, ready }) => state?.waiting !== undefined && !ready)
  const reason = stuck?.state?.waiting?.reason ?? ''
  if (stuck !== undefined && /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull)$/.test(reason))
    return [imagePull(cluster.sim, pod, stuck, specPath)]
  if (stuck !== undefined && (reason === 'CrashLoopBackOff' || reason === 'RunContainerError'))
    return [crash(cluster.sim, workload, pod, stuck)]
  return [notReady(workload, pod, stuck)]
}

function refusedPods(sim: Sim, { chain, given, namespace }: Workload): readonly Found[] {
  const uids = new Set(chain.map(({ metadata }) => metadata.uid))
  const event = newestWarning(sim, namespace, uids)
  const message = event?.message ?? 'its controller made no Pod'
  return [
    {
      cause: 'podsRefused',
      key: `refused ${given.kind}/${given.name}`,
      summary: message,
      path: /service ?account/.test(message) ? [...(podSpecPath(given) ?? []), 'serviceAccountName'] : [],
      hints: [],
      uses: [],
    },
  ]
}

function unscheduled(pod: Pod, message: string, kind: string): Found {
  const isClaim = /persistentvolumeclaim|PersistentVolumeClaim|volume binding|persistent volumes/.test(message)
  const claims = (pod.spec.volumes ?? []).map((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName'))
  const claim = claims.find((name) => name !== '')
  const at: readonly (string | number)[] = kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec']
  return isClaim
    ? {
        cause: 'claimUnbound',
        key: `claim ${pod.metadata.namespace}/${claim}`,
        summary: message,
        path: at,
        hints: [],
        uses: claim === undefined ? [] : [`claim ${claim}`],
      }
    : { cause: 'unschedulable', key: `unschedulable ${message}`, summary: message, path: at, hints: [], uses: [] }
}

function imagePull(
  sim: Sim,
  pod: Pod,
  { name, image, state }: ContainerStatus,
  path: readonly (string | number)[],
): Found {
  const namespace = pod.metadata.namespace ?? ''
  const hints = (pod.spec.imagePullSecrets ?? []).flatMap(({ name: secretName = '' }) => {
    const secret = sim.get<Secret>('Secret', secretName, namespace)
    if (secret === undefined) return [`secret ${namespace}/${secretName} of imagePullSecrets does not exist`]
    const isRight = secret.type === 'kubernetes.io/dockerconfigjson' || secret.type === 'kubernetes.io/dockercfg'
    return isRight
      ? []
      : [
          `secret ${namespace}/${secretName} of imagePullSecrets has type ${secret.type}; pulls take kubernetes.io/dockerconfigjson`,
        ]
  })
  return {
    cause: 'imagePull',
    key: `pull ${image}`,
    summary: `image ${image}: ${state?.waiting?.message ?? 'it cannot be pulled'}`,
    path,
    hints,
    uses: [`container ${name}`],
  }
}

function crash(sim: Sim, { given }: Workload, pod: Pod, { name, state, lastState }: ContainerStatus): Found {
  const ended = lastState?.terminated
  const { namespace = '' } = pod.metadata
  const lastLine = sim
    .logs({ pod: pod.metadata.name, container: name, namespace }, { previous: true })
    .trimEnd()
    .split('\n')
    .at(-1)
  const code = ended === undefined ? (state?.waiting?.message ?? '') : `exit code ${ended.exitCode}`
  return {
    cause: 'crash',
    key: `crash ${given.kind}/${given.name} ${name}`,
    summary: `container ${name} of ${given.kind.toLowerCase()} ${given.name} ends again and again: ${code}`,
    path: [],
    hints: lastLine === undefined || lastLine === '' ? [] : [`its last line: ${lastLine}`],
    uses: [`container ${name}`],
  }
}

function notReady({ given }: Workload, pod: Pod, stuck: ContainerStatus | undefined): Found {
  const waiting = stuck?.state?.waiting
  const detail = waiting?.message ?? waiting?.reason ?? `phase ${pod.status?.phase ?? 'Pending'}`
  return {
    cause: 'notReady',
    key: `state ${given.kind}/${given.name}`,
    summary: `${given.kind.toLowerCase()} ${given.name} does not become ready: ${detail}`,
    path: [],
    hints: [],
    uses: stuck === undefined ? [] : [`container ${stuck.name}`],
  }
}

function waitingOf({ sim, namespace: fallback }: AppliedCluster, workload: Workload, { uses }: Found): Waiting {
  const { given, namespace, pods, chain } = workload
  const pod = pods.find((each) => !isReady(each)) ?? pods[0]
  const uids = new Set([...chain.map(({ metadata }) => metadata.uid), pod?.metadata.uid])
  const event = newestWarning(sim, namespace, uids)
  return {
    workload: objectName(given, fallback),
    place: given.place([]),
    uses,
    status: pod === undefined ? '' : shownStatus(sim, pod),
    event: event === undefined ? undefined : `${event.reason}: ${event.message}`,
  }
}

/** The STATUS column of `kubectl get pods`. */
function shownStatus(sim: Sim, { metadata }: Pod): string {
  const { stdout } = sim.kubectl(['get', 'pod', metadata.name, '-n', metadata.namespace ?? '', '--no-headers'])
  return stdout.trim().split(/\s{2,}/)[2] ?? ''
}

function newestWarning(sim: Sim, namespace: string, uids: ReadonlySet<string | undefined>): Event | undefined {
  return sim
    .events({ namespace })
    .filter(({ type, involvedObject }) => type === 'Warning' && uids.has(involvedObject.uid))
    .at(-1)
}

function isReady({ status }: Pod): boolean {
  return (
    status?.phase === 'Succeeded' ||
    (status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false)
  )
}
