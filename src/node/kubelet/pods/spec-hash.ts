import type { Container } from '../../../api/types/core.ts'

const known = new WeakMap<Container, string>()

/** Hash of a container's spec in hexadecimal (FNV-1a, 32 bits). Source: pkg/kubelet/container/helpers.go, HashContainer. */
export function specHash(container: Container): string {
  const before = known.get(container)
  if (before !== undefined) return before
  let value = 0x811c9dc5
  const text = JSON.stringify(container)
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  const hash = (value >>> 0).toString(16)
  known.set(container, hash)
  return hash
}
