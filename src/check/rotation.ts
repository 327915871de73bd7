import type { Secret } from '../api/types/core.ts'
import type { UpdateDelay } from '../flow/update-delays.ts'
import { minute, second, type VirtualMs } from '../kernel/time.ts'
import { type AppliedCluster, applyGiven } from './cluster.ts'
import { type GivenObject, type ManifestFile, type Place, readGiven } from './given.ts'
import { inInstallOrder } from './helm.ts'
import { stripLive } from './live.ts'
import type { CheckOptions, HadObject } from './options.ts'
import { checkCall } from './options-schema.ts'
import { type OtherWay, otherUsesOf } from './other-uses.ts'
import { keysTaken, podSpecOf, type Reference, type ReferenceWay, referencesIn } from './references.ts'
import type { ObjectName } from './report.ts'
import { choicesOf, isRecurring, type RotationChoices } from './rotation-choices.ts'
import { objectName } from './words.ts'
import { type Workload, workloadsOf } from './workloads.ts'

export interface RotationOptions extends Omit<CheckOptions, 'for'> {
  /** The Secret, and the key that changes; without one all of its keys do. */
  readonly secret: { readonly namespace?: string; readonly name: string; readonly key?: string }
}

/** What one container sees of the new value, and when. */
export type RotationEffect =
  /** Files follow. Times from the write to the new file, over all runs and Pods. */
  | {
      readonly kind: 'follows'
      readonly p50Ms: VirtualMs
      readonly p99Ms: VirtualMs
      readonly worstMs: VirtualMs
      /** Sync period plus propagation delay, as the page puts it (U3). */
      readonly boundMs: VirtualMs
      readonly measured: number
    }
  /** The running container keeps the old value. */
  | { readonly kind: 'never'; readonly reason: string; readonly until: string }
  /** Read when a container or a pull begins, so the next one has the new value. */
  | { readonly kind: 'next'; readonly until: string }
  /** Somebody reads it over the API whose doings are not simulated. */
  | { readonly kind: 'outside'; readonly reader: string }
  /** Takes other keys of the Secret. */
  | { readonly kind: 'unaffected'; readonly reason: string }
  /** The container did not run, so nothing can be said. */
  | { readonly kind: 'notRunning' }

export interface RotationRow {
  readonly workload: ObjectName
  readonly place: Place
  readonly container: string
  readonly isInit: boolean
  /** `tls`: an Ingress's certificate; `account`: a ServiceAccount lists it; `accountPull`: it hands it to its Pods. */
  readonly way: ReferenceWay | OtherWay
  /** Name of the variable, prefix, or mount path. */
  readonly where: string
  readonly effect: RotationEffect
}

export interface RotationReport {
  readonly version: string
  readonly strategy: string
  readonly secret: ObjectName
  readonly key: string | undefined
  readonly isImmutable: boolean
  readonly runs: number
  readonly rows: readonly RotationRow[]
  /** How long after the write somebody still has the old value: undefined, as long as a container lives that never follows. */
  readonly bothInUseMs: VirtualMs | undefined
  /** Command lines that bring the new value to everybody, in order. */
  readonly cures: readonly string[]
  /** What `immutable` or a new name would change. */
  readonly choices: RotationChoices
  /** Secrets and ConfigMaps that no manifest makes and that were taken to be there. */
  readonly assumed: readonly ObjectName[]
}

/** Long enough for every Pod to be up and its syncs to have found their rhythm. */
const settleMs: VirtualMs = 6 * minute
/** The moments of the writes lie evenly over this time, the longest gap of two syncs: 1.5 sync periods (facts/kubelet.md 12.3). */
const spreadMs: VirtualMs = 90 * second
/** Longer than any kubelet takes to follow: 1.5 sync periods and the longest ttl. */
const watchFor = '8m'

/**
 * Changes a Secret in running clusters of these manifests, and says for every container that uses it when it sees the
 * new value (U1, U3), or why it never does (U4) and what would cure that.
 */
