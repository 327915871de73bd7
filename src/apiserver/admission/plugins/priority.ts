import type { Pod } from '../../../api/types/core.ts'
import type { KubeObject, ResourceRef } from '../../../api/types/meta.ts'
import { extended } from '../../../kernel/extended.ts'
import type { RegistryContext } from '../../registry/strategy.ts'
import type { AdmissionLookup, AdmissionPlugin, AdmissionRequest, Admitted } from '../plugin.ts'
import { admitted, forbid, isFor, podOf, refused } from './requests.ts'

/** Source: k8s.io/api scheduling/v1/types.go. */
export interface PriorityClass extends KubeObject {
  readonly value?: number
  readonly globalDefault?: boolean
  readonly description?: string
  readonly preemptionPolicy?: string
}

const priorityClasses: ResourceRef = { group: 'scheduling.k8s.io', version: 'v1', resource: 'priorityclasses' }

/**
 * Turns the name of a Pod's priority class into a number. Source: plugin/pkg/admission/priority/admission.go.
 */
export const priorityPlugin: AdmissionPlugin = {
  name: 'Priority',
  concerns: [
    { resource: 'pods', operations: ['CREATE', 'UPDATE'] },
    { resource: 'priorityclasses.scheduling.k8s.io', operations: ['CREATE', 'UPDATE'] },
  ],
  admit(request, lookup, context) {
    const pod = podOf(request)
    if (pod === undefined) return admitted(request.object)
    if (request.operation === 'CREATE') return admitNew(request, pod, lookup, context)
    const { spec: old } = (request.oldObject ?? pod) as Pod // the resource says so
    if (request.operation !== 'UPDATE') return admitted(pod)
    const kept = {
      ...(pod.spec.priority === undefined && old.priority !== undefined ? { priority: old.priority } : {}),
      ...(pod.spec.preemptionPolicy === undefined && old.preemptionPolicy !== undefined
        ? { preemptionPolicy: old.preemptionPolicy }
        : {}),
    }
    return admitted(Object.keys(kept).length === 0 ? pod : ({ ...pod, spec: { ...pod.spec, ...kept } } as Pod))
  },
  validate(request, lookup) {
    const { operation } = request
    if (operation !== 'CREATE' && operation !== 'UPDATE') return undefined
    if (!isFor(request, 'scheduling.k8s.io', 'priorityclasses')) return undefined
    const priorityClass = request.object as PriorityClass // the resource says so
    if (priorityClass.globalDefault !== true) return undefined
    const known = defaultClass(lookup)
    if (known === undefined) return undefined
    if (operation === 'UPDATE' && known.metadata.name === priorityClass.metadata.name) return undefined
    const why = `PriorityClass ${known.metadata.name} is already marked as default. Only one default can exist`
    return forbid(request, why)
  },
}

function defaultClass(lookup: AdmissionLookup): PriorityClass | undefined {
  let lowest: PriorityClass | undefined
  for (const candidate of lookup.list<PriorityClass>(priorityClasses, undefined)) {
    if (candidate.globalDefault !== true) continue
    if (lowest === undefined || (candidate.value ?? 0) < (lowest.value ?? 0)) lowest = candidate
  }
  return lowest
}

function admitNew(request: AdmissionRequest, pod: Pod, lookup: AdmissionLookup, context: RegistryContext): Admitted {
  const wanted = pod.spec.priorityClassName || undefined
  const found =
    wanted === undefined ? defaultClass(lookup) : lookup.get<PriorityClass>(priorityClasses, undefined, wanted)
  if (wanted !== undefined && found === undefined) {
    return refused(forbid(request, `no PriorityClass with name ${wanted} was found`))
  }
  const priority = found?.value ?? 0
  const given = pod.spec.priority
  if (given !== undefined && given !== priority) {
    const why = `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`
    return refused(forbid(request, why))
  }
  const name = wanted ?? found?.metadata.name
  const spec = extended(pod.spec, name === undefined ? { priority } : { priorityClassName: name, priority })
  if (!context.gates.NonPreemptingPriority) return admitted({ ...pod, spec } as Pod)
  const policy = found === undefined ? 'PreemptLowerPriority' : found.preemptionPolicy
  if (policy === undefined) return admitted({ ...pod, spec } as Pod)
  if (pod.spec.preemptionPolicy !== undefined && pod.spec.preemptionPolicy !== policy) {
    const why = `the string value of PreemptionPolicy (${pod.spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`
    return refused(forbid(request, why))
  }
  return admitted({ ...pod, spec: { ...spec, preemptionPolicy: policy } } as Pod)
}
