import type { Pod, PodSpec, PodStatus } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { extended } from '../../kernel/extended.ts'
import type { Endpoint } from './endpoint.ts'

/**
 * A Pod as it was before it was bound: a binding names the node and says that it is scheduled, and nobody comes to own that. Another object
 * stays as it is. Source: pkg/registry/core/pod/storage/storage.go, setPodNodeAndMetadata.
 */
export function unbound(object: KubeObject): KubeObject {
  if (object.kind !== 'Pod') return object
  const pod = object as Pod // says its kind
  const { nodeName: _node, ...spec } = pod.spec
  const { conditions = [], ...rest } = pod.status ?? {}
  const others = conditions.filter(({ type }) => type !== 'PodScheduled')
  const status: PodStatus = others.length === 0 ? rest : { ...rest, conditions: others }
  const before: Pod = { ...pod, spec: spec as PodSpec, ...(pod.status === undefined ? {} : { status }) } // all else of it is there
  return before
}

const made = new WeakMap<Endpoint, Endpoint>()

/** The endpoint of a create, for who has the object only as it is since it was bound. */
export function beforeBinding(endpoint: Endpoint): Endpoint {
  const known = made.get(endpoint)
  if (known !== undefined) return known
  const { inVersion } = endpoint
  const before = extended(endpoint, {
    inVersion: (object: KubeObject) => (inVersion === undefined ? unbound(object) : inVersion(unbound(object))),
  })
  made.set(endpoint, before)
  return before
}
