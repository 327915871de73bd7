import type { EndpointSlice } from '../../api/types/services.ts'
import { type Client, type RequestError, resources } from '../../client/client.ts'
import { isNamespaceTerminating, isNotFound } from '../../client/refusals.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import type { ControllerKind } from '../objects.ts'
import type { Plan } from './plan.ts'
import type { SliceTracker } from './tracker.ts'

/** Source: discovery/v1 well_known_labels.go, LabelServiceName, LabelManagedBy. */
export const serviceNameLabel = 'kubernetes.io/service-name'
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by'

/** The resource in the version that controllers speak. */
export function slicesResource(minor: number) {
  return has(minor, controllers.slicesAreV1) ? resources.endpointSlices : resources.endpointSlicesV1beta1
}

/** Kind and version of what they write. */
export function sliceKind(minor: number): ControllerKind {
  const { group, version } = slicesResource(minor)
  return { apiVersion: `${group}/${version}`, kind: 'EndpointSlice' }
}

/** The key of the Service that a slice belongs to. Source: utils.go, ServiceControllerKey. */
export function serviceKeyOf({ metadata }: EndpointSlice): string | undefined {
  const name = metadata.labels?.[serviceNameLabel] ?? ''
  return name === '' ? undefined : `${metadata.namespace ?? ''}/${name}`
}

/** The index under which informers find the slices of a Service. */
export const sliceIndex = 'service'

/** Under its Service, where it names one. */
export function sliceKeys(slice: EndpointSlice): readonly string[] {
  const key = serviceKeyOf(slice)
  return key === undefined ? [] : [key]
}

/** With a dash if that still makes a name. Source: getEndpointSlicePrefix. */
export function sliceNamePrefix(service: string): string {
  const nameMax = 253
  return service.length < nameMax ? `${service}-` : service
}

/** A write that failed, in the words of the controller. */
export interface FailedWrite {
  readonly error: RequestError
  /** `failed to create EndpointSlice for Service default/web`. */
  readonly what: string
}

/** Carries a plan out until something fails. Source: reconciler.go, finalize. `owner`: `Service default/web`. */
export function* writeSlices(
  client: Client,
  minor: number,
  tracker: SliceTracker,
  service: string,
  owner: string,
  { create, update, remove }: Plan,
): Steps<FailedWrite | undefined> {
  const resource = slicesResource(minor)
  for (const slice of create) {
    const made = yield* attempt(client.create<EndpointSlice>(resource, slice))
    if (made.ok) tracker.wrote(service, made.value)
    else if (isNamespaceTerminating(made.error)) return undefined
    else return { error: made.error, what: `failed to create EndpointSlice for ${owner}` }
  }
  for (const slice of update) {
    const written = yield* attempt(client.update<EndpointSlice>(resource, slice))
    if (!written.ok)
      return { error: written.error, what: `failed to update ${slice.metadata.name} EndpointSlice for ${owner}` }
    tracker.wrote(service, written.value)
  }
  for (const slice of remove) {
    const { name, namespace = '' } = slice.metadata
    const gone = yield* attempt(client.delete(resource, { namespace, name }))
    if (!gone.ok && !isNotFound(gone.error))
      return { error: gone.error, what: `failed to delete ${name} EndpointSlice for ${owner}` }
    tracker.deleted(service, slice)
  }
  return undefined
}
