import { goJson, isObject } from '../../go/json.ts'
import { sortedMaps, structJson } from '../create/struct-json.ts'
import type { JsonBody } from './rest.ts'

/** An object as Go writes a map of anything: all keys sorted. */
export function mapBody(object: unknown): JsonBody | string {
  const text = (): string => `${goJson(object)}\n`
  return isObject(object) ? { tree: { value: object, maps: 'sorted' }, text } : text()
}

/** An object as Go writes a struct: its maps sorted. */
export function structBody(object: unknown): JsonBody | string {
  const text = (): string => `${structJson(object)}\n`
  return isObject(object) ? { tree: { value: sortedMaps(object), maps: 'as given' }, text } : text()
}
