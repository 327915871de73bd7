/** How many are remembered: what Pods that start within some seconds say alike. */
const remembered = 1024

const parts: (object | undefined)[] = new Array<object | undefined>(remembered).fill(undefined)

/**
 * Equal small objects as one: the very one that was given before, if that is not long ago. For parts of objects that rest in hundreds of
 * thousands, which nobody changes: conditions with their instant, states of containers. Members are compared as they are, in their order.
 * Nobody can tell from outside. What has a long text is given back as it is: contents are hardly ever equal, and would be kept by this list
 * alone, a thousand of a megabyte each.
 */
export function onePart<T extends object>(part: T): T {
  const place = placeOf(part)
  if (place === none) return part
  const known = parts[place]
  if (known !== undefined && isSame(known as T, part)) return known as T // it has the same members
  parts[place] = part
  return part
}

/** Names of the members of what is compared with, for one comparison after the other: thousands of lists would be made and let go. */
const names: string[] = []

function isSame<T extends object>(known: T, part: T): boolean {
  if (known.constructor !== part.constructor) return false
  let members = 0
  for (const name in known) names[members++] = name
  let at = 0
  for (const name in part) if (names[at++] !== name || known[name] !== part[name]) return false
  return at === members
}

/** The place of what is not remembered. */
const none = -1
const textAtMost = 120

function placeOf<T extends object>(part: T): number {
  let mark = 0
  for (const name in part) {
    const value = part[name]
    if (typeof value === 'string' && value.length > textAtMost) return none
    mark = (Math.imul(mark, 31) + markOf(value)) | 0
  }
  return (mark ^ (mark >>> 10)) & (remembered - 1)
}

/** Of a text its length and some letters, as texts of one form differ at their end. */
function markOf(value: unknown): number {
  if (typeof value === 'number') return value | 0
  if (typeof value !== 'string') return value === null ? 1 : 2
  const { length } = value
  let mark = length
  for (let at = Math.max(0, length - 4); at < length; at++) mark = Math.imul(mark, 31) + value.charCodeAt(at)
  return mark
}
