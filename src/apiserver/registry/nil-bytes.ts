import { isObject, member } from '../../api/json.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { privateMember } from '../ownership/private-member.ts'

/** Keys of a map of bytes whose values are nil: they read as empty ones do, but etcd has other bytes for them. */
const nilKeys = privateMember<ReadonlySet<string>>()

/** Where kinds have maps of bytes. */
const byteMaps: Readonly<Record<string, string>> = { Secret: 'data', ConfigMap: 'binaryData' }

/**
 * An object that came from maps of interfaces, as strategic patches and applies make it: its empty values are nil, but for those that
 * `stringData` gives. `document` is what it came from. Source: apimachinery pkg/runtime/converter.go, sliceFromUnstructured;
 * pkg/apis/core/v1/conversion.go, Convert_v1_Secret_To_core_Secret.
 */
export function fromMaps<T extends KubeObject>(object: T, document: unknown, minor: number): T {
  const name = byteMaps[object.kind]
  if (name === undefined || has(minor, apiServer.keepsEmptyBytes)) return object
  const map = member(object, name)
  const texts = isObject(document) ? document.stringData : undefined
  const keys = isObject(map)
    ? Object.keys(map).filter((key) => map[key] === '' && !(isObject(texts) && Object.hasOwn(texts, key)))
    : []
  if (!isObject(map) || keys.length === 0) return object
  const own = { ...map }
  nilKeys.set(own, new Set(keys))
  return { ...object, [name]: own }
}

/** Whether two equal objects have the same bytes in etcd. */
export function hasSameNils(next: KubeObject, existing: KubeObject): boolean {
  const name = byteMaps[next.kind]
  if (name === undefined) return true
  const [a, b] = [nilsOf(member(next, name)), nilsOf(member(existing, name))]
  return a.size === b.size && [...a].every((key) => b.has(key))
}

/** Whether some of an object's values are nil, which none of a stored one are once it is read. */
export function hasNils(object: KubeObject): boolean {
  const name = byteMaps[object.kind]
  return name !== undefined && nilsOf(member(object, name)).size > 0
}

const noKeys: ReadonlySet<string> = new Set()

function nilsOf(map: unknown): ReadonlySet<string> {
  return isObject(map) ? (nilKeys.of(map) ?? noKeys) : noKeys
}
