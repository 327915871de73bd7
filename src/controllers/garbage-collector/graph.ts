import type { KubeObject, OwnerReference } from '../../api/types/meta.ts'

/** Who owns whom. Source: pkg/controller/garbagecollector/graph.go, graph_builder.go. */

export const foregroundFinalizer = 'foregroundDeletion'
export const orphanFinalizer = 'orphan'

export interface Identity {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace: string | undefined
  readonly uid: string
}

/** A class, for there is one for each object of the cluster, and most of them own nothing. */
export class GraphNode {
  readonly identity: Identity
  owners: readonly OwnerReference[] = []
  isBeingDeleted = false
  /** It waits, in deletion, for its dependents to go. */
  isDeletingDependents = false
  /** Known only from references to it; whether it exists is to be found out. */
  isVirtual: boolean
  #dependents: Set<GraphNode> | undefined

  constructor(identity: Identity, isVirtual: boolean) {
    this.identity = identity
    this.isVirtual = isVirtual
  }

  get dependents(): ReadonlySet<GraphNode> {
    return this.#dependents ?? nobody
  }

  addDependent(node: GraphNode): void {
    this.#dependents ??= new Set()
    this.#dependents.add(node)
  }

  removeDependent(node: GraphNode): void {
    this.#dependents?.delete(node)
  }
}

const nobody: ReadonlySet<GraphNode> = new Set()

export interface GraphQueues {
  delete(uid: string): void
  orphan(uid: string): void
  /** A uid that is gone for good. */
  absent(uid: string): void
}

export interface Graph {
  get(uid: string): GraphNode | undefined
  /** An object came or changed. `old` absent: it came. */
  update(
    old: KubeObject | undefined,
    object: KubeObject,
    kind: { readonly apiVersion: string; readonly kind: string },
  ): void
  /** An object is gone; also one that was only supposed to exist. */
  remove(uid: string): void
}

export function createGraph(queues: GraphQueues): Graph {
  const nodes = new Map<string, GraphNode>()

  const addToOwners = (node: GraphNode, owners: readonly OwnerReference[]): void => {
    for (const owner of owners) {
      let ownerNode = nodes.get(owner.uid)
      if (ownerNode === undefined) {
        const { apiVersion, kind, name, uid } = owner
        const { namespace } = node.identity
        ownerNode = new GraphNode({ apiVersion, kind, name, namespace, uid }, true)
        nodes.set(uid, ownerNode)
        ownerNode.addDependent(node)
        queues.delete(uid)
      } else ownerNode.addDependent(node)
    }
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
    if (deletionStartsWith(old, object, orphanFinalizer)) queues.orphan(node.identity.uid)
    else if (deletionStartsWith(old, object, foregroundFinalizer)) {
      node.isDeletingDependents = true
      for (const { identity } of node.dependents) queues.delete(identity.uid)
      queues.delete(node.identity.uid)
    }
  }

  return {
    get: (uid) => nodes.get(uid),
    update(old, object, kind) {
      const { uid = '', name, namespace, ownerReferences: owners = [], deletionTimestamp } = object.metadata
      const known = nodes.get(uid)
      const isBeingDeleted = deletionTimestamp !== undefined
      if (known === undefined) {
        const node = new GraphNode({ apiVersion: kind.apiVersion, kind: kind.kind, name, namespace, uid }, false)
        node.owners = owners
        node.isBeingDeleted = isBeingDeleted
        node.isDeletingDependents = isBeingDeleted && hasFinalizer(object, foregroundFinalizer)
        nodes.set(uid, node)
        addToOwners(node, owners)
        follow(old, object, node)
        return
      }
      known.isVirtual = false
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
    remove(uid) {
      const node = nodes.get(uid)
      if (node === undefined) return
      nodes.delete(uid)
      removeFromOwners(node, node.owners)
      if (node.dependents.size > 0) queues.absent(uid)
      for (const { identity } of node.dependents) queues.delete(identity.uid)
      for (const owner of node.owners) if (nodes.get(owner.uid)?.isDeletingDependents === true) queues.delete(owner.uid)
    },
  }
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
