import { isObject } from '../../../api/json.ts'
import { badRequest, conflict, plainError } from '../../../api/status.ts'
import type { Pod, PodCondition } from '../../../api/types/core.ts'
import type { KubeObject, Status } from '../../../api/types/meta.ts'
import { aggregate, type FieldError, notSupported, required } from '../../../api/validation/field-errors.ts'
import { rfc3339 } from '../../../kernel/calendar.ts'
import { extended } from '../../../kernel/extended.ts'
import { onePart } from '../../../kernel/recent-parts.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type {
  CallAnswer,
  RegistryAccess,
  RegistryContext,
  Strategy,
  Subresource,
  SubresourceCall,
} from '../strategy.ts'
import { nowMs } from './settings.ts'

interface Binding {
  readonly metadata?: { readonly name?: string; readonly annotations?: Readonly<Record<string, string>> }
  readonly target?: { readonly kind?: string; readonly name?: string }
}

export const success: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' }

/** POST pods/x/binding: how the scheduler gives a Pod to a node. Source: pkg/registry/core/pod/storage/storage.go, BindingREST. */
export const binding: Subresource = {
  kind: { group: '', version: 'v1', kind: 'Binding' },
  handle(call, registry): CallAnswer {
    const body: Binding = isObject(call.body) ? (call.body as Binding) : {} // decoded as a Binding
    if ((body.metadata?.name ?? '') !== call.name) {
      return { ok: false, status: badRequest('name in URL does not match name in Binding object') }
    }
    return bound(call, body, registry)
  },
}

/** A Binding by itself, which names its Pod. Source: pkg/registry/core/pod/storage/storage.go, LegacyBindingREST. */
export const bindingStrategy: Strategy = {
  resource: { group: '', version: 'v1', resource: 'bindings' },
  kind: 'Binding',
  namespaced: true,
  answerCreate(body, call, registry): CallAnswer {
    const { name } = body.metadata as Partial<KubeObject['metadata']> // it may have been forgotten
    if (name === undefined || name === '') return { ok: false, status: badRequest('Name parameter required.') }
    const ofPod = { ...call, name, subresource: 'binding', resource: { ...call.resource, resource: 'pods' } }
    return bound(ofPod, body, registry)
  },
}

function bound(call: SubresourceCall, body: Binding, registry: RegistryAccess): CallAnswer {
  const errors = validateBinding(body)
  if (errors.length > 0) return { ok: false, status: plainError(aggregate(errors)) }
  const answer = registry.update<Pod>(
    call,
    podsOf(call),
    call.namespace,
    call.name,
    (pod) => bindPod(pod, body, registry.context),
    'none',
  )
  return answer.ok ? { ok: true, code: 201, object: extended(success, { code: 201 }) } : answer
}

/** The resource that a subresource belongs to. */
export function podsOf(call: SubresourceCall): SubresourceCall['resource'] {
  return { group: call.resource.group, version: call.resource.version, resource: call.resource.resource }
}

/** Source: ValidatePodBinding. */
function validateBinding({ target }: Binding): readonly FieldError[] {
  const errors: FieldError[] = []
  const kind = target?.kind ?? ''
  if (kind !== '' && kind !== 'Node') errors.push(notSupported('target.kind', kind, ['Node', '<empty>']))
  if (!target?.name) errors.push(required('target.name'))
  return errors
}

function bindPod(pod: Pod, body: Binding, context: RegistryContext): Pod | Status {
  const { name } = pod.metadata
  const refuse = (why: string) => conflict({ group: '', resource: 'pods/binding' }, name, why)
  if (pod.metadata.deletionTimestamp !== undefined) {
    return refuse(`pod ${name} is being deleted, cannot be assigned to a host`)
  }
  if (pod.spec.nodeName) return refuse(`pod ${name} is already assigned to node "${pod.spec.nodeName}"`)
  if ((pod.spec.schedulingGates ?? []).length > 0 && has(context.minor, apiServer.gatedPodsAreNotBound)) {
    return refuse(`pod ${name} has non-empty .spec.schedulingGates`)
  }
  const given = body.metadata?.annotations
  return {
    ...pod,
    metadata:
      given === undefined ? pod.metadata : { ...pod.metadata, annotations: { ...pod.metadata.annotations, ...given } },
    spec: extended(pod.spec, { nodeName: body.target?.name ?? '' }),
    status: extended(pod.status ?? {}, { conditions: withScheduled(pod, context) }),
  }
}

function withScheduled(pod: Pod, context: RegistryContext): readonly PodCondition[] {
  const conditions = pod.status?.conditions ?? []
  const old = conditions.find(({ type }) => type === 'PodScheduled')
  const since = old?.status === 'True' ? old.lastTransitionTime : undefined
  const scheduled: PodCondition = onePart({
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: since ?? rfc3339(nowMs(context)),
  })
  if (old === undefined) return conditions.concat(scheduled)
  return conditions.map((condition) => (condition === old ? scheduled : condition))
}