export function rotationOf(files: readonly ManifestFile[], options: RotationOptions): RotationReport {
  checkCall('rotationOf', files, options)
  const { version = 'v1.36', namespace = 'default', seeds = 20, strategy = 'Watch', secret } = options
  const home = secret.namespace ?? namespace
  const { objects } = stripLive(inInstallOrder(readGiven(files).objects).objects)
  const wanted = { name: secret.name, namespace: home }
  const kept = objects.filter((given) => isRun(given, wanted, namespace))
  const missing = missingParts(kept, { ...wanted, fallback: namespace })
  const isImmutable = objects.some((given) => isSecret(given, wanted, namespace) && given.object.immutable === true)
  const runs = isImmutable
    ? []
    : Array.from({ length: seeds }, (_, i) =>
        rotateOnce(
          [...missing.configMaps, ...kept],
          options,
          missing.secrets,
          { ...secret, namespace: home },
          { seed: String(i + 1), settleMs: settleMs + Math.floor((i * spreadMs) / seeds) },
        ),
      )
  const inPods = rowsOf(objects, wanted, namespace, (given, reference) => {
    const fixed = fixedEffect(reference, secret.key, given)
    if (fixed?.kind === 'unaffected') return fixed
    return isImmutable ? immutableEffect : (fixed ?? measured(runs, given, reference))
  })
  const rows = [...inPods, ...otherRowsOf(objects, wanted, namespace, isImmutable)]
  return {
    version,
    strategy,
    secret: objectName({ kind: 'Secret', ...wanted }, namespace),
    key: secret.key,
    isImmutable,
    runs: runs.length,
    rows,
    bothInUseMs: bothInUse(rows),
    cures: curesOf(rows, wanted, isImmutable),
    choices: choicesOf(inPods, isImmutable),
    assumed: missing.names,
  }
}

interface Name {
  readonly name: string
  readonly namespace: string
}

function isSecret(given: GivenObject, wanted: Name, fallback: string): boolean {
  return given.kind === 'Secret' && given.name === wanted.name && (given.namespace || fallback) === wanted.namespace
}

/** Workloads that do not use the Secret, and definitions, only cost time; of a CronJob's uses all is known without a run. */
function isRun(given: GivenObject, wanted: Name, fallback: string): boolean {
  if (given.kind === 'CustomResourceDefinition' || given.kind === 'CronJob') return false
  if (podSpecOf(given) === undefined) return true
  return usesOf(given, wanted, fallback).length > 0
}

function usesOf(given: GivenObject, wanted: Name, fallback: string): readonly Reference[] {
  const pod = podSpecOf(given)
  if (pod === undefined || (given.namespace || fallback) !== wanted.namespace) return []
  return referencesIn(pod.spec, pod.path).filter(({ kind, name }) => kind === 'Secret' && name === wanted.name)
}

/** What Pods need and no manifest makes: taken to be there, or the Pods would not run and show nothing. */
function missingParts(
  objects: readonly GivenObject[],
  { name: rotated, namespace: home, fallback }: Name & { readonly fallback: string },
) {
  const have = new Set(objects.map((given) => `${given.kind} ${given.namespace || fallback} ${given.name}`))
  const secrets = new Map<string, HadObject>()
  const configMaps = new Map<
    string,
    { readonly namespace: string; readonly name: string; readonly keys: Set<string> }
  >()
  for (const given of objects) {
    const pod = podSpecOf(given)
    const namespace = given.namespace || fallback
    for (const { kind, name, keys = [], isOptional } of pod === undefined ? [] : referencesIn(pod.spec, pod.path)) {
      const id = `${kind} ${namespace} ${name}`
      const isRotated = kind === 'Secret' && name === rotated && namespace === home
      if (have.has(id) || (isOptional && !isRotated)) continue
      if (kind === 'Secret')
        secrets.set(id, { namespace, name, keys: [...new Set([...(secrets.get(id)?.keys ?? []), ...keys])] })
      else configMaps.set(id, { namespace, name, keys: new Set([...(configMaps.get(id)?.keys ?? []), ...keys]) })
    }
  }
  return {
    secrets: [...secrets.values()],
    configMaps: [...configMaps.values()].map(configMapOf),
    names: [
      ...[...secrets.values()].map(({ namespace, name }) =>
        objectName({ kind: 'Secret', name, namespace: namespace ?? fallback }, fallback),
      ),
      ...[...configMaps.values()].map((each) => objectName({ kind: 'ConfigMap', ...each }, fallback)),
    ],
  }
}

