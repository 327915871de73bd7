import { isObject, listAt, objectAt, textAt } from '../go/json.ts'
import { type GivenObject, type ManifestFile, readGiven } from './given.ts'
import { stripLive } from './live.ts'
import { podSpecOf, type Way } from './references.ts'
import { usesIn } from './remarks/secret-uses.ts'
import type { ObjectName } from './report.ts'
import { objectName } from './words.ts'

/** One use of a Secret: by whom, how, of which keys. */
export interface SecretUser {
  readonly user: ObjectName
  /** ServiceAccount that the Pods run as; undefined for objects without Pods. */
  readonly account: string | undefined
  /** Undefined for what is no container's. */
  readonly container: string | undefined
  readonly way: Way | 'tls' | 'account'
  readonly where: string
  /** Undefined: all of them. */
  readonly keys: readonly string[] | undefined
  readonly isOptional: boolean
}

/** A Secret with all that use it. */
export interface MappedSecret {
  readonly secret: ObjectName
  readonly isGiven: boolean
  /** Keys that the manifests give it, and those that somebody reads, in bytewise order. */
  readonly keys: readonly string[]
  readonly users: readonly SecretUser[]
}

/** Secrets, keys, and who uses them how, in the order of namespace and name. Nothing is run. */
export function secretMap(files: readonly ManifestFile[], namespace = 'default'): readonly MappedSecret[] {
  const { objects } = stripLive(readGiven(files).objects)
  const secrets = new Map<string, { isGiven: boolean; readonly keys: Set<string>; readonly users: SecretUser[] }>()
  const at = (home: string, name: string) => {
    const id = objectName({ kind: 'Secret', namespace: home, name }, namespace)
    const known = secrets.get(id) ?? { isGiven: false, keys: new Set<string>(), users: [] }
    secrets.set(id, known)
    return known
  }
  for (const given of objects) {
    if (given.kind !== 'Secret') continue
    const entry = at(given.namespace || namespace, given.name)
    entry.isGiven = true
    for (const field of ['data', 'stringData'])
      for (const key of Object.keys(objectAt(given.object, field))) entry.keys.add(key)
  }
  for (const { given, namespace: home, reference } of usesIn(objects, namespace)) {
    if (reference.kind !== 'Secret') continue
    const entry = at(home, reference.name)
    for (const key of reference.keys ?? []) entry.keys.add(key)
    const { container, way, where, keys, isOptional } = reference
    entry.users.push({
      user: objectName(given, namespace),
      account: accountOf(given),
      container,
      way,
      where,
      keys,
      isOptional,
    })
  }
  for (const given of objects)
    for (const { name, way } of otherUses(given))
      at(given.namespace || namespace, name).users.push({
        user: objectName(given, namespace),
        account: undefined,
        container: undefined,
        way,
        where: '',
        keys: undefined,
        isOptional: true,
      })
  return [...secrets]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([secret, { isGiven, keys, users }]) => ({ secret, isGiven, keys: [...keys].sort(), users }))
}

function accountOf(given: GivenObject): string | undefined {
  const pod = podSpecOf(given)
  return pod === undefined ? undefined : textAt(pod.spec, 'serviceAccountName') || 'default'
}

/** Certificates of an Ingress, and what a ServiceAccount hands to its Pods (P2, P4). */
function otherUses({
  kind,
  object,
}: GivenObject): readonly { readonly name: string; readonly way: 'tls' | 'account' }[] {
  if (kind === 'Ingress')
    return listAt(object, 'spec', 'tls').flatMap((tls) =>
      textAt(tls, 'secretName') === '' ? [] : [{ name: textAt(tls, 'secretName'), way: 'tls' }],
    )
  if (kind !== 'ServiceAccount') return []
  const named = [...listAt(object, 'secrets'), ...listAt(object, 'imagePullSecrets')]
  return named.flatMap((each) => (isObject(each) ? [{ name: textAt(each, 'name'), way: 'account' as const }] : []))
}
