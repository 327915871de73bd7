import { isObject } from '../../../api/json.ts'
import { badRequest, invalidStatus, notFoundStatus } from '../../../api/status.ts'
import type { KubeObject, LabelSelector, ResourceRef } from '../../../api/types/meta.ts'
import { invalid } from '../../../api/validation/field-errors.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { CallAnswer, Subresource } from '../strategy.ts'
import { selectorCell } from './workload-rows.ts'

interface Scalable extends KubeObject {
  readonly spec?: {
    readonly replicas?: number
    /** A ReplicationController has a map of labels here. */
    readonly selector?: LabelSelector | Readonly<Record<string, string>>
  }
  readonly status?: { readonly replicas?: number }
}

function selectorOf(object: Scalable): string {
  const { selector } = object.spec ?? {}
  // Only ReplicationControllers have plain labels.
  if (object.kind !== 'ReplicationController') return selectorCell(selector as LabelSelector | undefined, '')
  return selectorCell({ matchLabels: (selector ?? {}) as Readonly<Record<string, string>> }, '')
}

function scaleFrom(object: Scalable): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp, selfLink } = object.metadata
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(selfLink === undefined ? {} : { selfLink: `${selfLink}/scale` }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
  }
  const replicas = object.spec?.replicas ?? 0
  const selector = selectorOf(object)
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata,
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: object.status?.replicas ?? 0, ...(selector === '' ? {} : { selector }) },
  } as KubeObject
}

/** What is not found, as each kind names it. Source: pkg/registry/apps/deployment/storage/storage.go and its like, core/replicationcontroller/storage/storage.go, ScaleREST. */
function missingScale(
  { group, resource }: ResourceRef,
  verb: string,
  minor: number,
): { group: string; resource: string } {
  if (has(minor, apiServer.scalesMissTheirOwner)) return { group, resource }
  if (verb !== 'get') return { group, resource: `${resource}/scale` }
  if (resource === 'statefulsets') return { group, resource }
  return { group: group === '' ? 'autoscaling' : group, resource: `${resource}/scale` }
}

/** Source: apiserver pkg/endpoints/handlers/rest.go, checkName. */
function misnamed(own: string, name: string): string {
  return own === ''
    ? `the name of the object (${name} based on URL) was undeterminable: name must be provided`
    : `the name of the object (${own}) does not match the name on the URL (${name})`
}

/** `.../scale` of workloads: the number of Pods alone. Source: pkg/registry/apps/deployment/storage/storage.go, ScaleREST. */
export const scaleOf: Subresource = {
  kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  handle(call, registry): CallAnswer {
    const { resource, namespace, name, verb } = call
    const current = registry.get<Scalable>(resource, namespace, name)
    if (current === undefined) {
      return { ok: false, status: notFoundStatus(missingScale(resource, verb, registry.context.minor), name) }
    }
    if (verb === 'get') return { ok: true, code: 200, object: scaleFrom(current) }
    if (!isObject(call.body)) return { ok: false, status: badRequest('nil update passed to Scale') }
    const scale = call.body as unknown as Scalable // decoded as a Scale
    const own = (scale.metadata as Partial<KubeObject['metadata']> | undefined)?.name ?? '' // it may have been forgotten
    if (own !== name) return { ok: false, status: badRequest(misnamed(own, name)) }
    const replicas = scale.spec?.replicas ?? 0
    if (replicas < 0) {
      const error = invalid('spec.replicas', replicas, 'must be greater than or equal to 0')
      return { ok: false, status: invalidStatus({ group: 'autoscaling', kind: 'Scale' }, name, [error]) }
    }
    const answer = registry.update<Scalable>(
      call,
      resource,
      namespace,
      name,
      (object) => ({
        ...object,
        metadata: { ...object.metadata, resourceVersion: scale.metadata?.resourceVersion ?? '' },
        spec: { ...object.spec, replicas },
      }),
      'update',
    )
    if (!answer.ok || answer.object.kind === 'Status') return answer
    return { ok: true, code: 200, object: scaleFrom(answer.object as Scalable) } // not a Status, so what was scaled
  },
}
