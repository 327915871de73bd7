import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { equalJson } from '../json.ts'
import { mayRestart } from '../may-restart.ts'
import { shownDiff } from '../structs/shown.ts'
import { internalPodSpec } from '../structs/values.ts'
import type { Container, ContainerStatus, Pod, PodSpec, Toleration } from '../types/core.ts'
import { dns1123Subdomain, rangeText } from './formats.ts'
import { validateAnnotationUpdates, validatePodConditions, validatePodIps } from './pod-validation.ts'
import { validateTolerations } from './scheduling-validation.ts'
import type { Validator } from './validator.ts'

/** What may change in a Pod that exists. Source: pkg/apis/core/validation/validation.go. */

const updatable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
]
const repairable = '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

function onlyText(minor: number): string {
  const fields = has(minor, apiServer.negativeGraceMayBecomeOne) ? [...updatable, repairable] : updatable
  const list = has(minor, apiServer.listsUpdatablePodFields)
    ? fields.join(',')
    : `${fields.slice(0, -1).join(', ')} or ${fields.at(-1)}`
  return `pod updates may not change fields other than ${list}`
}

/** Source: ValidatePodUpdate, metadata apart. */
export function validatePodUpdate(v: Validator, next: Pod, old: Pod): void {
  validateAnnotationUpdates(v, next, old)
  if (next.spec === old.spec) return
  if (validateContainerUpdates(v, 'spec.containers', next.spec.containers, old.spec.containers)) return
  if (validateContainerUpdates(v, 'spec.initContainers', next.spec.initContainers, old.spec.initContainers)) return
  if (validateDeadlineUpdate(v, next.spec, old.spec)) return
  validateTolerationUpdate(v, next.spec.tolerations ?? [], old.spec.tolerations ?? [])
  if (has(v.minor, apiServer.schedulingGates)) validateGateUpdate(v, next.spec, old.spec)
  if (equalJson(next.spec, old.spec)) return
  const munged = withAllowedOf(next.spec, old.spec, v.minor)
  if (equalJson(munged, old.spec)) return
  const [before, after] = [internalPodSpec(old.spec), internalPodSpec(munged)]
  // New before old: so it was at first, which makes `-` stand before what is new.
  const diff = has(v.minor, apiServer.podUpdatesTellTheDifference)
    ? shownDiff('core.PodSpec', before, after, v.minor)
    : shownDiff('core.PodSpec', after, before, v.minor)
  v.forbidden('spec', `${onlyText(v.minor)}\n${diff}`)
}

/** Returns whether to stop. Source: ValidateContainerUpdates. */
function validateContainerUpdates(
  v: Validator,
  field: string,
  next: readonly Container[] = [],
  old: readonly Container[] = [],
): boolean {
  if (next.length !== old.length) {
    v.forbidden(field, 'pod updates may not add or remove containers')
    return true
  }
  for (const [index, { image = '' }] of next.entries()) {
    if (image === '') v.required(`${field}[${index}].image`)
    if (image.trim() !== image) {
      v.invalid(`${field}[${index}].image`, image, 'must not have leading or trailing whitespace')
    }
  }
  return false
}

/** Returns whether to stop. */
function validateDeadlineUpdate(v: Validator, next: PodSpec, old: PodSpec): boolean {
  const field = 'spec.activeDeadlineSeconds'
  const seconds = next.activeDeadlineSeconds
  if (seconds === undefined) {
    if (old.activeDeadlineSeconds !== undefined) {
      v.invalid(field, undefined, 'must not update from a positive integer to nil value')
    }
    return false
  }
  if (seconds < 0 || seconds > 2_147_483_647) {
    v.invalid(field, seconds, rangeText(0, 2_147_483_647))
    return true
  }
  if (old.activeDeadlineSeconds === undefined || old.activeDeadlineSeconds >= seconds) return false
  v.invalid(field, seconds, 'must be less than or equal to previous value')
  return true
}

/** Source: validateOnlyAddedTolerations. */
function validateTolerationUpdate(v: Validator, next: readonly Toleration[], old: readonly Toleration[]): void {
  const sameBut = (a: Toleration, b: Toleration) =>
    (a.key ?? '') === (b.key ?? '') &&
    (a.operator ?? '') === (b.operator ?? '') &&
    (a.value ?? '') === (b.value ?? '') &&
    (a.effect ?? '') === (b.effect ?? '')
  if (!old.every((toleration) => next.some((candidate) => sameBut(candidate, toleration)))) {
    v.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')
    return
  }
  validateTolerations(v, 'spec.tolerations', next)
}

