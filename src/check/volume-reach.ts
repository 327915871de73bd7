import { withValue } from '../api/change.ts'
import type { Node } from '../api/types/core.ts'
import type { PersistentVolume } from '../api/types/storage.ts'
import { type JsonObject, textAt } from '../go/json.ts'
import { isReachable } from '../scheduler/volumes/pod-claims.ts'
import type { Sim } from '../sim/sim.ts'
import type { GivenObject } from './given.ts'

/** A volume of the manifests as a cluster can use it that is not the user's, and what is taken of the user's for that. */
export interface ReachedVolume {
  readonly object: JsonObject
  readonly taken: readonly string[]
}

/** Whatever node. */
const anyNode = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'Exists' }] }] }

/**
 * The nodes on which volumes lie are the user's own, and so is what lies on their disks: a volume that no node here reaches is taken to be
 * reached by all, a path that has to be there is taken to be there.
 */
export function reachedVolume(sim: Sim, { kind, object }: GivenObject): ReachedVolume {
  if (kind !== 'PersistentVolume') return { object, taken: [] }
  const volume = object as unknown as PersistentVolume // the kind says so; what is wrong in it the server refuses
  const nodes = sim.list<Node>('Node')
  const isFar = volume.spec?.nodeAffinity !== undefined && !nodes.some((node) => isReachable(volume, node))
  const near = isFar ? withValue(object, ['spec', 'nodeAffinity', 'required'], anyNode) : object
  const taken = isFar ? ['the nodes of its nodeAffinity are there'] : []
  const type = textAt(object, 'spec', 'hostPath', 'type')
  if (type === '' || type.endsWith('OrCreate')) return { object: near, taken }
  const path = textAt(object, 'spec', 'hostPath', 'path')
  return {
    object: withValue(near, ['spec', 'hostPath', 'type'], ''),
    taken: [...taken, `${path} is there on its node`],
  }
}
