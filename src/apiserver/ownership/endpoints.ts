import { equalJson } from '../../api/json.ts'
import { type FieldSet, fieldSetOf, noFields } from '../../api/ownership/field-set.ts'
import { nobody } from '../../api/ownership/managed.ts'
import { isReset, managedFieldsOf, managedFrom } from '../../api/ownership/managed-fields.ts'
import { type Shape, shapeOfKind } from '../../api/ownership/shapes.ts'
import type { KindRef } from '../../api/schema/schema.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { extended } from '../../kernel/extended.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import type { RegistryCore, WriteRequest } from '../registry/core.ts'
import { apiVersionOf, type ServedResource } from '../registry/resource-table.ts'
import type { Endpoint } from './endpoint.ts'
import { Ownership, ownershipOf } from './ownership.ts'

const status = fieldSetOf(['f:status'])
const allButStatus = fieldSetOf(['f:spec'], ['f:metadata', 'f:deletionTimestamp'], ['f:metadata', 'f:ownerReferences'])

/** How the objects of a served version merge. */
export function shapeOfServed(
  { info, customShape }: Pick<ServedResource, 'info' | 'customShape'>,
  minor: number,
): Shape {
  return customShape?.(minor) ?? shapeOfKind(info, minor)
}

function ignoredFields({ served, subresource }: EndpointRequest, minor: number): FieldSet {
  if (!has(minor, apiServer.tracksSubresources)) return noFields
  if (subresource === 'status') return allButStatus
  return subresource === '' && served.strategy.hasStatus === true ? status : noFields
}

const made = new WeakMap<ServedResource, Map<string, Endpoint>>()

type EndpointRequest = Pick<WriteRequest, 'served' | 'subresource' | 'manager'>

/** Where a request writes, and as whom. */
export function endpointOf(core: RegistryCore, request: EndpointRequest): Endpoint {
  const { served, subresource, manager } = request
  const endpoints = made.get(served) ?? new Map<string, Endpoint>()
  made.set(served, endpoints)
  const key = `${subresource}/${manager}`
  const known = endpoints.get(key)
  if (known !== undefined) return known
  const { minor, calendar } = core.context
  // What rests refers to no server: objects go on in copies of the cluster.
  const { info, customShape } = served
  const { converted } = served.strategy
  const endpoint: Endpoint = {
    who: {
      manager,
      operation: 'Update',
      apiVersion: served.apiVersion,
      subresource: has(minor, apiServer.tracksSubresources) ? subresource : '',
    },
    shape: () => shapeOfServed({ info, ...(customShape === undefined ? {} : { customShape }) }, minor),
    ...(converted === undefined || !served.isConverted
      ? {}
      : { inVersion: (object) => converted.toServed(object, info.version) }),
    ignored: ignoredFields(request, minor),
    refusesDuplicates: !has(minor, apiServer.ownersOutliveDuplicates),
    timeAt: (at) => calendar.at(at),
  }
  endpoints.set(key, endpoint)
  return endpoint
}

/** Subresources that write an object as its main path does. The others, such as a binding, change it unseen. */
function isTracked(subresource: string, minor: number): boolean {
  if (
    subresource === '' ||
    subresource === 'status' ||
    subresource === 'ephemeralcontainers' ||
    subresource === 'resize'
  )
    return true
  return subresource === 'scale' && has(minor, apiServer.tracksSubresources)
}

/** Who owns an object after a write. `changed`: though nothing else of it changes. */
export interface Accounted {
  readonly object: KubeObject
  readonly ownership: Ownership | undefined
  readonly changed: boolean
}

/**
 * Accounts for a write: takes `metadata.managedFields` out of the object, and says who owns its fields when it is stored.
 * Source: apimachinery pkg/util/managedfields/internal/fieldmanager.go, Update and decodeLiveOrNew.
 */
export function accounted(
  core: RegistryCore,
  request: WriteRequest,
  proposed: KubeObject,
  existing: KubeObject | undefined,
): Accounted {
  const live = existing === undefined ? undefined : ownershipOf(existing)
  const { context } = core
  const { object, given } = withoutGiven(proposed)
  if (!isTracked(request.subresource, context.minor)) return { object, ownership: live, changed: false }
  const base = baseOf(request, given, live)
  const isSkipped = existing !== undefined && base === undefined
  return {
    object,
    changed: base !== live,
    ownership: isSkipped
      ? undefined
      : Ownership.written({
          previous: base,
          endpoint: endpointOf(core, request),
          before: existing,
          after: object,
          at: context.kernel.now(),
        }),
  }
}

interface Given {
  readonly object: KubeObject
  readonly given: unknown
}

function withoutGiven(object: KubeObject): Given {
  const meta: KubeObject['metadata'] & { readonly managedFields?: unknown } = object.metadata
  if (meta.managedFields === undefined) return { object, given: undefined }
  const { managedFields: given, ...metadata } = meta
  return { object: { ...object, metadata }, given }
}

/** Who owns what the server itself stores at its start. */
export function seededOwnership(core: RegistryCore, served: ServedResource, object: KubeObject): Ownership {
  const endpoint = endpointOf(core, { served, subresource: '', manager: 'kube-apiserver' })
  const at = core.context.kernel.now()
  const { aggregationRule }: KubeObject & { readonly aggregationRule?: unknown } = object
  if (aggregationRule === undefined)
    return Ownership.written({ previous: undefined, endpoint, before: undefined, after: object, at })
  // What it gathers has been written by the controller that gathers.
  const bare: KubeObject = extended(object, { rules: null })
  const previous = Ownership.written({ previous: undefined, endpoint, before: undefined, after: bare, at })
  return Ownership.written({ previous, endpoint: gatherer(core, served), before: bare, after: object, at })
}

/** Source: pkg/controller/clusterroleaggregation; from v1.21 on it applies. */
function gatherer(core: RegistryCore, served: ServedResource): Endpoint {
  if (!has(core.context.minor, controllers.appliesAggregatedRules))
    return endpointOf(core, { served, subresource: '', manager: 'kube-controller-manager' })
  const endpoint = endpointOf(core, { served, subresource: '', manager: 'clusterrole-aggregation-controller' })
  return extended(endpoint, { who: extended(endpoint.who, { operation: 'Apply' as const }) })
}

/** The body of a request that is answered instead of stored: its sender owns what it says. */
export function ownedBody(core: RegistryCore, request: WriteRequest, body: KubeObject, kind: KindRef): Ownership {
  const { context } = core
  const endpoint = endpointOf(core, request)
  const who = { ...endpoint.who, apiVersion: apiVersionOf(kind) }
  const shape = (): Shape => shapeOfKind(kind, context.minor)
  return Ownership.written({
    previous: undefined,
    endpoint: { ...endpoint, who, shape },
    before: undefined,
    after: body,
    at: context.kernel.now(),
  })
}

/** What the client says about owners counts, if it can be read; what it does not mention stays. */
function baseOf({ subresource }: WriteRequest, given: unknown, live: Ownership | undefined): Ownership | undefined {
  if (given === undefined || given === null || subresource !== '') return live
  if (isReset(given)) return live === undefined || live.managed().size === 0 ? live : forgotten
  const managed = managedFrom(given)
  if (managed === undefined || managed.size === 0) return live
  if (live !== undefined && equalJson(managedFieldsOf(managed), live.entries())) return live
  return Ownership.known(managed)
}

/** Of objects whose owners somebody had forgotten. */
const forgotten = Ownership.known(nobody)
