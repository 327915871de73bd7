import { fromBase64 } from '../bytes/bytes.ts'
import { isObject, objectAt } from '../go/json.ts'
import type { GivenObject, Place } from './given.ts'

type Path = readonly (string | number)[]

/**
 * The place that a refusal is about: the field that its message names, the value that cannot be read, or else the object.
 * `reason`: what the server or kubectl said.
 */
export function refusedPlace(given: GivenObject, reason: string): Place {
  const undecoded = undecodedPath(given, reason)
  if (undecoded !== undefined) return given.place(undecoded)
  const [field, key, ...rest] = fieldOf(reason)
  // The server has merged stringData into data before it looks.
  const isPlain = field === 'data' && Object.hasOwn(objectAt(given.object, 'stringData'), String(key))
  if (isPlain && key !== undefined) return given.place(['stringData', key, ...rest], 'key')
  if (field === 'data' && key === undefined && given.object.data === undefined)
    return given.place(['stringData'], 'key')
  return given.place(field === undefined ? [] : key === undefined ? [field] : [field, key, ...rest])
}

/** The path of the field that a message of validation begins with; a key in brackets is a key of a map. */
function fieldOf(reason: string): Path {
  const fields = [...reason.matchAll(/(?:invalid: (?:\* )?|^\* )([A-Za-z][\w.-]*(?:\[[^\]]*\][\w.-]*)*): /gm)].map(
    (match) => match[1],
  )
  // The copy in an annotation is only as long as what it copies.
  const field = fields.find((name) => name !== 'metadata.annotations') ?? fields[0]
  const unknown = /unknown field "([^"]+)"/.exec(reason)?.[1]
  // kubectl's own validation, by the OpenAPI document: ValidationError(Pod.spec.containers[0].image).
  const text = field ?? unknown ?? /ValidationError\(\w+\.([^)]+)\): invalid type/.exec(reason)?.[1]
  return text === undefined ? [] : pathOf(text)
}

function pathOf(text: string): Path {
  return [...text.matchAll(/\[(\d+)\]|\[([^\]]+)\]|([^.[\]]+)/g)].map(([, index, key, name]) =>
    index === undefined ? (key ?? name ?? '') : Number(index),
  )
}

/** The value that is of another type than its field, or no base64: messages of decoders tell no index and no key. */
function undecodedPath(given: GivenObject, reason: string): Path | undefined {
  if (/illegal base64 data/.test(reason)) {
    const data = objectAt(given.object, 'data')
    return pathTo(data, [], (value) => fromBase64(String(value)) === undefined, ['data'])
  }
  // encoding/json, from v1.23 on.
  const typed = /cannot unmarshal (\w+)(?: \S+)? into Go struct field \w+\.([\w.]+) of type/.exec(reason)
  if (typed !== null)
    return pathTo(given.object, (typed[2] ?? '').split('.'), (value) => jsonTypeOf(value) === typed[1])
  // json-iterator, before: v1.Pod.Spec: v1.PodSpec.Containers: []v1.Container: v1.Container.Image: ReadString: expects " or n
  const chain = /: (v\w+\.\w+\.\w+: .*)ReadString: expects/.exec(reason)?.[1]
  if (chain === undefined) return undefined
  const names = [...chain.matchAll(/\w+\.\w+\.(\w)(\w*): /g)].map(([, first = '', rest]) => first.toLowerCase() + rest)
  return pathTo(given.object, names, (value) => typeof value !== 'string')
}

/** What encoding/json calls the type of a value. */
function jsonTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** The first value below `names` that `isIt`, in a map rather than the map itself; lists on the way are gone through. `at`: where `value` stands. */
function pathTo(
  value: unknown,
  names: readonly string[],
  isIt: (value: unknown) => boolean,
  at: Path = [],
): Path | undefined {
  const [name, ...rest] = names
  if (Array.isArray(value) && (name !== undefined || !isIt(value)))
    return firstOf(value.map((each, index) => pathTo(each, names, isIt, [...at, index])))
  if (name !== undefined) return isObject(value) ? pathTo(value[name], rest, isIt, [...at, name]) : undefined
  const members = isObject(value) ? Object.entries(value) : []
  return (
    firstOf(members.map(([key, each]) => (isIt(each) ? [...at, key] : undefined))) ?? (isIt(value) ? at : undefined)
  )
}

function firstOf(paths: readonly (Path | undefined)[]): Path | undefined {
  return paths.find((path) => path !== undefined)
}