function configMapOf({
  namespace,
  name,
  keys,
}: {
  readonly namespace: string
  readonly name: string
  readonly keys: ReadonlySet<string>
}): GivenObject {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data: Object.fromEntries([...keys].map((key) => [key, 'had'])),
  }
  return {
    object,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name,
    namespace,
    place: () => ({ file: '', line: 1, column: 1 }),
  }
}

interface Run {
  readonly workloads: readonly Workload[]
  readonly delays: readonly UpdateDelay[]
}

function rotateOnce(
  objects: readonly GivenObject[],
  options: RotationOptions,
  missing: readonly HadObject[],
  { namespace, name, key }: RotationOptions['secret'] & { readonly namespace: string },
  { seed, settleMs: untilWriteMs }: { readonly seed: string; readonly settleMs: VirtualMs },
): Run {
  const have = [...(options.have ?? []), ...missing]
  const cluster: AppliedCluster = applyGiven(
    objects,
    { ...options, createNamespaces: true, have, storageClasses: 'all' },
    seed,
  )
  const { sim } = cluster
  sim.runFor(untilWriteMs)
  const keys = key === undefined ? Object.keys(sim.get<Secret>('Secret', name, namespace)?.data ?? {}) : [key]
  const stringData = Object.fromEntries(keys.map((each) => [each, 'rotated']))
  sim.kubectl(['patch', 'secret', name, '-n', namespace, '--type=merge', '-p', JSON.stringify({ stringData })])
  sim.runFor(watchFor)
  return {
    workloads: workloadsOf(cluster),
    delays: sim.delays(name, namespace).filter(({ kind }) => kind === 'update'),
  }
}

function rowsOf(
  objects: readonly GivenObject[],
  wanted: Name,
  fallback: string,
  effectOf: (given: GivenObject, reference: Reference) => RotationEffect,
): readonly RotationRow[] {
  return objects.flatMap((given) =>
    usesOf(given, wanted, fallback).map((reference) => ({
      workload: objectName(given, fallback),
      place: given.place(reference.path),
      container: reference.container ?? '',
      isInit: reference.isInit,
      way: reference.way,
      where: reference.where,
      effect: effectOf(given, reference),
    })),
  )
}

/** Uses by what makes no Pods. */
function otherRowsOf(
  objects: readonly GivenObject[],
  wanted: Name,
  fallback: string,
  isImmutable: boolean,
): readonly RotationRow[] {
  return objects.flatMap((given) =>
    (given.namespace || fallback) !== wanted.namespace
      ? []
      : otherUsesOf(given).flatMap(({ name, way, path }) =>
          name !== wanted.name
            ? []
            : [
                {
                  workload: objectName(given, fallback),
                  place: given.place(path),
                  container: '',
                  isInit: false,
                  way,
                  where: '',
                  effect: isImmutable && way !== 'account' ? immutableEffect : otherEffects[way],
                },
              ],
        ),
  )
}

/** Source for pulls: plugin/pkg/admission/serviceaccount, Admit: they are copied into Pods that name none of their own (P4). */
const otherEffects: Readonly<Record<OtherWay, RotationEffect>> = {
  tls: { kind: 'outside', reader: 'an ingress controller' },
  account: { kind: 'unaffected', reason: 'the account only lists it' },
  accountPull: { kind: 'next', until: 'the next pull of an image, in Pods of the account' },
}

