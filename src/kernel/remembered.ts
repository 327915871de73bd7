/**
 * A pure function that keeps its answers for the texts that it was asked about last, so that what thousands ask alike is worked out
 * once. Nobody can tell from outside: answers are never changed. `most` bounds what is kept; then all of it is let go.
 */
export function remembered<T>(answer: (text: string) => T, most = 200): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    if (known.size >= most) known.clear()
    const found = answer(text)
    known.set(text, found)
    return found
  }
}
