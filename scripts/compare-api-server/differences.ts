/** An answer as it came. */
export interface Told {
  readonly code: number
  readonly body: string
}

/** What tells apart two answers to one request: a line for each difference, the same for all requests that differ so. None: they are equal. */
export function differencesOf(real: Told, own: Told): readonly string[] {
  const [a, b] = [settled(real.body), settled(own.body)]
  if (real.code !== own.code) return [`code ${real.code} ${saying(a)} | podsim ${own.code} ${saying(b)}`]
  if (a === b) return []
  const [x, y] = [parsed(a), parsed(b)]
  if (x === undefined || y === undefined) return [`text ${short(a)} | podsim ${short(b)}`]
  const found = new Set<string>()
  compare(x, y, '', found)
  if (found.size === 0) return ['the same in another order']
  const [message] = [...found].filter((line) => line.startsWith('.message'))
  return real.code >= 400 && message !== undefined ? [message] : [...found]
}

/** A body without what each server draws, counts or reads from its clock. */
function settled(body: string): string {
  return body
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
    .replace(/(resourceVersion\\*":\\*")\d+/g, '$1RV')
    .replace(/(clusterIPs?\\*":\[?\\*")\d[^"\\]*/g, '$1IP')
    .replace(/(odePort\\*":)3\d{4}/g, '$10')
    .replace(/(manager\\*":\\*")[^"\\]*/g, '$1M')
    .replace(/\b(kube-api-access|default-token|g)-[a-z0-9]{5}\b/g, '$1-X')
    .replace(/\(0x[0-9a-f]+\)/g, '(0x0)')
}

function compare(a: unknown, b: unknown, path: string, into: Set<string>): void {
  const areBoth = isObject(a) && isObject(b) && Array.isArray(a) === Array.isArray(b)
  if (!areBoth) {
    if (JSON.stringify(a) !== JSON.stringify(b)) into.add(`${path}: ${tails(a, b)}`)
    return
  }
  const isList = Array.isArray(a)
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
    compare(Reflect.get(a, key), Reflect.get(b, key), isList ? `${path}[]` : `${path}.${key}`, into)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The message of a Status, or that it is an object. */
function saying(body: string): string {
  const found = parsed(body)
  if (!isObject(found)) return short(body)
  const message: unknown = Reflect.get(found, 'message')
  return typeof message === 'string' ? short(message) : 'an object'
}

/** Two values, from a little before their first difference where they are long texts. */
function tails(a: unknown, b: unknown): string {
  if (typeof a !== 'string' || typeof b !== 'string') return `${short(a)} | podsim ${short(b)}`
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  const start = same < 150 ? 0 : same - 100
  const head = start === 0 ? '' : `${a.slice(0, 40)} ... `
  return `${short(head + a.slice(start))} | podsim ${short(b.slice(start))}`
}

const short = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 300)
