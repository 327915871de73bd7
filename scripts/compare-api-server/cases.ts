/** One request that both servers get. */
export interface Case {
  readonly method: 'POST' | 'PUT' | 'PATCH'
  /** Content type of the body. */
  readonly type: string
  readonly body: unknown
  /** Where something was changed, and to what. */
  readonly what: string
}

/** An object of JSON, whose members nobody knows yet. */
export type JsonMap = Readonly<Record<string, unknown>>
type Place = readonly (string | number)[]

const gone = Symbol('gone')
const strings = ['', 'A_b!', 'x'.repeat(300), '-a', 'a/b/c', '../x', 'a b', 'é', '0']
const json = 'application/json'

/** The object as it is, with a field that nobody knows, and with each of its places gone, null, of another type or with an odd value. */
export function* creations(whole: JsonMap): Generator<Case> {
  yield { method: 'POST', type: json, body: whole, what: 'as it is' }
  yield { method: 'POST', type: json, body: { ...whole, extra: 1 }, what: 'extra := 1' }
  for (const place of placesOf(whole))
    for (const to of oddValues(valueAt(whole, place)))
      yield { method: 'POST', type: json, body: changed(whole, place, to), what: telling(place, to) }
}

/** The same places changed in an object that is there, by PUT and by the three kinds of patches. */
export function* updates(whole: JsonMap): Generator<Case> {
  for (const place of placesOf(whole)) {
    for (const to of otherValues(valueAt(whole, place))) {
      const what = telling(place, to)
      yield { method: 'PUT', type: json, body: changed(whole, place, to), what }
      const path = `/${place.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`
      const operation = to === gone ? { op: 'remove', path } : { op: 'replace', path, value: to }
      yield { method: 'PATCH', type: 'application/json-patch+json', body: [operation], what }
      if (to === gone) continue
      const nested = place.reduceRight<unknown>(
        (inner, part) => (typeof part === 'number' ? [inner] : { [part]: inner }),
        to,
      )
      yield { method: 'PATCH', type: 'application/merge-patch+json', body: nested, what }
      yield { method: 'PATCH', type: 'application/strategic-merge-patch+json', body: nested, what }
    }
  }
}

function placesOf(value: unknown, path: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return []
  const members: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value)
  return members.flatMap(([name, member]) => [[...path, name], ...placesOf(member, [...path, name])])
}

function valueAt(value: unknown, place: Place): unknown {
  return place.reduce<unknown>((inner, part) => Reflect.get(Object(inner), part), value)
}

function changed(value: unknown, [name, ...rest]: Place, to: unknown): unknown {
  if (name === undefined) return to
  const inner = changed(Reflect.get(Object(value), name), rest, to)
  if (Array.isArray(value)) return value.flatMap((item, at) => (at !== name ? [item] : inner === gone ? [] : [inner]))
  const { [name]: _before, ...others } = value as JsonMap // there is a place in it
  if (inner === gone) return others
  return Object.fromEntries(Object.entries(value as JsonMap).map(([key, item]) => [key, key === name ? inner : item])) // as above
}

function oddValues(now: unknown): readonly unknown[] {
  if (typeof now === 'string') return [gone, null, ...strings, 7, true, [], {}]
  if (typeof now === 'number') return [gone, null, -1, 0, 7, 70_000, 3e9, 1.5, 1e20, 'x', '', '5', true, []]
  if (typeof now === 'boolean') return [gone, null, !now, 'x', 1, {}]
  if (Array.isArray(now)) return [gone, null, [], [null], [now[0], now[0]], {}, 'x', 7, [7], [{}], ['x']]
  return [gone, null, {}, [], 'x', 7, { a: null }, { 'A_b! ': 'x' }, { unknownField: 1 }]
}

function otherValues(now: unknown): readonly unknown[] {
  if (typeof now === 'string') return [gone, null, '', 'zzz', 'A_b!', 7]
  if (typeof now === 'number') return [gone, null, -1, now + 1, 'x']
  if (typeof now === 'boolean') return [gone, null, !now]
  return Array.isArray(now) ? [gone, null, [], [now[0], now[0]], 'x'] : [gone, null, {}, 'x', { zz: 'new' }]
}

function telling(place: Place, to: unknown): string {
  return `${place.join('.')} := ${to === gone ? 'gone' : JSON.stringify(to).slice(0, 40)}`
}
