import { goQuote } from '../../go/quote.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { deletionCostKey, deletionCostOf } from '../deletion-cost.ts'
import { goStrings } from '../structs/syntax.ts'
import type { Container, Pod, PodCondition, PodSpec } from '../types/core.ts'
import { validateImageSpaces } from './container-validation.ts'
import { ipAddress, parseIp, qualifiedName } from './formats.ts'
import { validatePodSpec } from './pod-spec-validation.ts'
import { isHugePages } from './resource-validation.ts'
import { seccompContainerPrefix, seccompPodAnnotation } from './seccomp-validation.ts'
import { sortedKeys, type Validator } from './validator.ts'
import { validateDescendingPath } from './volume-validation.ts'

/** Pods as a whole, their metadata apart. Source: pkg/apis/core/validation/validation.go. */

type Annotations = Readonly<Record<string, string>> | undefined

/** Marks the API server's picture of a static Pod. Source: k8s.io/api core/v1, MirrorPodAnnotationKey. */
export const mirrorAnnotation = 'kubernetes.io/config.mirror'
const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'

/** Value of an own annotation. */
export function annotation(annotations: Annotations, key: string): string | undefined {
  return annotations !== undefined && Object.hasOwn(annotations, key) ? annotations[key] : undefined
}

/** Source: ValidatePod. `isSpecKnown`: the very spec was checked when it was stored. */
export function validatePod(v: Validator, pod: Pod, isSpecKnown = false): void {
  const { spec } = pod
  validatePodAnnotations(v, 'metadata.annotations', pod.metadata.annotations, spec)
  if (!isSpecKnown) {
    v.podName = (pod.metadata.name as string | undefined) ?? '' // it may have been forgotten
    validatePodSpec(v, 'spec', spec)
    if (!spec.serviceAccountName) forbidTokens(v, spec)
    validateImageSpaces(v, 'spec.containers', spec.containers ?? [])
    validateImageSpaces(v, 'spec.initContainers', spec.initContainers ?? [])
    validateHugePages(v, spec)
  }
  validatePodIps(v, pod)
}

function forbidTokens(v: Validator, spec: PodSpec): void {
  for (const [index, volume] of (spec.volumes ?? []).entries()) {
    for (const [position, source] of (volume.projected?.sources ?? []).entries()) {
      if (source.serviceAccountToken === undefined) continue
      const path = `spec.volumes[${index}].projected.sources[${position}].serviceAccountToken`
      v.forbidden(path, 'must not be specified when serviceAccountName is not set')
    }
  }
}

/** Until the gate HugePageStorageMediumSize (v1.19) one size a Pod. Source: ValidatePodSingleHugePageResources. */
function validateHugePages(v: Validator, spec: PodSpec): void {
  if (has(v.minor, apiServer.severalHugePageSizes)) return
  const sizes = new Set<string>()
  for (const { resources } of spec.containers ?? []) {
    for (const amounts of [resources?.requests, resources?.limits]) {
      if (amounts === undefined) continue
      for (const name of Object.keys(amounts)) if (isHugePages(name)) sizes.add(name)
    }
  }
  if (sizes.size > 1) {
    const shown = goStrings('[]string', [...sizes].sort())
    v.invalidGo('spec', shown, 'must use a single hugepage size in a pod spec')
  }
}

/** Source: validatePodIPs. */
export function validatePodIps(v: Validator, pod: Pod): void {
  const addresses = pod.status?.podIPs ?? []
  for (const [index, { ip = '' }] of addresses.entries()) v.each(`status.podIPs[${index}]`, ip, ipAddress(ip, v.minor))
  if (addresses.length < 2) return
  const families = new Set(addresses.map(({ ip = '' }) => parseIp(ip)))
  if (families.size < 2 || addresses.length > 2) {
    const shown = `[]core.PodIP{${addresses.map(({ ip = '' }) => `core.PodIP{IP:${goQuote(ip)}}`).join(', ')}}`
    v.invalidGo('status.podIPs', shown, 'may specify no more than one IP for each IP family')
  }
}

