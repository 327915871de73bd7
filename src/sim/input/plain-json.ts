/** Deeper than anything that options nest. */
const deepest = 20

/**
 * The JSON of a value that is nothing but JSON, so that what has the same text is the same; undefined for one that has more to it:
 * functions, `undefined`, dates, bytes, objects of a class, numbers that JSON does not know, holes, loops.
 */
export function plainJson(value: unknown): string | undefined {
  return isPlain(value, 0) ? JSON.stringify(value) : undefined
}

function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
    case 'object':
      if (value === null) return true
      return depth < deepest && (Array.isArray(value) ? isPlainList(value, depth) : isPlainMap(value, depth))
    default:
      return false
  }
}

function isPlainList(list: readonly unknown[], depth: number): boolean {
  if (Object.getPrototypeOf(list) !== Array.prototype || Reflect.ownKeys(list).length !== list.length + 1) return false
  return list.every((each) => isPlain(each, depth + 1))
}

function isPlainMap(map: object, depth: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(map)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Reflect.ownKeys(map).every((key) => {
    const member = Object.getOwnPropertyDescriptor(map, key)
    return (
      typeof key === 'string' && member?.enumerable === true && 'value' in member && isPlain(member.value, depth + 1)
    )
  })
}
