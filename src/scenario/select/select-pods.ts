import { parseLabelSelector, type Selector, selectorFromSet } from '../../api/label-selector.ts'
import type { Pod } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { ContainerRef } from '../../looks/containers.ts'
import type { Sim } from '../../sim/sim.ts'
import { SimUsageError } from '../../sim/usage-error.ts'
import { ownerKind, type Selection, selectionText } from './selection.ts'

/** What a scenario's selection means at this instant. */

/** Things that were chosen: one that was named, whether it is there or not, or all that a selection finds. */
export type Chosen<T> =
  | { readonly kind: 'one'; readonly item: T; readonly text: string }
  | {
      readonly kind: 'several'
      readonly items: readonly { readonly item: T; readonly name: string }[]
      readonly text: string
    }

/** The Pods of a selection, bytewise by name; those that are being deleted are among them. */
export function podsOf(sim: Sim, selection: Selection, namespace = 'default'): readonly Pod[] {
  const pods = [...sim.list('Pod', { namespace })].sort((a, b) => bytewise(a.metadata.name, b.metadata.name))
  if (selection === '*') return pods
  if (typeof selection === 'string' && /^[A-Za-z]+\/[^=!<>]+$/.test(selection)) {
    const [kind = '', name = ''] = selection.split('/')
    return ownedPods(sim, pods, ownerKind(kind) ?? kind, name, namespace)
  }
  const selector = selectorOfSelection(selection)
  return pods.filter(({ metadata }) => selector.matches(metadata.labels))
}

/** The selector that labels or a text mean. The schema has looked at the text. */
export function selectorOfSelection(selection: Selection): Selector {
  if (typeof selection !== 'string') return selectorFromSet(selection)
  const parsed = parseLabelSelector(selection, 36)
  return parsed.ok ? parsed.selector : selectorFromSet({})
}

function ownedPods(sim: Sim, pods: readonly Pod[], kind: string, name: string, namespace: string): readonly Pod[] {
  if (kind === 'Pod') return pods.filter(({ metadata }) => metadata.name === name)
  if (kind === 'Node') return pods.filter(({ spec }) => spec.nodeName === name)
  const owner = sim.get<KubeObject & { readonly spec?: { readonly selector?: unknown } }>(kind, name, namespace)
  if (owner === undefined) return []
  if (kind === 'Service') {
    const { selector } = owner.spec ?? {}
    // A Service's selector is a map of labels; one without selects nothing.
    const labels = selector as Readonly<Record<string, string>> | undefined
    return labels === undefined ? [] : pods.filter(({ metadata }) => selectorFromSet(labels).matches(metadata.labels))
  }
  return pods.filter((pod) => isOwned(sim, pod, owner.metadata.uid ?? '', namespace))
}

/** Owners of owners that are looked at: a Pod of a CronJob has two. */
const deepestOwner = 4

function isOwned(sim: Sim, object: KubeObject, uid: string, namespace: string, depth = 0): boolean {
  const { ownerReferences = [] } = object.metadata
  return ownerReferences.some((owner) => {
    if (owner.uid === uid) return true
    if (depth >= deepestOwner || ownerKind(owner.kind) === undefined) return false
    const found = sim.get(owner.kind, owner.name, namespace)
    return found !== undefined && found.metadata.uid === owner.uid && isOwned(sim, found, uid, namespace, depth + 1)
  })
}

/** The containers that `in` means; `container` names which of each Pod, the first unless given. */
export function containersOf(sim: Sim, source: ContainersSource): Chosen<ContainerRef> {
  const { pods, container, isPod } = nameOf(source)
  const { namespace } = source
  const where = {
    ...(container === undefined ? {} : { container }),
    ...(namespace === undefined ? {} : { namespace }),
  }
  const text = container === undefined ? pods : `${pods}/${container}`
  if (isPod) return { kind: 'one', item: { pod: pods, ...where }, text }
  const selection = typeof source.in === 'string' ? pods : source.in
  const items = podsOf(sim, selection, namespace).map(({ metadata: { name } }) => ({
    name: container === undefined ? name : `${name}/${container}`,
    item: { pod: name, ...where },
  }))
  return { kind: 'several', items, text }
}

/**
 * The container in which a command runs where several are meant: of the Pod that kubectl would take, which is a ready one,
 * and of these the oldest. Source: kubectl pkg/polymorphichelpers, attachablepodforobject.go; pkg/util/podutils, ActivePods.
 */
export function oneContainer(sim: Sim, source: ContainersSource): ContainerRef {
  const chosen = containersOf(sim, source)
  if (chosen.kind === 'one') return chosen.item
  const { namespace } = source
  const ranked = chosen.items.map(({ item }) => ({ item, pod: sim.get('Pod', item.pod, namespace) }))
  const [best] = ranked.sort((a, b) => rank(a.pod) - rank(b.pod) || bytewise(bornAt(a.pod), bornAt(b.pod)))
  if (best === undefined) throw new SimUsageError(`there is no Pod of ${chosen.text}`)
  return best.item
}

function rank(pod: Pod | undefined): number {
  const isReady = pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  return isReady ? 0 : pod?.status?.phase === 'Running' ? 1 : 2
}

function bornAt(pod: Pod | undefined): string {
  return pod?.metadata.creationTimestamp ?? ''
}

/** `in` and what goes with it. */
export interface ContainersSource {
  readonly in: Selection
  readonly container?: string | undefined
  readonly namespace?: string | undefined
}

/** What `in` names: a Pod (`web`, `web/app`), an owner (`deploy/web`, `deploy/web/app`), or a selection as it is. */
export function nameOf({ in: selection, container }: ContainersSource): {
  readonly pods: string
  readonly container: string | undefined
  readonly isPod: boolean
} {
  if (typeof selection !== 'string' || !/^[A-Za-z0-9./-]+$/.test(selection))
    return { pods: selectionText(selection), container, isPod: false }
  const [first = '', second, third] = selection.split('/')
  const kind = second === undefined ? undefined : ownerKind(first)
  if (kind === undefined) return { pods: first, container: container ?? second, isPod: true }
  if (kind === 'Pod') return { pods: second ?? '', container: container ?? third, isPod: true }
  return { pods: `${first}/${second ?? ''}`, container: container ?? third, isPod: false }
}

function bytewise(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