/** Of Pods, and of their templates. Source: ValidatePodSpecificAnnotations. */
export function validatePodAnnotations(v: Validator, field: string, annotations: Annotations, spec: PodSpec): void {
  if (annotations === undefined) return
  const mirror = annotation(annotations, mirrorAnnotation)
  if (mirror !== undefined && !spec.nodeName) {
    v.invalid(`${field}[${mirrorAnnotation}]`, mirror, 'must set spec.nodeName if mirror pod annotation is set')
  }
  if (deletionCostOf(annotations) === undefined && has(v.minor, apiServer.checksDeletionCosts)) {
    v.invalid(`${field}[${deletionCostKey}]`, annotation(annotations, deletionCostKey), 'must be a 32bit integer')
  }
  validateSeccompAnnotations(v, field, annotations)
  for (const key of sortedKeys(annotations)) {
    if (!key.startsWith(appArmorPrefix)) continue
    const container = key.slice(appArmorPrefix.length)
    const profile = annotations[key] ?? ''
    if (!hasContainer(spec, container)) v.invalid(`${field}[${key}]`, container, 'container not found')
    if (!isAppArmorProfile(profile)) {
      v.invalid(`${field}[${key}]`, profile, `invalid AppArmor profile name: ${goQuote(profile)}`)
    }
  }
}

function hasContainer(spec: PodSpec, name: string): boolean {
  const isNamed = (container: Container) => container.name === name
  return (spec.initContainers ?? []).some(isNamed) || (spec.containers ?? []).some(isNamed)
}

/** Source: pkg/security/apparmor/validate.go, ValidateProfileFormat. */
function isAppArmorProfile(profile: string): boolean {
  return profile === '' || profile === 'runtime/default' || profile === 'unconfined' || profile.startsWith('localhost/')
}

/** Source: ValidateSeccompPodAnnotations. Pod security policies have such annotations too. */
function validateSeccompAnnotations(v: Validator, field: string, annotations: Readonly<Record<string, string>>): void {
  const pod = annotation(annotations, seccompPodAnnotation)
  if (pod !== undefined) validateSeccompProfile(v, `${field}.${seccompPodAnnotation}`, pod)
  for (const key of sortedKeys(annotations)) {
    if (key.startsWith(seccompContainerPrefix)) validateSeccompProfile(v, `${field}.${key}`, annotations[key] ?? '')
  }
}

/** Source: ValidateSeccompProfile. */
function validateSeccompProfile(v: Validator, field: string, profile: string): void {
  if (profile === 'runtime/default' || profile === 'docker/default' || profile === 'unconfined') return
  if (profile.startsWith('localhost/')) validateDescendingPath(v, field, profile.slice('localhost/'.length))
  else v.invalid(field, profile, 'must be a valid seccomp profile')
}

/** Source: ValidatePodSpecificAnnotationUpdates. */
export function validateAnnotationUpdates(v: Validator, next: Pod, old: Pod): void {
  const now = next.metadata.annotations
  const before = old.metadata.annotations
  if (now !== before) {
    const guarded = (key: string) => key.startsWith(appArmorPrefix) || key === mirrorAnnotation
    const refuse = (key: string, verb: string) => {
      const what = key === mirrorAnnotation ? 'mirror pod annotation' : 'AppArmor annotations'
      v.forbidden(`metadata.annotations[${key}]`, `may not ${verb} ${what}`)
    }
    for (const key of sortedKeys(before)) {
      if (guarded(key) && annotation(now, key) !== before?.[key]) refuse(key, 'remove or update')
    }
    for (const key of sortedKeys(now)) {
      if (guarded(key) && annotation(before, key) === undefined) refuse(key, 'add')
    }
  }
  validatePodAnnotations(v, 'metadata.annotations', now, next.spec)
}

const systemConditions = new Set(['PodScheduled', 'Ready', 'Initialized'])

/** Source: validatePodConditions. The path below metadata is the original's. */
export function validatePodConditions(v: Validator, conditions: readonly PodCondition[]): void {
  for (const [index, { type = '' }] of conditions.entries()) {
    if (systemConditions.has(type)) continue
    v.each(`metadata.conditions[${index}].Type`, type, qualifiedName(type, v.minor))
  }
}

/** SCTP is alpha until v1.19. Source: conditional_validation.go, validateConditionalPodSpec. */
export function validateSctp(v: Validator, field: string, spec: PodSpec, old: PodSpec | undefined): void {
  if (has(v.minor, apiServer.sctp) || (old !== undefined && sctpFields(field, old).length > 0)) return
  for (const path of sctpFields(field, spec)) v.notSupported(path, 'SCTP', ['TCP', 'UDP'])
}

function sctpFields(field: string, spec: PodSpec): readonly string[] {
  const fields: string[] = []
  for (const list of ['initContainers', 'containers'] as const) {
    for (const [index, { ports }] of (spec[list] ?? []).entries()) {
      if (ports === undefined) continue
      for (const [position, { protocol }] of ports.entries()) {
        if (protocol === 'SCTP') fields.push(`${field}.${list}[${index}].ports[${position}].protocol`)
      }
    }
  }
  return fields
}
