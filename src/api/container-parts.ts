import { equalJson, isObject } from './json.ts'
import type { Container } from './types/core.ts'
import type { KubeObject } from './types/meta.ts'

/** Parts of a container that those of one Pod often have alike. */
const parts = ['env', 'volumeMounts', 'resources'] as const

interface WithPodSpec {
  readonly containers?: readonly Container[]
}

/**
 * The same object, in which containers of one Pod or template that have equal variables, mounts or resources have them in common with the
 * first that has them: tens of thousands of Pods rest, and what is stored is never changed.
 */
export function withPartsInCommon<T extends KubeObject>(object: T): T {
  // Of kinds that have neither, both are absent.
  const { spec } = object as T & {
    readonly spec?: WithPodSpec & { readonly template?: { readonly spec?: WithPodSpec } }
  }
  if (spec === undefined) return object
  const own = inCommon(spec.containers)
  if (own !== spec.containers) return { ...object, spec: { ...spec, containers: own } }
  const { template } = spec
  const ofTemplate = inCommon(template?.spec?.containers)
  if (ofTemplate === template?.spec?.containers) return object
  return {
    ...object,
    spec: { ...spec, template: { ...template, spec: { ...template?.spec, containers: ofTemplate } } },
  }
}

function inCommon(containers: readonly Container[] | undefined): readonly Container[] | undefined {
  if (!Array.isArray(containers) || containers.length < 2) return containers
  // A custom resource may have anything there.
  if (containers.some((each: unknown) => !isObject(each))) return containers
  const given: readonly Container[] = containers
  let isChanged = false
  // A list as long as it has to be: one that is pushed to is made for sixteen more.
  const shared = given.map((container, at) => {
    let mine = container
    for (const part of parts) {
      const value = container[part]
      if (typeof value !== 'object') continue
      const other = given.find((before, i) => i < at && equalJson(before[part], value))?.[part]
      if (other === undefined || other === value) continue
      mine = { ...mine, [part]: other }
      isChanged = true
    }
    return mine
  })
  return isChanged ? shared : containers
}
