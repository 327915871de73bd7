import { isObject, listAt, textAt } from '../go/json.ts'
import type { YamlPath } from '../scenario/positions.ts'
import type { GivenObject } from './given.ts'

/** How what is no Pod uses a Secret: an Ingress its certificate, a ServiceAccount what it lists, and what it hands to its Pods for their pulls. */
export type OtherWay = 'tls' | 'account' | 'accountPull'

/** A Secret that an object without Pods names. */
export interface OtherUse {
  readonly name: string
  readonly way: OtherWay
  /** Where the name stands, from the object's root. */
  readonly path: YamlPath
}

/** Certificates of an Ingress, and what a ServiceAccount lists and hands to its Pods (P2, P4). */
export function otherUsesOf({ kind, object }: Pick<GivenObject, 'kind' | 'object'>): readonly OtherUse[] {
  if (kind === 'Ingress')
    return listAt(object, 'spec', 'tls').flatMap((tls, i) => named(tls, 'tls', ['spec', 'tls', i], 'secretName'))
  if (kind !== 'ServiceAccount') return []
  return [
    ...listAt(object, 'secrets').flatMap((each, i) => named(each, 'account', ['secrets', i], 'name')),
    ...listAt(object, 'imagePullSecrets').flatMap((each, i) =>
      named(each, 'accountPull', ['imagePullSecrets', i], 'name'),
    ),
  ]
}

function named(value: unknown, way: OtherWay, path: YamlPath, field: string): readonly OtherUse[] {
  const name = isObject(value) ? textAt(value, field) : ''
  return name === '' ? [] : [{ name, way, path: [...path, field] }]
}
