import { equalJson } from '../../../api/json.ts'
import type { KubeObject } from '../../../api/types/meta.ts'
import type { PodTemplateSpec, ReplicaSet } from '../../../api/types/workloads.ts'
import { validateSctp } from '../../../api/validation/pod-validation.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import { goSelector } from '../../../api/validation/workload-validation.ts'
import type { RegistryContext } from '../strategy.ts'
import { dropDisabledFields } from './pod.ts'
import { podWarnings } from './pod-warnings.ts'

/** What the kinds with a template of Pods share. */

export const noTemplate: PodTemplateSpec = {}

/** A template without what the gates switch off. Source: pkg/api/pod/util.go, DropDisabledTemplateFields. */
export function dropFromTemplate(
  template: PodTemplateSpec,
  old: PodTemplateSpec | undefined,
  context: RegistryContext,
): PodTemplateSpec {
  if (template.spec === undefined) return template
  const spec = dropDisabledFields(template.spec, old?.spec, context)
  return spec === template.spec ? template : { ...template, spec }
}

export interface Templated extends KubeObject {
  readonly spec?: { readonly template?: PodTemplateSpec }
}

/** Preparations that all of these kinds share. */
export function templated<T extends Templated>() {
  const drop = (object: T, old: T | undefined, context: RegistryContext): T => {
    const template = object.spec?.template
    if (template === undefined) return object
    const kept = dropFromTemplate(template, old?.spec?.template, context)
    return kept === template ? object : { ...object, spec: { ...object.spec, template: kept } }
  }
  return {
    namespaced: true,
    hasStatus: true,
    countsGeneration: true,
    prepareForCreate: (object: T, context: RegistryContext): T => drop({ ...object, status: {} }, undefined, context),
    prepareForUpdate: (next: T, old: T, context: RegistryContext): T =>
      next.spec === old.spec ? next : drop(next, old, context),
    warningsOnCreate: templateWarnings<T>,
    warningsOnUpdate: (next: T, old: T, context: RegistryContext): readonly string[] =>
      next.metadata.generation === old.metadata.generation ? [] : templateWarnings(next, context),
  }
}

/** Source: the strategies' WarningsOnCreate, GetWarningsForPodTemplate. */
function templateWarnings<T extends Templated>({ spec }: T, { minor }: RegistryContext): readonly string[] {
  const template = spec?.template
  if (template?.spec === undefined) return []
  return podWarnings(template.spec, template.metadata ?? {}, 'spec.template', minor)
}

export function sctp(v: Validator, object: Templated, old: Templated | undefined): void {
  const spec = object.spec?.template?.spec
  if (spec !== undefined) validateSctp(v, 'spec.template.spec', spec, old?.spec?.template?.spec)
}

/** The selector of a workload never changes. Source: ValidateImmutableField in the strategies' ValidateUpdate. */
export function validateSameSelector(v: Validator, next: ReplicaSet, old: ReplicaSet): void {
  const selector = next.spec?.selector ?? undefined // null is what is not there
  if (equalJson(selector ?? null, old.spec?.selector ?? null)) return
  if (selector === undefined) v.invalid('spec.selector', undefined, 'field is immutable')
  else v.invalidGo('spec.selector', goSelector(selector), 'field is immutable')
}
