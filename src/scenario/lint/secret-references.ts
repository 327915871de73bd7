import { isMap } from '../expect/compare.ts'
import type { YamlPath } from '../positions.ts'

/** Where a manifest refers to a Secret, and to which of its keys. */
export interface SecretUse {
  readonly name: string
  readonly path: YamlPath
  readonly keys: readonly { readonly key: string; readonly path: YamlPath }[]
  readonly isOptional: boolean
}

/** All uses of Secrets below a value, whatever kind of object holds the Pod's spec. */
export function secretUses(value: unknown, path: YamlPath = []): readonly SecretUse[] {
  if (Array.isArray(value)) return value.flatMap((member, i) => secretUses(member, [...path, i]))
  if (!isMap(value)) return []
  return Object.entries(value).flatMap(([field, inner]) => {
    const at = [...path, field]
    return [...usesOf(field, inner, at), ...secretUses(inner, at)]
  })
}

function usesOf(field: string, value: unknown, path: YamlPath): readonly SecretUse[] {
  if (field === 'imagePullSecrets' && Array.isArray(value))
    // Without its pull secret a Pod may still pull: that is for the registry to say.
    return []
  if (!isMap(value)) return []
  const { name, secretName, key, items, optional } = value
  const isOptional = optional === true
  if (field === 'secretKeyRef' && typeof name === 'string')
    return [
      {
        name,
        path: [...path, 'name'],
        keys: typeof key === 'string' ? [{ key, path: [...path, 'key'] }] : [],
        isOptional,
      },
    ]
  if (field === 'secretRef' && typeof name === 'string')
    return [{ name, path: [...path, 'name'], keys: [], isOptional }]
  if (field !== 'secret') return []
  const [named, nameField] = typeof secretName === 'string' ? [secretName, 'secretName'] : [name, 'name']
  if (typeof named !== 'string') return []
  const keys = (Array.isArray(items) ? items : []).flatMap((item: unknown, i) =>
    isMap(item) && typeof item.key === 'string' ? [{ key: item.key, path: [...path, 'items', i, 'key'] }] : [],
  )
  return [{ name: named, path: [...path, nameField], keys, isOptional }]
}
