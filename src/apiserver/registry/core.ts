import { isStatus } from '../../api/status.ts'
import type { KubeObject, Status } from '../../api/types/meta.ts'
import type { UserInfo } from '../../client/client.ts'
import { rfc3339 } from '../../kernel/calendar.ts'
import type { RandomStream } from '../../kernel/random.ts'
import type { AdmissionChain, AdmissionTable } from '../admission/chain.ts'
import type { AdmissionLookup, AdmissionRequest } from '../admission/plugin.ts'
import type { Store } from '../store.ts'
import type { ResourceTable, ServedResource } from './resource-table.ts'
import type { RegistryContext } from './strategy.ts'

/** What all verbs share. */
export interface RegistryCore {
  readonly context: RegistryContext
  readonly table: ResourceTable
  readonly store: Store
  readonly uids: RandomStream
  readonly names: RandomStream
  /** Those of EndpointSlices are drawn apart: a Service more or less changes no Pod's name. */
  readonly ofSlices: { readonly uids: RandomStream; readonly names: RandomStream }
  readonly admission: AdmissionTable
  readonly lookup: AdmissionLookup
}

/** A write that has been authorized. */
export interface WriteRequest {
  readonly user: UserInfo
  readonly served: ServedResource
  readonly subresource: string
  /** Empty for cluster-scoped resources. */
  readonly namespace: string
  readonly name: string
  readonly dryRun: boolean
  /** In whose name the written fields are owned. */
  readonly manager: string
  /** Takes warnings for the caller; absent where nobody would hear them. */
  readonly warn?: ((text: string) => void) | undefined
  /** What a subresource does in the store was let through when the subresource was asked for. */
  readonly isAdmitted?: boolean
}

/** `2020-05-01T00:00:00Z` at this instant. */
export function timestamp(core: RegistryCore): string {
  return rfc3339(core.context.calendar.at(core.context.kernel.now()))
}

type Operation = AdmissionRequest['operation']

/** Of one write; its object becomes what each plugin makes of it. */
function attributes(
  request: WriteRequest,
  operation: Operation,
  object: KubeObject | undefined,
  oldObject: KubeObject | undefined,
): Omit<AdmissionRequest, 'object'> & { object: KubeObject | undefined } {
  const { user, served, subresource, namespace, name, dryRun, warn } = request
  const { info, strategy } = served
  return {
    operation,
    user,
    resource: info,
    kind: strategy.kind,
    subresource,
    namespace,
    name: name !== '' ? name : (object?.metadata.name ?? ''),
    object,
    oldObject,
    dryRun,
    warn,
  }
}

/**
 * Runs the mutating side of the chain; each plugin sees what the ones before it made. Once a webhook has changed the object,
 * all plugins but webhooks look at it again. Sources: apiserver pkg/admission/chain.go, reinvocation.go.
 */
export function admit(
  core: RegistryCore,
  request: WriteRequest,
  operation: Operation,
  object: KubeObject | undefined,
  oldObject: KubeObject | undefined,
): KubeObject | Status | undefined {
  if (request.isAdmitted === true) return object
  const { mutating } = chainOf(core, request, operation)
  if (mutating.length === 0) return object
  const asked = attributes(request, operation, object, oldObject)
  let isChanged = false
  for (const plugin of mutating) {
    const before = asked.object
    const admitted = plugin.admit(asked, core.lookup, core.context)
    if (!admitted.ok) return admitted.status
    asked.object = admitted.object
    if (plugin.isWebhook !== true || admitted.object === before || admitted.object === undefined) continue
    asked.object = request.served.strategy.defaults?.(admitted.object, core.context) ?? admitted.object
    isChanged = true
  }
  if (!isChanged) return asked.object
  for (const plugin of mutating) {
    if (plugin.isWebhook === true) continue
    const admitted = plugin.admit(asked, core.lookup, core.context)
    if (!admitted.ok) return admitted.status
    asked.object = admitted.object
  }
  return asked.object
}

function chainOf(core: RegistryCore, { served, subresource }: WriteRequest, operation: Operation): AdmissionChain {
  return core.admission.chain(served.info, subresource, operation)
}

/** Runs the validating side of the chain. */
export function validateAdmission(
  core: RegistryCore,
  request: WriteRequest,
  operation: Operation,
  object: KubeObject | undefined,
  oldObject: KubeObject | undefined,
): Status | undefined {
  if (request.isAdmitted === true) return undefined
  const { validating } = chainOf(core, request, operation)
  if (validating.length === 0) return undefined
  const asked = attributes(request, operation, object, oldObject)
  for (const plugin of validating) {
    const refused = plugin.validate(asked, core.lookup, core.context)
    if (refused !== undefined) return refused
  }
  return undefined
}

/** Whether an outcome is a refusal. */
export function refused(outcome: KubeObject | Status): outcome is Status {
  return isStatus(outcome) && outcome.status === 'Failure'
}
