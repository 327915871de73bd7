import { isObject, member } from '../../api/json.ts'
import { maxNodeScore, type ScorePlugin } from '../framework.ts'

/** A node may ask Pods of a controller to stay away. Source: framework/plugins/nodepreferavoidpods. */
export const avoidPodsAnnotation = 'scheduler.alpha.kubernetes.io/preferAvoidPods'

export const nodePreferAvoidPods: ScorePlugin = {
  name: 'NodePreferAvoidPods',
  prepare({ pod }, view) {
    if (view.nodesToAvoid.size === 0) return undefined
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true)
    if (owner === undefined || (owner.kind !== 'ReplicationController' && owner.kind !== 'ReplicaSet')) return undefined
    return {
      score({ node }) {
        const text = node?.metadata.annotations?.[avoidPodsAnnotation]
        return text !== undefined && avoids(text, owner.kind, owner.uid) ? 0 : maxNodeScore
      },
    }
  },
}

function avoids(annotation: string, kind: string, uid: string): boolean {
  const list = isObject(parse(annotation)) ? member(parse(annotation) as object, 'preferAvoidPods') : undefined
  if (!Array.isArray(list)) return false
  return list.some((entry) => {
    const signature = isObject(entry) ? member(entry, 'podSignature') : undefined
    const controller = isObject(signature) ? member(signature, 'podController') : undefined
    return isObject(controller) && member(controller, 'kind') === kind && member(controller, 'uid') === uid
  })
}

/** What cannot be read avoids nobody. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
