import { equalJson } from '../../../api/json.ts'
import { podQosClass } from '../../../api/pod-qos.ts'
import { compareQuantities } from '../../../api/quantity.ts'
import type { Container, Pod, ResourceRequirements } from '../../../api/types/core.ts'
import { annotation, mirrorAnnotation, validatePod } from '../../../api/validation/pod-validation.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { Part } from '../strategy.ts'
import { errorsOf, keptMetadata } from './settings.ts'

/**
 * pods/x/resize: what a Pod that runs takes of CPU and memory. Resources of whole Pods stay as they are.
 * Source: pkg/registry/core/pod/strategy.go, podResizeStrategy.
 */
export const resize: Part<Pod> = {
  isServed: (minor) => has(minor, apiServer.podsResizeInPlace),
  prepareForUpdate(next, old) {
    const metadata = keptMetadata(next, old)
    const containers = resized(next.spec.containers, old.spec.containers)
    const initContainers = resized(next.spec.initContainers, old.spec.initContainers)
    // Containers that came or went are left to validation.
    if (containers === undefined || initContainers === undefined) return { ...next, metadata }
    const spec = { ...old.spec, containers, ...(old.spec.initContainers === undefined ? {} : { initContainers }) }
    return { ...old, metadata, spec }
  },
  validate: (next, old, context) => errorsOf(context, (v) => validateResize(v, next, old)),
}

/** Source: dropNonResizeUpdatesForContainers. Undefined: they are not as many. */
function resized(next: readonly Container[] = [], old: readonly Container[] = []): readonly Container[] | undefined {
  if (next.length !== old.length) return undefined
  if (next.some(({ name }, at) => name !== old[at]?.name)) return next
  return old.map((container, at) => {
    const { resources, resizePolicy } = next[at] ?? container
    const { resources: _resources, resizePolicy: _policy, ...rest } = container
    return { ...rest, ...(resources && { resources }), ...(resizePolicy && { resizePolicy }) }
  })
}

/** Source: pkg/apis/core/validation/validation.go, ValidatePodResize. */
function validateResize(v: Validator, next: Pod, old: Pod): void {
  const isMirror = annotation(old.metadata.annotations, mirrorAnnotation) !== undefined
  if (isMirror) v.forbidden('[]', 'static pods cannot be resized')
  else if (old.spec.os?.name === 'windows') v.forbidden('[]', 'windows pods cannot be resized')
  if (isMirror || old.spec.os?.name === 'windows') return
  validatePod(v, next)
  if ((old.status?.qosClass ?? podQosClass(old.spec)) !== podQosClass(next.spec))
    v.invalid('spec', next.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing')
  const running = (old.status?.containerStatuses ?? []).find(({ state }) => state?.running !== undefined)
  if (running !== undefined && running.resources === undefined)
    v.forbidden('spec', 'Pod running on node without support for resize')
  const before = v.errors.length
  validateOrder(v, 'containers', next, old)
  validateOrder(v, 'initContainers', next, old)
  if (v.errors.length > before) return
  validateRemoved(v, next, old)
  validateOnlyResized(v, next, old)
}

type List = 'containers' | 'initContainers'

/** Source: validatePodResizeContainerOrdering. */
function validateOrder(v: Validator, list: List, next: Pod, old: Pod): void {
  const [now = [], then = []] = [next.spec[list], old.spec[list]]
  if (now.length !== then.length) v.forbidden(`spec.${list}`, `${list} may not be added or removed on resize`)
  else
    for (const [at, { name }] of then.entries())
      if (now[at]?.name !== name)
        v.forbidden(`spec.${list}[${at}].name`, `${list} may not be renamed or reordered on resize`)
}

function mayResize({ restartPolicy }: Container, minor: number): boolean {
  return restartPolicy === 'Always' || has(minor, apiServer.initContainersResizeInPlace)
}

/** Source: validateContainerResize. */
function validateRemoved(v: Validator, next: Pod, old: Pod): void {
  for (const list of ['initContainers', 'containers'] as const)
    for (const [at, container] of (old.spec[list] ?? []).entries()) {
      if (list === 'initContainers' && !mayResize(container, v.minor)) continue
      if (!has(v.minor, apiServer.memoryLimitsShrink))
        validateMemory(v, `spec.${list}[${at}]`, next.spec[list]?.[at], container)
      for (const kind of ['requests', 'limits'] as const) {
        const now = next.spec[list]?.[at]?.resources?.[kind] ?? {}
        const isGone = Object.keys(container.resources?.[kind] ?? {}).some((name) => !Object.hasOwn(now, name))
        if (isGone) v.forbidden(`spec.${list}[${at}].resources.${kind}`, `resource ${kind} cannot be removed`)
      }
    }
}

/** Source: validateContainerResize of v1.33. */
function validateMemory(v: Validator, path: string, next: Container | undefined, old: Container): void {
  const [now, then] = [next?.resources?.limits?.memory, old.resources?.limits?.memory]
  const restarts = (next?.resizePolicy ?? old.resizePolicy ?? []).some(
    ({ resourceName, restartPolicy }) => resourceName === 'memory' && restartPolicy === 'RestartContainer',
  )
  if (restarts || now === undefined || then === undefined || compareQuantities(now, then) >= 0) return
  v.forbidden(
    `${path}.resources.limits[memory]`,
    'memory limits cannot be decreased unless resizePolicy is RestartContainer',
  )
}

function validateOnlyResized(v: Validator, next: Pod, old: Pod): void {
  for (const [at, container] of old.spec.containers.entries())
    if (!isOnlyResized(next.spec.containers[at], container)) v.forbidden('spec', onlyThese)
  for (const [at, container] of (old.spec.initContainers ?? []).entries()) {
    const now = next.spec.initContainers?.[at]
    if (!mayResize(container, v.minor)) {
      if (!equalJson(now, container)) v.forbidden('spec', 'resources for non-sidecar init containers are immutable')
    } else if (!isOnlyResized(now, container)) {
      const which = has(v.minor, apiServer.initContainersResizeInPlace) ? 'init or sidecar' : 'sidecar'
      v.forbidden(`spec.initContainers[${at}]`, `only cpu and memory resources for ${which} containers are mutable`)
    }
  }
}

const onlyThese = 'only cpu and memory resources are mutable'

/** Source: dropCPUMemoryResourcesFromContainer. */
function isOnlyResized(next: Container | undefined, old: Container): boolean {
  const { resources, ...rest } = next ?? old
  const { resources: before, ...kept } = old
  return equalJson(rest, kept) && equalJson(otherAmounts(resources), otherAmounts(before))
}

function otherAmounts(resources: ResourceRequirements = {}): object {
  const { requests, limits, ...rest } = resources
  const others = (amounts: Readonly<Record<string, string>> = {}) => {
    const { cpu: _cpu, memory: _memory, ...more } = amounts
    return more
  }
  return { ...rest, requests: others(requests), limits: others(limits) }
}
