/** Keys by their names (`q`, `shift+tab`), from the terminal to who draws. */
export interface KeySource {
  press(name: string): void
  /** Returns how to stop listening. */
  listen(listener: (name: string) => void): () => void
}

export function createKeySource(): KeySource {
  const listeners = new Set<(name: string) => void>()
  return {
    press(name) {
      for (const listener of listeners) listener(name)
    },
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
