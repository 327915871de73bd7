import type { Event, Pod } from '../../../src/api/types/core.ts'
import { resources } from '../../../src/client/client.ts'
import { createSim } from '../../../src/sim/create-sim.ts'
import type { SimOptions } from '../../../src/sim/options.ts'
import type { Fault, Sim } from '../../../src/sim/sim.ts'
import { answered } from '../../client/answered.ts'
import type { World } from '../kubelet/world.ts'

/** Messages of the Pod's events with that reason, in the order of their first appearance. */
export function messages(world: World | Sim, reason: string, pod = 'p'): readonly (string | undefined)[] {
  return eventsOf(world, pod)
    .filter((event) => event.reason === reason)
    .map(({ message }) => message)
}

export function eventsOf(world: World | Sim, pod = 'p'): readonly Event[] {
  // Names end in the instant of the first appearance.
  const order = (event: Event) => event.metadata.name
  return world
    .events()
    .filter(({ involvedObject }) => involvedObject.name === pod)
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
}

/** `reason message xcount` of the kubelet's events of a Pod, in the order of their first appearance. */
export function story(world: World | Sim, pod = 'p'): readonly string[] {
  return eventsOf(world, pod)
    .filter(({ source }) => source?.component === 'kubelet')
    .map(({ reason, message, count = 1 }) => `${reason} ${message}${count === 1 ? '' : ` x${count}`}`)
}

/** How many times an event of the Pod was seen, over all events with that text. */
export function countOf(world: World | Sim, message: string, pod = 'p'): number {
  return eventsOf(world, pod)
    .filter((event) => event.message === message)
    .reduce((sum, { count = 1 }) => sum + count, 0)
}

export function waiting(pod: Pod | undefined, container = 0) {
  return pod?.status?.containerStatuses?.[container]?.state?.waiting
}

/** Instants of records of a type, in s since the first of them. */
export function secondsOf(world: World | Sim, type: string): readonly number[] {
  const times = world.journal.query({ type }).map(({ time }) => time)
  return times.map((time) => (time - (times[0] ?? 0)) / 1000)
}

export function remove(world: World, kind: 'pods' | 'secrets', name: string, options: object = {}): void {
  answered(world.admin.delete(resources[kind], { namespace: 'default', name }, options), () => undefined)
}

export function annotate(world: World, name: string): void {
  const patch = { metadata: { annotations: { touched: String(world.kernel.now()) } } }
  const key = { namespace: 'default', name }
  answered(world.admin.patch(resources.pods, key, 'application/merge-patch+json', patch), () => undefined)
}

/** One that keeps a journal, for who reads it. */
export function simTold(options: SimOptions, ...manifests: readonly object[]): Sim {
  return simWith({ journal: 'full', ...options }, ...manifests)
}

/** A simulation whose images are on the node, and that applied these objects. */
export function simWith(options: SimOptions, ...manifests: readonly object[]): Sim {
  const sim = createSim({ seed: 'facts', images: [{ name: 'busybox', present: true }], journal: 'off', ...options })
  for (const manifest of manifests) sim.apply(manifest)
  return sim
}

export function simSecret(data: Readonly<Record<string, string>>, name = 's', more: object = {}): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: data, ...more }
}

/** A Pod of one busybox that sleeps, or what `container` says instead. */
export function simPod(name: string, container: object = {}, spec: object = {}): object {
  const app = { name: 'app', image: 'busybox:1', command: ['sleep', 'infinity'], ...container }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [app], ...spec } }
}

/** With the Secret `s` mounted at /etc/v. */
export function simMounting(name: string, source: object = { secretName: 's' }, spec: object = {}): object {
  return simPod(
    name,
    { volumeMounts: [{ name: 'v', mountPath: '/etc/v' }] },
    { volumes: [{ name: 'v', secret: source }], ...spec },
  )
}

export const podIn = (sim: Sim, name = 'p') => sim.get<Pod>('Pod', name)
export const unreachable: Fault = { apiServer: 'unreachable' }
