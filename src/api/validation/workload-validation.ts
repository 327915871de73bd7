import { goQuote } from '../../go/quote.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { defaultPodSpec } from '../pod-defaults.ts'
import { goPointer, goSyntax } from '../structs/syntax.ts'
import type { PodSpec, Volume } from '../types/core.ts'
import type { LabelSelector } from '../types/meta.ts'
import type { PodTemplateSpec, ReplicaStatus, UpdateStrategy } from '../types/workloads.ts'
import { percent } from './formats.ts'
import {
  isEmptySelector,
  isUsableSelector,
  type MaybeSelector,
  matchesLabelSelector,
  validateLabelSelector,
} from './label-validation.ts'
import { validatePodSpec } from './pod-spec-validation.ts'
import { validatePodAnnotations } from './pod-validation.ts'
import { validateAnnotations, validateLabels } from './validate-meta.ts'
import { sortedKeys, type Validator } from './validator.ts'

/**
 * What workloads have in common. Source: pkg/apis/core/validation/validation.go (templates), pkg/apis/apps/validation.
 */

const noSpec: PodSpec = { containers: [] }

/** A template with the defaults of Pods. Source: zz_generated.defaults.go of the workloads. */
export function defaultTemplate(template: PodTemplateSpec | undefined): PodTemplateSpec {
  return { ...template, metadata: template?.metadata ?? {}, spec: defaultPodSpec(template?.spec ?? noSpec) }
}

/** A map of labels as `%#v` writes it. */
export function goLabels(labels: Readonly<Record<string, string>> | undefined): string {
  if (labels === undefined) return 'map[string]string(nil)'
  return `map[string]string{${sortedKeys(labels)
    .map((key) => `${goQuote(key)}:${goQuote(labels[key] ?? '')}`)
    .join(', ')}}`
}

/** A selector as `%#v` of the value that a pointer points at. */
export function goSelector(selector: LabelSelector): string {
  return goSyntax('v1.LabelSelector', selector)
}

