import type { OwnerReference } from '../../api/types/meta.ts'

/** Which object is meant. Source: pkg/controller/garbagecollector/graph.go, objectReference. */
export interface Identity {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  /** Undefined: it is in none. */
  readonly namespace: string | undefined
  readonly uid: string
}

/** What names an owner and who refers to it, as far as coordinates go. */
export interface Referring {
  readonly identity: Identity
  readonly owners: readonly OwnerReference[]
}

export function sameIdentity(a: Identity, b: Identity): boolean {
  return namesSame(a, b) && a.namespace === b.namespace
}

/** Source: graph.go, ownerReferenceMatchesCoordinates. */
export function namesSame(a: Omit<Identity, 'namespace'>, b: Omit<Identity, 'namespace'>): boolean {
  return a.apiVersion === b.apiVersion && a.kind === b.kind && a.name === b.name && a.uid === b.uid
}

/** The identity as texts have it. Source: graph.go, objectReference.String. */
export function identityText({ apiVersion, kind, namespace = '', name, uid }: Identity): string {
  return `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`
}

/** An owner as a dependent in `namespace` names it. */
export function identityOf(reference: OwnerReference, namespace: string | undefined): Identity {
  const { apiVersion, kind, name, uid } = reference
  return { apiVersion, kind, name, namespace, uid }
}

interface Parted<T> {
  readonly matching: readonly T[]
  /** Who names the owner by this uid, and otherwise. With several references one may be in both lists. */
  readonly others: readonly T[]
}

/** Source: graph_builder.go, partitionDependents. */
export function partedBy<T extends Referring>(dependents: Iterable<T>, owner: Identity): Parted<T> {
  const matching: T[] = []
  const others: T[] = []
  for (const dependent of dependents) {
    const references = dependent.owners.filter(({ uid }) => uid === owner.uid)
    const isElsewhere = owner.namespace !== undefined && owner.namespace !== dependent.identity.namespace
    if (!isElsewhere && references.some((reference) => namesSame(reference, owner))) matching.push(dependent)
    if (isElsewhere || references.some((reference) => !namesSame(reference, owner))) others.push(dependent)
  }
  return { matching, others }
}

/** By what else dependents name an owner that is not where it was looked for. Source: graph_builder.go, getAlternateOwnerIdentity. */
export function otherIdentity(dependents: readonly Referring[], absent: Identity): Identity | undefined {
  let first: Identity | undefined
  let next: Identity | undefined
  for (const { identity, owners } of dependents) {
    for (const reference of owners) {
      if (reference.uid !== absent.uid) continue
      const isSameKind = reference.apiVersion === absent.apiVersion && reference.kind === absent.kind
      const isInNone = absent.namespace === undefined && isSameKind
      const other = identityOf(reference, isInNone ? undefined : identity.namespace)
      if (sameIdentity(other, absent)) continue
      if (first === undefined || isBefore(other, first)) first = other
      if (isBefore(absent, other) && (next === undefined || isBefore(other, next))) next = other
    }
  }
  return next ?? first
}

/** Source: graph_builder.go, referenceLessThan. */
function isBefore(a: Identity, b: Identity): boolean {
  for (const member of ['kind', 'apiVersion', 'namespace', 'name', 'uid'] as const) {
    const [left, right] = [a[member] ?? '', b[member] ?? '']
    if (left !== right) return left < right
  }
  return false
}
