import { type KindRef, schemaOf } from '../../api/schema/schema.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { BodyTree } from '../../client/server.ts'
import { apiVersionOf } from '../registry/resource-table.ts'
import { apiServerFact } from '../version-facts.ts'
import { notPlain, typedValue } from './typed-value.ts'

/**
 * What `decodeBody` makes of the text of a tree, where there is nothing to say about it; undefined where the text has to
 * be read: another kind, another version, an unknown field, a value of another type.
 */
export function decodeTree({ value, maps }: BodyTree, expected: KindRef, minor: number): KubeObject | undefined {
  const { apiVersion, kind } = value as Partial<KubeObject> // compared, whatever they are
  if (kind !== expected.kind || apiVersion !== apiVersionOf(expected)) return undefined
  const definition = schemaOf(minor).kind(expected)
  if (definition === undefined) return undefined
  const omitsTimes = apiServerFact('omitsEmptyTimes', minor)
  const typed = typedValue(value, definition, { omitsTimes, keepsOrder: maps === 'as given' })
  return typed === notPlain ? undefined : (typed as unknown as KubeObject) // decoded as that kind
}
