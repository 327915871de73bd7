/** Path arithmetic on absolute, `/`-separated paths. Source of the rules: Go's path/filepath on Linux. */

/** Directory part: `/a` of `/a/b`, `/` of `/a`. */
export function dirname(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash <= 0 ? '/' : path.slice(0, slash)
}

/** Last element: `b` of `/a/b`; empty of `/`. */
export function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

const slash = 47

/** An empty, `.` or `..` element; most paths have none. */
const unclean = /\/\.{0,2}(?:\/|$)/

/** Joins and cleans: no empty, `.` or `..` elements remain. A relative result stays relative. */
export function joinPath(...parts: readonly string[]): string {
  if (parts.length === 2) {
    const [base = '', name = ''] = parts
    // Most joins add one name to a clean path, or take one off.
    if (base.length > 1 && base.charCodeAt(0) === slash && name !== '') {
      if (name === '..' && !unclean.test(base)) return dirname(base)
      const plain = `${base}/${name}`
      if (!unclean.test(plain)) return plain
    } else if (base === '/' && name !== '') {
      const plain = name.charCodeAt(0) === slash ? name : `/${name}`
      if (!unclean.test(plain)) return plain
    }
  }
  const joined = parts.length === 1 ? (parts[0] ?? '') : parts.filter((part) => part !== '').join('/')
  if (joined !== '' && joined !== '/' && !unclean.test(joined.startsWith('/') ? joined : `/${joined}`)) return joined
  const absolute = joined.startsWith('/')
  const kept: string[] = []
  for (const part of joined.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (part !== '..' || !absolute) kept.push(part)
  }
  const text = kept.join('/')
  if (absolute) return `/${text}`
  return text === '' ? '.' : text
}

/** Whether `path` is `base` or lies below it. */
export function isWithin(path: string, base: string): boolean {
  return path === base || path.startsWith(base === '/' ? '/' : `${base}/`)
}

/** Order of bytes, which is what `ls` in the C locale and Go's sort use; UTF-16 order differs beyond the BMP. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    // A surrogate stands for a character above all of the basic plane.
    const xHigh = x >= 0xd800 && x <= 0xdfff
    const yHigh = y >= 0xd800 && y <= 0xdfff
    if (xHigh !== yHigh) return xHigh ? 1 : -1
    return x - y
  }
  return a.length - b.length
}
