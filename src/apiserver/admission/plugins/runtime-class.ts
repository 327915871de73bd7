import { equalJson } from '../../../api/json.ts'
import type { Pod, Toleration } from '../../../api/types/core.ts'
import type { KubeObject, ResourceRef, Status } from '../../../api/types/meta.ts'
import { sortedKeys } from '../../../api/validation/validator.ts'
import { goQuote } from '../../../go/quote.ts'
import type { AdmissionLookup, AdmissionPlugin, AdmissionRequest } from '../plugin.ts'
import { admitted, forbid, podOf, refused } from './requests.ts'

/** Source: k8s.io/api node/v1beta1/types.go. */
interface RuntimeClass extends KubeObject {
  readonly overhead?: { readonly podFixed?: Readonly<Record<string, string>> }
  readonly scheduling?: {
    readonly nodeSelector?: Readonly<Record<string, string>>
    readonly tolerations?: readonly Toleration[]
  }
}

const runtimeClasses: ResourceRef = { group: 'node.k8s.io', version: 'v1beta1', resource: 'runtimeclasses' }

/** Overhead and scheduling that a Pod's runtime class brings. Source: plugin/pkg/admission/runtimeclass/admission.go. */
export const runtimeClassPlugin: AdmissionPlugin = {
  name: 'RuntimeClass',
  concerns: [{ resource: 'pods', operations: ['CREATE'] }],
  admit(request, lookup) {
    const pod = request.operation === 'CREATE' ? podOf(request) : undefined
    if (pod?.spec.runtimeClassName === undefined) return admitted(request.object)
    const found = classOf(request, pod, lookup)
    if ('status' in found) return refused(found.status)
    const { overhead, scheduling } = found.runtimeClass
    let { spec } = pod
    if (overhead !== undefined) {
      const fixed = overhead.podFixed ?? {}
      if (spec.overhead !== undefined && !equalJson(fixed, spec.overhead)) return refused(mismatch(request))
      spec = { ...spec, overhead: fixed }
    }
    if (scheduling === undefined) return admitted({ ...pod, spec } as Pod)
    const selector: Record<string, string> = { ...spec.nodeSelector }
    for (const key of sortedKeys(scheduling.nodeSelector)) {
      const value = scheduling.nodeSelector?.[key] ?? ''
      if (Object.hasOwn(selector, key) && selector[key] !== value) {
        const why = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${selector[key]}`
        return refused(forbid(request, why))
      }
      selector[key] = value
    }
    const tolerations = [...(spec.tolerations ?? [])]
    for (const toleration of scheduling.tolerations ?? []) {
      if (!tolerations.some((known) => equalJson(known, toleration))) tolerations.push(toleration)
    }
    const nodeSelector = Object.keys(selector).length === 0 ? {} : { nodeSelector: selector }
    return admitted({ ...pod, spec: { ...spec, ...nodeSelector, tolerations } } as Pod)
  },
  validate(request, lookup) {
    const pod = request.operation === 'CREATE' ? podOf(request) : undefined
    if (pod === undefined) return undefined
    if (pod.spec.runtimeClassName === undefined) return checkOverhead(request, pod, undefined)
    const found = classOf(request, pod, lookup)
    return 'status' in found ? found.status : checkOverhead(request, pod, found.runtimeClass)
  },
}

function classOf(
  request: AdmissionRequest,
  pod: Pod,
  lookup: AdmissionLookup,
): { readonly runtimeClass: RuntimeClass } | { readonly status: Status } {
  const name = pod.spec.runtimeClassName ?? ''
  const runtimeClass = lookup.get<RuntimeClass>(runtimeClasses, undefined, name)
  if (runtimeClass !== undefined) return { runtimeClass }
  return { status: forbid(request, `pod rejected: RuntimeClass ${goQuote(name)} not found`) }
}

function checkOverhead(
  request: AdmissionRequest,
  pod: Pod,
  runtimeClass: RuntimeClass | undefined,
): Status | undefined {
  if (runtimeClass?.overhead !== undefined) {
    return equalJson(runtimeClass.overhead.podFixed ?? {}, pod.spec.overhead ?? {}) ? undefined : mismatch(request)
  }
  if (pod.spec.overhead === undefined) return undefined
  return forbid(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
}

function mismatch(request: AdmissionRequest): Status {
  return forbid(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
}
