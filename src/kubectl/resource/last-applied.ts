import { withoutValue, withValue } from '../../api/change.ts'
import { at, goJson, isObject, objectAt, textAt } from '../../go/json.ts'

/** Source: k8s.io/api/core/v1 annotation_key_constants.go, LastAppliedConfigAnnotation. */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * The object as it is kept in the annotation: without the annotation itself, with annotations even if empty, and a
 * newline at the end. Source: kubectl pkg/util/apply.go, GetModifiedConfiguration.
 */
export function configurationText(object: unknown): string {
  const annotations = withoutValue(objectAt(object, 'metadata', 'annotations'), [lastApplied])
  return `${goJson(withValue(object, ['metadata', 'annotations'], annotations))}\n`
}

/** The object with the annotation that tells what was applied. */
export function withAnnotation(object: unknown): unknown {
  const annotations = { ...objectAt(object, 'metadata', 'annotations'), [lastApplied]: configurationText(object) }
  return withValue(object, ['metadata', 'annotations'], annotations)
}

/** What was applied last; undefined when nothing tells. */
export function originalConfiguration(object: unknown): unknown {
  const text = textAt(object, 'metadata', 'annotations', lastApplied)
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function hasAnnotation(object: unknown): boolean {
  return at(object, 'metadata', 'annotations', lastApplied) !== undefined
}

/** With a new annotation only if there was one. Source: kubectl pkg/util/apply.go, CreateOrUpdateAnnotation. */
export function updatedAnnotation(object: unknown, always: boolean): unknown {
  return isObject(object) && (always || hasAnnotation(object)) ? withAnnotation(object) : object
}
