import type { KubeObject, OwnerReference } from '../../api/types/meta.ts'
import { type Identity, identityOf, namesSame, otherIdentity, partedBy, sameIdentity } from './coordinates.ts'

/** Who owns whom. Source: pkg/controller/garbagecollector/graph.go, graph_builder.go. */

export const foregroundFinalizer = 'foregroundDeletion'
export const orphanFinalizer = 'orphan'

/** A class, for there is one for each object of the cluster, and most of them own nothing. */
export class GraphNode {
  /** Of its identity: version and kind are those of all objects of the kind. */
  #kind: KindOfNode
  #namespace: string | undefined
  #name: string
  #uid: string
  owners: readonly OwnerReference[] = none
  /** Bits of what is or isn't. */
  #flags = 0
  /** Most owners have one, which stands for itself. */
  #dependents: GraphNode | Set<GraphNode> | undefined

  constructor({ apiVersion, kind, namespace, name, uid }: Identity, isVirtual: boolean) {
    this.#kind = kindOf(apiVersion, kind)
    this.#namespace = namespace
    this.#name = name
    this.#uid = uid
    this.isVirtual = isVirtual
  }

  /** Made for who asks. */
  get identity(): Identity {
    const { apiVersion, kind } = this.#kind
    return { apiVersion, kind, name: this.#name, namespace: this.#namespace, uid: this.#uid }
  }

  set identity({ apiVersion, kind, namespace, name, uid }: Identity) {
    this.#kind = kindOf(apiVersion, kind)
    this.#namespace = namespace
    this.#name = name
    this.#uid = uid
  }

  get uid(): string {
    return this.#uid
  }

  get isBeingDeleted(): boolean {
    return (this.#flags & beingDeleted) !== 0
  }

  set isBeingDeleted(is: boolean) {
    this.#turn(beingDeleted, is)
  }

  /** It waits, in deletion, for its dependents to go. */
  get isDeletingDependents(): boolean {
    return (this.#flags & deletingDependents) !== 0
  }

  set isDeletingDependents(is: boolean) {
    this.#turn(deletingDependents, is)
  }

  /** Known only from references to it; whether it exists is to be found out. */
  get isVirtual(): boolean {
    return (this.#flags & virtual) !== 0
  }

  set isVirtual(is: boolean) {
    this.#turn(virtual, is)
  }

  #turn(flag: number, on: boolean): void {
    this.#flags = on ? this.#flags | flag : this.#flags & ~flag
  }

  get dependents(): ReadonlySet<GraphNode> {
    const dependents = this.#dependents
    return dependents instanceof GraphNode ? new Set([dependents]) : (dependents ?? nobody)
  }

  addDependent(node: GraphNode): void {
    const dependents = this.#dependents
    if (dependents === undefined) this.#dependents = node
    else if (!(dependents instanceof GraphNode)) dependents.add(node)
    else if (dependents !== node) this.#dependents = new Set([dependents, node])
  }

  removeDependent(node: GraphNode): void {
    const dependents = this.#dependents
    if (dependents === node) this.#dependents = undefined
    else if (!(dependents instanceof GraphNode)) dependents?.delete(node)
  }
}

const [beingDeleted, deletingDependents, virtual] = [1, 2, 4]

const nobody: ReadonlySet<GraphNode> = new Set()

/** Objects without owners have the list in common. */
const none: readonly OwnerReference[] = []

type KindOfNode = Pick<Identity, 'apiVersion' | 'kind'>

/** Of one kind come many nodes in a row: they have it in common. A pure function in all but that. */
function kindOf(apiVersion: string, kind: string): KindOfNode {
  const place = kinds.findIndex((each) => each.kind === kind && each.apiVersion === apiVersion)
  const known = kinds[place]
  if (known !== undefined) return known
  const made = { apiVersion, kind }
  kinds.unshift(made)
  if (kinds.length > kindsAtMost) kinds.pop()
  return made
}

const kinds: KindOfNode[] = []
const kindsAtMost = 16

export interface GraphQueues {
  delete(uid: string): void
  deleteLater(uid: string): void
  orphan(uid: string): void
  /** An owner that is gone for good. */
  absent(owner: Identity): void
  /** A dependent names an owner by its uid that is in another namespace. */
  misplaced(dependent: GraphNode, ownerUid: string): void
}

export interface Graph {
  get(uid: string): GraphNode | undefined
  /** An object came or changed. `old` absent: it came. */
  update(
    old: KubeObject | undefined,
    object: KubeObject,
    kind: { readonly apiVersion: string; readonly kind: string },
  ): void
  /** An object is gone. */
  remove(uid: string): void
  /** There is no object of this identity, which somebody had referred to. */
  removeSupposed(identity: Identity): void
}

/** `comparesCoordinates`: a reference holds only if kind, name and namespace are those of the object with its uid. */
export function createGraph(queues: GraphQueues, comparesCoordinates: boolean): Graph {
  const nodes = new Map<string, GraphNode>()

  /** Source: graph_builder.go, addDependentToOwners. */
  const addToOwners = (node: GraphNode, owners: readonly OwnerReference[]): void => {
    let isDoubtful = false
    for (const owner of owners) {
      let ownerNode = nodes.get(owner.uid)
      if (ownerNode === undefined) {
        ownerNode = new GraphNode(identityOf(owner, node.identity.namespace), true)
        nodes.set(owner.uid, ownerNode)
        ownerNode.addDependent(node)
        queues.delete(owner.uid)
        continue
      }
      ownerNode.addDependent(node)
      if (!comparesCoordinates || isDoubtful) continue
      isDoubtful = isDoubted(node, owner, ownerNode)
      const isElsewhere = isDoubtful && isInAnother(ownerNode.identity, node.identity)
      if (isElsewhere && !ownerNode.isVirtual) queues.misplaced(node, owner.uid)
    }
    if (isDoubtful) queues.delete(node.uid)
  }
  /** What was only supposed to exist has come: as whoever referred to it said, or otherwise. Source: graph_builder.go, processGraphChanges. */
  const observe = (node: GraphNode, identity: Identity): void => {
    if (node.isVirtual && comparesCoordinates && !sameIdentity(node.identity, identity)) {
      for (const dependent of partedBy(node.dependents, identity).others) {
        if (isInAnother(identity, dependent.identity)) queues.misplaced(dependent, identity.uid)
        queues.delete(dependent.uid)
      }
      node.identity = identity
    }
    node.isVirtual = false
  }
  const removeFromOwners = (node: GraphNode, owners: readonly OwnerReference[]): void => {
    for (const { uid } of owners) nodes.get(uid)?.removeDependent(node)
  }

  /** An owner that waits for this dependent need not wait any more. */
  const unblock = (before: readonly OwnerReference[], after: readonly OwnerReference[]): void => {
    for (const old of before) {
      if (old.blockOwnerDeletion !== true) continue
      const next = after.find(({ uid }) => uid === old.uid)
      if (next?.blockOwnerDeletion !== true && nodes.has(old.uid)) queues.delete(old.uid)
    }
  }

  const follow = (old: KubeObject | undefined, object: KubeObject, node: GraphNode): void => {
    if (object.metadata.deletionTimestamp === undefined) return
    if (deletionStartsWith(old, object, orphanFinalizer)) queues.orphan(node.uid)
    else if (deletionStartsWith(old, object, foregroundFinalizer)) {
      node.isDeletingDependents = true
      for (const { uid } of node.dependents) queues.delete(uid)
      queues.delete(node.uid)
    }
  }

  const remove = (uid: string): void => {
    const node = nodes.get(uid)
    if (node === undefined) return
    nodes.delete(uid)
    removeFromOwners(node, node.owners)
    if (node.dependents.size > 0) queues.absent(node.identity)
    for (const { uid: dependent } of node.dependents) queues.delete(dependent)
    for (const owner of node.owners) if (nodes.get(owner.uid)?.isDeletingDependents === true) queues.delete(owner.uid)
  }
  /** Others name it otherwise, or it was seen as something else. Source: graph_builder.go, processGraphChanges, virtual deletions. */
  const isKept = (node: GraphNode, absent: Identity): boolean => {
    if (!node.isVirtual && sameIdentity(node.identity, absent)) return false
    const { matching, others } = partedBy(node.dependents, absent)
    if (node.isVirtual && others.length === 0) return false
    if (matching.length > 0) queues.absent(absent)
    for (const dependent of matching) queues.delete(dependent.uid)
    const other = node.isVirtual && sameIdentity(node.identity, absent) ? otherIdentity(others, absent) : undefined
    if (other === undefined) return true
    node.identity = other
    queues.deleteLater(other.uid)
    return true
  }

  return {
    get: (uid) => nodes.get(uid),
    update(old, object, kind) {
      const { uid = '', name, namespace, ownerReferences: owners = none, deletionTimestamp } = object.metadata
      const known = nodes.get(uid)
      const identity = { apiVersion: kind.apiVersion, kind: kind.kind, name, namespace, uid }
      const isBeingDeleted = deletionTimestamp !== undefined
      if (known === undefined) {
        const node = new GraphNode(identity, false)
        node.owners = owners
        node.isBeingDeleted = isBeingDeleted
        node.isDeletingDependents = isBeingDeleted && hasFinalizer(object, foregroundFinalizer)
        nodes.set(uid, node)
        addToOwners(node, owners)
        follow(old, object, node)
        return
      }
      observe(known, identity)
      if (known.owners !== owners) {
        const before = known.owners
        unblock(before, owners)
        known.owners = owners
        addToOwners(
          known,
          owners.filter((owner) => !before.some(({ uid: had }) => had === owner.uid)),
        )
        removeFromOwners(
          known,
          before.filter((owner) => !owners.some(({ uid: has }) => has === owner.uid)),
        )
      }
      if (isBeingDeleted) known.isBeingDeleted = true
      follow(old, object, known)
    },
    remove,
    removeSupposed(identity) {
      const node = nodes.get(identity.uid)
      if (node === undefined) return
      if (!comparesCoordinates || !isKept(node, identity)) remove(identity.uid)
    },
  }
}

/** Whether a reference may not be to the owner that is known by its uid. */
function isDoubted(node: GraphNode, owner: OwnerReference, { identity, isVirtual }: GraphNode): boolean {
  if (isInAnother(identity, node.identity) || !namesSame(owner, identity)) return true
  return identity.namespace === undefined && node.identity.namespace !== undefined && isVirtual
}

function isInAnother(owner: Identity, dependent: Identity): boolean {
  return owner.namespace !== undefined && owner.namespace !== dependent.namespace
}

export function hasFinalizer({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) ?? false
}

function deletionStartsWith(old: KubeObject | undefined, object: KubeObject, finalizer: string): boolean {
  const is = (one: KubeObject) => one.metadata.deletionTimestamp !== undefined && hasFinalizer(one, finalizer)
  return is(object) && (old === undefined || !is(old))
}

/** Dependents that keep their owner from going. Source: graph.go, blockingDependents. */
export function blockingDependents({ identity, dependents }: GraphNode): readonly GraphNode[] {
  return [...dependents].filter(({ owners }) =>
    owners.some(({ uid, blockOwnerDeletion }) => uid === identity.uid && blockOwnerDeletion === true),
  )
}