/** Gates may go, none may come. Source: validation.go, validateOnlyDeletedSchedulingGates. */
function validateGateUpdate(v: Validator, next: PodSpec, old: PodSpec): void {
  const names = new Set(old.schedulingGates?.map(({ name }) => name))
  for (const [index, { name }] of (next.schedulingGates ?? []).entries()) {
    if (names.has(name)) continue
    v.forbidden(
      `spec.schedulingGates[${index}].name`,
      `only deletion is allowed, but found new scheduling gate '${name}'`,
    )
  }
}

/** The new spec with all that may change taken from the old one. */
function withAllowedOf(next: PodSpec, old: PodSpec, minor: number): PodSpec {
  const munged: Record<string, unknown> = {
    ...next,
    containers: withImagesOf(next.containers, old.containers),
    ...(next.initContainers === undefined
      ? {}
      : { initContainers: withImagesOf(next.initContainers, old.initContainers ?? []) }),
  }
  keep(munged, old, 'activeDeadlineSeconds')
  keep(munged, old, 'tolerations')
  if (has(minor, apiServer.schedulingGates)) keep(munged, old, 'schedulingGates')
  const before = old.terminationGracePeriodSeconds
  if (
    has(minor, apiServer.negativeGraceMayBecomeOne) &&
    before !== undefined &&
    before < 0 &&
    next.terminationGracePeriodSeconds === 1
  ) {
    keep(munged, old, 'terminationGracePeriodSeconds')
  }
  return munged as unknown as PodSpec // every member is one of a spec's
}

function keep(target: Record<string, unknown>, old: PodSpec, member: keyof PodSpec): void {
  if (old[member] === undefined) delete target[member]
  else target[member] = old[member]
}

function withImagesOf(next: readonly Container[], old: readonly Container[]): readonly Container[] {
  return next.map((container, index) => {
    const image = old[index]?.image
    if (image === container.image) return container
    const { image: _new, ...rest } = container
    return image === undefined ? rest : { ...rest, image }
  })
}

/** Source: ValidatePodStatusUpdate, metadata apart. */
export function validatePodStatusUpdate(v: Validator, next: Pod, old: Pod): void {
  if (next.metadata.annotations !== old.metadata.annotations) validateAnnotationUpdates(v, next, old)
  validatePodConditions(v, next.status?.conditions ?? [])
  if (next.status?.podIPs !== old.status?.podIPs) validatePodIps(v, next)
  if ((next.spec.nodeName ?? '') !== (old.spec.nodeName ?? '')) {
    v.forbidden('status.nodeName', 'may not be changed directly')
  }
  const qosClass = next.status?.qosClass ?? ''
  if (has(v.minor, apiServer.statusKeepsQosClass) && qosClass !== (old.status?.qosClass ?? '')) {
    v.invalid('status.qosClass', qosClass, 'field is immutable')
  }
  const nominated = next.status?.nominatedNodeName ?? ''
  if (nominated !== '' && nominated !== (old.status?.nominatedNodeName ?? '')) {
    v.each('status.nominatedNodeName', nominated, dns1123Subdomain(nominated, v.minor))
  }
  for (const [member, containers] of [
    ['containerStatuses', old.spec.containers],
    ['initContainerStatuses', old.spec.initContainers],
  ] as const) {
    validateTransitions(v, `status.${member}`, next.status?.[member], old.status?.[member], old.spec, containers)
  }
}

/**
 * What ended stays ended, unless the Pod's policy, or that of the container itself, starts it anew: sidecars always.
 * Source: ValidateContainerStateTransition, ValidateInitContainerStateTransition (v1.28 on).
 */
function validateTransitions(
  v: Validator,
  field: string,
  next: readonly ContainerStatus[] | undefined,
  old: readonly ContainerStatus[] | undefined,
  spec: PodSpec,
  containers: readonly Container[] | undefined,
): void {
  if (old === undefined || next === undefined) return
  for (const [index, before] of old.entries()) {
    const terminated = before.state?.terminated
    if (terminated === undefined) continue
    const container = containers?.find(({ name }) => name === before.name) ?? { name: before.name }
    if (mayRestart(container, spec, terminated.exitCode)) continue
    for (const now of next) {
      if (now.name === before.name && now.state?.terminated === undefined) {
        v.forbidden(`${field}[${index}].state`, 'may not be transitioned to non-terminated state')
      }
    }
  }
}
