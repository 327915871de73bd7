import type { Pod } from '../api/types/core.ts'
import type { Flows } from '../flow/flows.ts'
import type { ScenarioSource } from '../scenario/schema.ts'
import type { DelayGroup } from './sweep.ts'

/** The delays of a run by strategy, Secret and container, in bytewise order. Asked of flows, which outlive the run. */
export function delayGroups(flows: Flows, cluster: ScenarioSource['cluster']): readonly DelayGroup[] {
  const groups = new Map<string, DelayGroup & { readonly seenMs: number[] }>()
  for (const { namespace, name } of flows.secrets) {
    const pods = new Map([...flows.index.podsOf(namespace, name)].map(({ name: pod, pod: object }) => [pod, object]))
    for (const { kind, node, pod, container, updatedAt, visibleAt, never } of flows.delays(namespace, name)) {
      if (kind !== 'update') continue
      const secret = `${namespace}/${name}`
      const where = `${nameWithoutSeed(pod, pods.get(pod))}/${container}`
      const [strategy, key] = [strategyOf(cluster, node), `${node} ${secret} ${where}`]
      const group = groups.get(key) ?? { strategy, secret, container: where, seenMs: [], open: 0, never: 0 }
      if (visibleAt !== undefined) group.seenMs.push(visibleAt - updatedAt)
      const isOpen = visibleAt === undefined && never === undefined
      groups.set(key, {
        ...group,
        open: group.open + Number(isOpen),
        never: group.never + Number(never !== undefined),
      })
    }
  }
  return joined([...groups.values()])
}

/** Groups of the same name as one, in bytewise order of their names. */
export function joined(groups: readonly DelayGroup[]): readonly DelayGroup[] {
  const byKey = new Map<string, DelayGroup[]>()
  for (const group of groups) {
    const key = keyOf(group)
    byKey.set(key, [...(byKey.get(key) ?? []), group])
  }
  return [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, same]) => {
      const [first] = same
      return first === undefined ? [] : [same.slice(1).reduce(sum, first)]
    })
}

function sum(a: DelayGroup, b: DelayGroup): DelayGroup {
  return { ...a, seenMs: [...a.seenMs, ...b.seenMs], open: a.open + b.open, never: a.never + b.never }
}

/** What a group is known by. */
export function keyOf({ strategy, secret, container }: Pick<DelayGroup, 'strategy' | 'secret' | 'container'>): string {
  return JSON.stringify([strategy, secret, container])
}

function strategyOf(cluster: ScenarioSource['cluster'], node: string): string {
  const { nodes, kubelet } = cluster ?? {}
  const own = typeof nodes === 'object' ? nodes.find(({ name }) => name === node)?.kubelet : undefined
  return own?.configMapAndSecretChangeDetectionStrategy ?? kubelet?.configMapAndSecretChangeDetectionStrategy ?? 'Watch'
}

/** A Pod that a controller made is called by what made it: the end of its own name is drawn. */
function nameWithoutSeed(name: string, pod: Pod | undefined): string {
  const owner = pod?.metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (owner === undefined) return name
  const hash = pod?.metadata.labels?.['pod-template-hash']
  if (owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`))
    return `deployment/${owner.name.slice(0, -hash.length - 1)}`
  return `${owner.kind.toLowerCase()}/${owner.name}`
}