/** Source: ValidatePodTemplateSpec. */
export function validateTemplate(v: Validator, field: string, template: PodTemplateSpec): void {
  const spec = template.spec ?? noSpec
  validateTemplateMetadata(v, field, template)
  validatePodSpec(v, `${field}.spec`, spec)
  if ((spec.ephemeralContainers ?? []).length > 0) {
    v.forbidden(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')
  }
}

export function validateTemplateMetadata(v: Validator, field: string, { metadata, spec }: PodTemplateSpec): void {
  v.add(validateLabels(metadata?.labels, `${field}.labels`, v.minor))
  v.add(validateAnnotations(metadata?.annotations, `${field}.annotations`, v.minor))
  validatePodAnnotations(v, `${field}.annotations`, metadata?.annotations, spec ?? noSpec)
}

/** Source: ValidateReadOnlyPersistentDisks. */
export function validateReadOnlyDisks(v: Validator, field: string, volumes: readonly Volume[] = []): void {
  for (const [index, volume] of volumes.entries()) {
    const disk = volume.gcePersistentDisk as { readonly readOnly?: boolean } | undefined // an object by its schema
    if (disk === undefined || disk.readOnly === true) continue
    const text =
      'must be true for replicated pods > 1; GCE PD can only be mounted on multiple machines if it is read-only'
    v.invalid(`${field}[${index}].gcePersistentDisk.readOnly`, false, text)
  }
}

/** Workloads whose Pods run for ever. Source: the checks at the end of the specs' validation. */
export function validateAlwaysRestart(v: Validator, field: string, spec: PodSpec | undefined, kind: string): void {
  const policy: string = spec?.restartPolicy ?? ''
  if (policy !== 'Always') v.notSupported(`${field}.restartPolicy`, policy, ['Always'])
  if (spec?.activeDeadlineSeconds !== undefined) {
    v.forbidden(`${field}.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`)
  }
}

/** `empty` is the text about a selector that selects everything. */
export function validateSelector(v: Validator, field: string, selector: MaybeSelector, empty: string): void {
  if (selector === undefined || selector === null) {
    v.required(field)
    return
  }
  validateLabelSelector(v, field, selector)
  if (isEmptySelector(selector)) v.invalidGo(field, goSelector(selector), empty)
}

/**
 * Goes on to the template where the selector can be used, else tells the selector, with the words of the kind.
 * Source: ValidateDeploymentSpec, ValidateReplicaSetSpec, ValidateStatefulSetSpec.
 */
export function withUsableSelector(
  v: Validator,
  field: string,
  selector: MaybeSelector,
  unusable: string,
  goOn: () => void,
): void {
  if (isUsableSelector(selector, v.minor)) goOn()
  else v.invalidGo(field, goSelector(selector ?? {}), unusable)
}

export function validateTemplateLabels(
  v: Validator,
  field: string,
  selector: MaybeSelector,
  template: PodTemplateSpec,
): void {
  const labels = template.metadata?.labels
  if (!isUsableSelector(selector, v.minor)) return
  // A selector that is missing selects nothing, one that is empty everything.
  const isGiven = selector !== undefined && selector !== null
  if (isGiven && (isEmptySelector(selector) || matchesLabelSelector(selector, labels))) return
  v.invalidGo(`${field}.metadata.labels`, goLabels(labels), '`selector` does not match template `labels`')
}

/** Source: ValidatePodTemplateSpecForReplicaSet. */
export function validateReplicatedTemplate(
  v: Validator,
  field: string,
  selector: MaybeSelector,
  template: PodTemplateSpec,
  replicas: number,
): void {
  validateTemplateLabels(v, field, selector, template)
  validateTemplate(v, field, template)
  if (replicas > 1) validateReadOnlyDisks(v, `${field}.spec.volumes`, template.spec?.volumes)
  validateAlwaysRestart(v, `${field}.spec`, template.spec, 'ReplicaSet')
}

type IntOrPercent = number | string | undefined

function goIntOrString(value: IntOrPercent): string {
  return typeof value === 'string'
    ? `intstr.IntOrString{Type:1, IntVal:0, StrVal:${goQuote(value)}}`
    : `intstr.IntOrString{Type:0, IntVal:${value ?? 0}, StrVal:""}`
}

/** Source: ValidatePositiveIntOrPercent. */
export function validateIntOrPercent(v: Validator, field: string, value: IntOrPercent): void {
  if (typeof value === 'string') {
    for (const text of percent(value)) v.invalidGo(field, goIntOrString(value), text)
  } else v.nonNegative(field, value)
}

/** Source: getIntOrPercentValue. */
function amountOf(value: IntOrPercent): number {
  if (typeof value !== 'string') return value ?? 0
  return /^[0-9]+%?$/.test(value) ? Number.parseInt(value, 10) : 0
}

/** Source: IsNotMoreThan100Percent. */
export function validateAtMost100Percent(v: Validator, field: string, value: IntOrPercent): void {
  if (typeof value !== 'string' || percent(value).length > 0 || amountOf(value) <= 100) return
  v.invalidGo(field, goIntOrString(value), 'must not be greater than 100%')
}

/** Of a StatefulSet. Source: validateRollingUpdateStatefulSet. */
export function validateSetUnavailable(v: Validator, field: string, value: IntOrPercent): void {
  if (value === undefined) return
  validateIntOrPercent(v, field, value)
  if (amountOf(value) === 0) v.invalidGo(field, goIntOrString(value), 'cannot be 0')
  validateAtMost100Percent(v, field, value)
}

/** Source: ValidateDeploymentStrategy, ValidateRollingUpdateDeployment. */
export function validateDeploymentStrategy(v: Validator, field: string, strategy: UpdateStrategy): void {
  const { type = '', rollingUpdate } = strategy
  if (type === 'Recreate') {
    if (rollingUpdate !== undefined) {
      v.forbidden(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")
    }
    return
  }
  if (type !== 'RollingUpdate') {
    unsupportedStrategy(v, field, 'apps.DeploymentStrategy', strategy, 'Deployment', ['Recreate', 'RollingUpdate'])
    return
  }
  if (rollingUpdate === undefined) {
    v.required(`${field}.rollingUpdate`, 'this should be defaulted and never be nil')
    return
  }
  const { maxUnavailable, maxSurge } = rollingUpdate
  const path = `${field}.rollingUpdate.maxUnavailable`
  validateIntOrPercent(v, path, maxUnavailable)
  validateIntOrPercent(v, `${field}.rollingUpdate.maxSurge`, maxSurge)
  if (amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0) {
    v.invalidGo(path, goIntOrString(maxUnavailable), 'may not be 0 when `maxSurge` is 0')
  }
  validateAtMost100Percent(v, path, maxUnavailable)
}

/** Source: ValidateDaemonSetUpdateStrategy. */
export function validateDaemonSetStrategy(v: Validator, field: string, strategy: UpdateStrategy): void {
  const { type = '', rollingUpdate } = strategy
  if (type === 'OnDelete') return
  if (type !== 'RollingUpdate') {
    unsupportedStrategy(v, field, 'apps.DaemonSetUpdateStrategy', strategy, 'DaemonSet', ['RollingUpdate', 'OnDelete'])
    return
  }
  if (rollingUpdate === undefined) {
    v.required(`${field}.rollingUpdate`)
    return
  }
  const path = `${field}.rollingUpdate.maxUnavailable`
  const { maxUnavailable, maxSurge } = rollingUpdate
  validateIntOrPercent(v, path, maxUnavailable)
  if (has(v.minor, apiServer.daemonsSurge)) {
    validateSurge(v, `${field}.rollingUpdate`, maxUnavailable, maxSurge)
    return
  }
  if (amountOf(maxUnavailable) === 0) v.invalidGo(path, goIntOrString(maxUnavailable), 'cannot be 0')
  validateAtMost100Percent(v, path, maxUnavailable)
}

/** One of the two is zero, the other one not. Source: ValidateRollingUpdateDaemonSet. */
function validateSurge(v: Validator, field: string, maxUnavailable: IntOrPercent, maxSurge: IntOrPercent): void {
  const surge = `${field}.maxSurge`
  const unavailable = `${field}.maxUnavailable`
  validateIntOrPercent(v, surge, maxSurge)
  validateAtMost100Percent(v, unavailable, maxUnavailable)
  validateAtMost100Percent(v, surge, maxSurge)
  const hasUnavailable = amountOf(maxUnavailable) !== 0
  const hasSurge = amountOf(maxSurge) !== 0
  if (hasUnavailable && hasSurge)
    v.invalidGo(surge, goIntOrString(maxSurge), 'may not be set when maxUnavailable is non-zero')
  if (!hasUnavailable && !hasSurge) v.required(unavailable, 'cannot be 0 when maxSurge is 0')
}

function unsupportedStrategy(
  v: Validator,
  field: string,
  type: string,
  { type: value = '', rollingUpdate }: UpdateStrategy,
  kind: string,
  choices: readonly string[],
): void {
  const shown = has(v.minor, apiServer.showsValuesAsJson)
    ? strategyJson(value, rollingUpdate, ['maxUnavailable', 'maxSurge'], 0)
    : `${type}{Type:${goQuote(value)}, RollingUpdate:${goPointer(`apps.RollingUpdate${kind}`, rollingUpdate)}}`
  const body = `Unsupported value: ${shown}: supported values: ${choices.map(goQuote).join(', ')}`
  v.add([{ type: 'FieldValueNotSupported', field, body }])
}

/** A way of updating as refusals show it from v1.34 on: internal types have no names for JSON. */
export function strategyJson(
  type: string,
  rollingUpdate: object | undefined,
  members: readonly string[],
  absent: null | 0,
): string {
  const named = (member: string) => member.charAt(0).toUpperCase() + member.slice(1)
  const inner =
    rollingUpdate &&
    Object.fromEntries(members.map((member) => [named(member), Reflect.get(rollingUpdate, member) ?? absent]))
  return JSON.stringify({ Type: type, RollingUpdate: inner ?? null })
}

const counts = [
  'replicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'currentReplicas',
  'updatedReplicas',
  'unavailableReplicas',
  'observedGeneration',
  'collisionCount',
] as const

/** Source: ValidateReplicaSetStatus and its like. */
export function validateReplicaStatus(v: Validator, status: ReplicaStatus = {}, old: ReplicaStatus = {}): void {
  for (const count of counts) v.nonNegative(`status.${count}`, status[count])
  const replicas = status.replicas ?? 0
  for (const count of ['fullyLabeledReplicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    const value = status[count] ?? 0
    if (value > replicas) v.invalid(`status.${count}`, value, 'cannot be greater than status.replicas')
  }
  const available = status.availableReplicas ?? 0
  if (available > (status.readyReplicas ?? 0)) {
    v.invalid('status.availableReplicas', available, 'cannot be greater than readyReplicas')
  }
  if ((status.collisionCount ?? 0) < (old.collisionCount ?? 0)) {
    v.invalid('status.collisionCount', status.collisionCount ?? 0, 'cannot be decremented')
  }
}
