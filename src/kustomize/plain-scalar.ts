/**
 * Scalars that are not written as JSON would write them (`010`, `1e3`, `True`, `2020-01-01`), kept as they are written until a build
 * prints them: a prefix on the name `010` makes `p-010`. Source: kyaml yaml/fns.go, FieldSetter, which takes over the style of
 * what it replaces and no tag; resource/resource.go, MarshalJSON, which reads again what was written.
 */
import { plainScalar } from '../go/yaml/from-yaml.ts'
import { toGoYaml } from '../go/yaml/go-yaml.ts'
import { refuse } from './loader.ts'

/** Half of a pair, which no text of a file holds. */
const mark = '\ud800'

/** Stands for what is written plainly, whatever it will be read as. */
export function keptScalar(text: string): string {
  return `${mark}${text}`
}

/** Whether it is such a one. */
export function isKept(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith(mark)
}

/** How a scalar is written. */
export function writtenText(value: unknown): string {
  const text = String(value)
  return text.startsWith(mark) ? text.slice(mark.length) : text
}

/** What is kept, as it is read at the end; other values as they are. */
export function readAgain(value: unknown): unknown {
  return typeof value === 'string' && value.startsWith(mark) ? plainScalar(value.slice(mark.length)) : value
}

/**
 * A changed scalar: plain where the old one was, so that `e3` behind a `1` is a number. What reads as another thing than a text was
 * quoted. Refuses a map or a list. Source: kyaml yaml/fns.go, FieldSetter; yaml/types.go, ErrorIfInvalid.
 */
export function rewritten(old: unknown, text: string): string {
  if (typeof old === 'object' && old !== null) refuseKind('ScalarNode', old)
  const isQuoted = typeof old === 'string' && !old.startsWith(mark) && plainScalar(old) !== old
  return isQuoted || plainScalar(text) === text ? text : keptScalar(text)
}

/** A text in place of a scalar. */
export function replacedText(old: unknown, text: string): string {
  if (typeof old === 'object' && old !== null) refuseKind('ScalarNode', old)
  return text
}

/** In the words of kyaml. */
export function refuseKind(expected: 'ScalarNode' | 'MappingNode' | 'SequenceNode', found: unknown): never {
  const isList = Array.isArray(found)
  const kind = isList ? 'SequenceNode' : typeof found === 'object' && found !== null ? 'MappingNode' : 'ScalarNode'
  const shown =
    kind === 'ScalarNode' && isKept(found)
      ? `${writtenText(found)}\n`
      : toGoYaml(withoutMarks(found), { keyOrder: 'given' })
  return refuse(`wrong node kind: expected ${expected} but got ${kind}: node contents:\n${shown}`)
}

function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks)
  if (typeof value !== 'object' || value === null) return readAgain(value)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutMarks(item)]))
}
