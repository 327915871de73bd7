import { referencesOf } from '../../api/pod-references.ts'
import type { JournalObject } from '../../kernel/journal.ts'
import type { Sim } from '../../sim/sim.ts'
import { type ContainersSource, containersOf, podsOf } from '../select/select-pods.ts'
import type { ExpectationSource } from './subjects.ts'

/** What an expectation is about, so that a failure can tell what became of it. */
export interface About {
  /** Objects that it looks at: Pods, or the one that it names. */
  readonly objects: readonly JournalObject[]
  /** Secrets and ConfigMaps that those Pods use. */
  readonly used: readonly JournalObject[]
}

/** Pods that are told of where an expectation is about many: they fail alike. */
const mostPods = 2

/** The objects of an expectation as the cluster is now; they need not be there. */
export function aboutOf(sim: Sim, source: ExpectationSource): About {
  const objects = objectsOf(sim, source)
  const used = new Map<string, JournalObject>()
  for (const { kind, namespace = 'default', name } of objects) {
    const pod = kind === 'Pod' ? sim.get<PodObject>('Pod', name, namespace) : undefined
    if (pod === undefined) continue
    for (const { kind: usedKind, name: usedName } of referencesOf(pod))
      used.set(`${usedKind} ${usedName}`, { kind: usedKind, namespace, name: usedName })
  }
  return { objects, used: [...used.values()] }
}

type PodObject = Parameters<typeof referencesOf>[0]

function objectsOf(sim: Sim, source: ExpectationSource): readonly JournalObject[] {
  const pod = (name: string, namespace = 'default'): JournalObject => ({ kind: 'Pod', namespace, name })
  if ('pod' in source) return [pod(source.pod, source.namespace)]
  if ('pods' in source)
    return podsOf(sim, source.pods, source.namespace)
      .slice(0, mostPods)
      .map(({ metadata }) => pod(metadata.name, metadata.namespace))
  if ('object' in source) return named(source.object, source.namespace)
  if ('event' in source) return source.on === undefined ? [] : named(source.on, source.namespace)
  if ('delay' in source) return [{ kind: 'Secret', namespace: source.namespace ?? 'default', name: source.delay }]
  if ('logs' in source) return podsIn(sim, { ...source, in: source.logs })
  if ('file' in source || 'env' in source) return podsIn(sim, containersIn(source))
  return []
}

/** Of what looks into containers, which: the schema has seen to it that they are named. */
function containersIn(source: object): ContainersSource {
  return source as ContainersSource // see above
}

function podsIn(sim: Sim, source: ContainersSource): readonly JournalObject[] {
  const chosen = containersOf(sim, source)
  const all = chosen.kind === 'one' ? [chosen.item] : chosen.items.map(({ item }) => item)
  return all.slice(0, mostPods).map(({ pod, namespace = 'default' }) => ({ kind: 'Pod', namespace, name: pod }))
}

/** `pod/app`, with the kind in any spelling. */
function named(text: string, namespace = 'default'): readonly JournalObject[] {
  const [kind, name] = text.split('/')
  return kind === undefined || name === undefined ? [] : [{ kind, namespace, name }]
}
