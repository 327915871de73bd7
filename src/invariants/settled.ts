import { allContainers } from '../api/pod-references.ts'
import type { Container, Event, Node, Pod, Secret } from '../api/types/core.ts'
import type { Invariant } from './invariant.ts'
import { matchingRevisions, readFiles, sourcesOf, storiesOf } from './payloads.ts'
import { type ObservedNode, objectOf, podText, type World } from './world.ts'

/** What must hold once everything had time to come to rest. */

function livePods(world: World): readonly Pod[] {
  const pods = world.server().store.collection('pods').list(undefined) as readonly Pod[]
  return pods.filter(({ status, metadata }) => {
    const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed'
    return !isOver && metadata.deletionTimestamp === undefined
  })
}

function readyNode(world: World, pod: Pod): ObservedNode | undefined {
  const { nodeName = '' } = pod.spec
  const node = world.server().store.collection('nodes').get('', nodeName) as Node | undefined
  const isReady = node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
  return isReady ? world.nodes.get(nodeName) : undefined
}

/** What keeps a Pod from running as the API has it now; undefined: nothing does. */
function obstacle(world: World, pod: Pod): string | undefined {
  const namespace = pod.metadata.namespace ?? ''
  const { store } = world.server()
  const need = (name: string, keys: readonly string[]): string | undefined => {
    const secret = store.collection('secrets').get(namespace, name) as Secret | undefined
    if (secret === undefined) return `Secret ${name}`
    return keys.find((key) => secret.data?.[key] === undefined)
  }
  const mounted = new Set(allContainers(pod).flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name)))
  for (const volume of pod.spec.volumes ?? []) {
    if (!mounted.has(volume.name)) continue
    const sources = sourcesOf(volume)
    // What else may block a volume is not this check's business.
    if (volume.configMap !== undefined || (sources === undefined && volume.projected !== undefined)) return volume.name
    for (const source of sources ?? []) {
      if (source.kind === 'other') return volume.name
      const missing = source.optional
        ? undefined
        : need(
            source.name,
            source.items.map(({ key }) => key),
          )
      if (missing !== undefined) return missing
    }
  }
  for (const container of allContainers(pod)) {
    const missing = missingForEnv(container, need)
    if (missing !== undefined) return missing
  }
  return undefined
}

function missingForEnv(
  { env = [], envFrom = [] }: Container,
  need: (name: string, keys: readonly string[]) => string | undefined,
): string | undefined {
  for (const { secretRef, configMapRef } of envFrom) {
    if (configMapRef !== undefined) return configMapRef.name
    const missing = secretRef === undefined || secretRef.optional === true ? undefined : need(secretRef.name ?? '', [])
    if (missing !== undefined) return missing
  }
  for (const { valueFrom } of env) {
    const ref = valueFrom?.secretKeyRef
    if (valueFrom?.configMapKeyRef !== undefined) return valueFrom.configMapKeyRef.name
    const missing = ref === undefined || ref.optional === true ? undefined : need(ref.name ?? '', [ref.key])
    if (missing !== undefined) return missing
  }
  return undefined
}

/** Reasons of waiting that have to do with Secrets and mounts. */
const secretReasons = new Set(['ContainerCreating', 'CreateContainerConfigError', 'PodInitializing'])

function waitsForSecrets({ status }: Pod): boolean {
  const waiting = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].flatMap(
    ({ state }) => state?.waiting ?? [],
  )
  const blocked = waiting.filter(({ reason }) => reason !== 'PodInitializing')
  if (blocked.length > 0) return blocked.every(({ reason = '' }) => secretReasons.has(reason))
  return (
    status?.phase === 'Pending' &&
    waiting.length > 0 &&
    status.initContainerStatuses?.some(({ state }) => state?.running !== undefined) !== true
  )
}

/** A node keeps an immutable Secret that it once had, whatever the API says now. */
function usesFrozen(world: World, pod: Pod): boolean {
  const storyOf = storiesOf(world.secrets, pod)
  return (
    world.gates.ImmutableEphemeralVolumes &&
    allNames(pod).some((name) => storyOf(name)?.revisions.some(({ secret }) => secret.immutable === true))
  )
}