/** What can be said without a run. */
function fixedEffect(
  { way, isInit, container, ...reference }: Reference,
  key: string | undefined,
  { kind }: GivenObject,
): RotationEffect | undefined {
  const keys = keysTaken(reference)
  if (key !== undefined && keys !== undefined && !keys.includes(key))
    return { kind: 'unaffected', reason: keys.length === 0 ? 'shows no key of it' : `takes only ${keys.join(', ')}` }
  if (way === 'pull') return { kind: 'next', until: 'the next pull of an image' }
  if (kind === 'Job') return { kind: 'next', until: 'the next Job' }
  if (kind === 'CronJob') return { kind: 'next', until: 'the next Job that it makes' }
  if (container === undefined) return { kind: 'unaffected', reason: 'no container mounts the volume' }
  return isInit ? { kind: 'next', until: 'the next Pod, for init containers run before the others' } : undefined
}

const immutableEffect: RotationEffect = {
  kind: 'never',
  reason: 'the Secret is immutable: the API server refuses the change',
  until: 'a Secret of another name, or delete and recreate with new Pods',
}

function measured(runs: readonly Run[], given: GivenObject, reference: Reference): RotationEffect {
  const found = runs.flatMap(({ workloads, delays }) => {
    const workload = workloads.find((each) => each.given === given)
    const pods = new Set(workload?.pods.map(({ metadata }) => metadata.name))
    return delays.filter((delay) => pods.has(delay.pod) && isOf(delay, reference))
  })
  const [first] = found
  if (first === undefined) return { kind: 'notRunning' }
  if (first.never !== undefined) return { kind: 'never', reason: first.never, until: untilOf(reference) }
  const times = found
    .flatMap(({ visibleAt, updatedAt }) => (visibleAt === undefined ? [] : [visibleAt - updatedAt]))
    .sort((a, b) => a - b)
  if (times.length === 0) return { kind: 'notRunning' }
  const at = (share: number) => times[Math.min(times.length - 1, Math.ceil(share * times.length) - 1)] ?? 0
  return {
    kind: 'follows',
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    worstMs: at(1),
    boundMs: Math.max(...found.map(({ boundMs }) => boundMs)),
    measured: times.length,
  }
}

function isOf(delay: UpdateDelay, { container, way, where }: Reference): boolean {
  return delay.container === container && delay.way === (way === 'projected' ? 'volume' : way) && delay.where === where
}

/** Until when a container keeps what it has. A restarted container reads its environment anew; a subPath stays with the Pod (facts/corrections.md). */
function untilOf({ way }: Reference): string {
  return way === 'subPath' ? 'a new Pod' : 'its container is made anew'
}

/** From the write until the last follower has the new value; undefined where somebody keeps the old one. */
function bothInUse(rows: readonly RotationRow[]): VirtualMs | undefined {
  if (rows.some(({ effect }) => effect.kind === 'never')) return undefined
  return Math.max(0, ...rows.map(({ effect }) => (effect.kind === 'follows' ? effect.worstMs : 0)))
}

const restartable: ReadonlySet<string> = new Set(['deployment', 'statefulset', 'daemonset'])

/** Whether it is a use in Pods, which can be made anew. */
export function isInPods({ way }: RotationRow): boolean {
  return !Object.hasOwn(otherEffects, way)
}

function curesOf(rows: readonly RotationRow[], { name, namespace }: Name, isImmutable: boolean): readonly string[] {
  const stale = [
    ...new Set(rows.filter((row) => row.effect.kind === 'never' && isInPods(row)).map(({ workload }) => workload)),
  ]
  const renew = isImmutable
    ? [`kubectl delete secret ${name} -n ${namespace}`, `kubectl apply -f SECRET.yaml -n ${namespace}`]
    : []
  return [...renew, ...stale.filter((workload) => !isRecurring(workload)).map((workload) => restartOf(workload))]
}

/** `kubectl rollout restart` where a controller can; other Pods are deleted and made again by whoever made them. */
function restartOf(workload: ObjectName): string {
  const [kind = '', full = ''] = workload.split(' ')
  const [namespace = '', name = ''] = full.split('/')
  if (restartable.has(kind)) return `kubectl rollout restart ${kind}/${name} -n ${namespace}`
  return kind === 'pod'
    ? `kubectl replace --force -f POD.yaml -n ${namespace}  # pod ${name}`
    : `kubectl delete ${kind} ${name} -n ${namespace}, then apply it again`
}