function allNames(pod: Pod): readonly string[] {
  return [
    ...(pod.spec.volumes ?? []).flatMap((volume) =>
      (sourcesOf(volume) ?? []).flatMap((source) => (source.kind === 'secret' ? [source.name] : [])),
    ),
    ...allContainers(pod).flatMap(({ env = [], envFrom = [] }) => [
      ...env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []),
      ...envFrom.flatMap(({ secretRef }) => secretRef?.name ?? []),
    ]),
  ]
}

export const latePodsRun: Invariant = {
  id: 'L-04',
  sentence: 'a Pod that waited for its Secrets runs once they are there',
  clauses: ['L1', 'L2', 'L3'],
  watch: (world, violated) => ({
    settled() {
      for (const pod of livePods(world)) {
        if (readyNode(world, pod) === undefined || usesFrozen(world, pod)) continue
        if (waitsForSecrets(pod) && obstacle(world, pod) === undefined)
          violated(`${podText(pod)} still waits though all its Secrets are there`, [objectOf(pod)])
      }
    },
  }),
}

export const nothingPending: Invariant = {
  id: 'L-05',
  sentence: 'after settling no Pod is half deleted, and no node keeps what belongs to a deleted Pod',
  clauses: ['L6'],
  watch: (world, violated) => ({
    settled() {
      const { store } = world.server()
      const uids = new Set<string | undefined>()
      for (const pod of store.collection('pods').list(undefined) as readonly Pod[]) {
        uids.add(pod.metadata.uid)
        if (
          pod.metadata.deletionTimestamp !== undefined &&
          readyNode(world, pod) !== undefined &&
          pod.metadata.finalizers === undefined
        )
          violated(`${podText(pod)} is still being deleted`, [objectOf(pod)])
      }
      for (const node of world.nodes.values())
        for (const uid of node.runtime.podUids())
          if (
            !uids.has(uid) &&
            world.pods.has(uid) &&
            node.runtime.podContainers(uid).some(({ state }) => state === 'running')
          )
            violated(`${node.name} still runs a deleted Pod, ${uid}`)
    },
  }),
}

export const updatesArrive: Invariant = {
  id: 'L-01',
  sentence: 'an update of a Secret is visible in every mounted volume within a sync period and the delay of the cache',
  clauses: ['U1', 'U3'],
  watch: (world, violated) => ({
    settled() {
      for (const pod of livePods(world)) {
        const node = readyNode(world, pod)
        const isRunning = node?.runtime.podContainers(pod.metadata.uid ?? '').some(({ state }) => state === 'running')
        if (node === undefined || isRunning !== true || usesFrozen(world, pod)) continue
        for (const volume of pod.spec.volumes ?? []) {
          const sources = sourcesOf(volume)
          if (sources === undefined) continue
          const plugin = volume.secret === undefined ? 'projected' : 'secret'
          const directory = `/var/lib/kubelet/pods/${pod.metadata.uid}/volumes/kubernetes.io~${plugin}/${volume.name}`
          const link = node.fs.readlink(`${directory}/..data`)
          const files = link.ok ? readFiles(node.fs, `${directory}/${link.value}`) : undefined
          if (files === undefined || obstacle(world, pod) !== undefined) continue
          const storyOf = storiesOf(world.secrets, pod)
          const newest = sources.map(
            (source) => (source.kind === 'secret' ? storyOf(source.name)?.revisions.at(-1)?.revision : 0) ?? 0,
          )
          if (matchingRevisions(files, sources, storyOf, newest) === undefined)
            violated(`volume ${volume.name} of ${podText(pod)} is not up to date`, [objectOf(pod)])
        }
      }
    },
  }),
}

export const namedReasons: Invariant = {
  id: 'S-29',
  sentence: 'every Pod that does not start has an event that names the reason',
  clauses: ['L2', 'L3', 'E2'],
  watch: (world, violated) => ({
    settled() {
      for (const pod of livePods(world)) {
        if (readyNode(world, pod) === undefined || !waitsForSecrets(pod)) continue
        const events = world.server().store.collection('events').list(pod.metadata.namespace) as readonly Event[]
        const isNamed = events.some(
          ({ involvedObject, type }) => type === 'Warning' && involvedObject.uid === pod.metadata.uid,
        )
        if (!isNamed) violated(`no warning tells why ${podText(pod)} does not start`, [objectOf(pod)])
      }
    },
  }),
}
