import { isObject } from '../../../api/json.ts'
import type { Container } from '../../../api/types/core.ts'

const known = new WeakMap<Container, string>()

/**
 * Hash of a container's spec in hexadecimal (FNV-1a, 32 bits). Members count in the order of their names: a Pod that was patched has them in
 * another than one that was created. Source: pkg/kubelet/container/helpers.go, HashContainer, which writes out a Go struct.
 */
export function specHash(container: Container): string {
  const before = known.get(container)
  if (before !== undefined) return before
  let value = 0x811c9dc5
  const text = JSON.stringify(container, sortedMembers)
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  const hash = (value >>> 0).toString(16)
  known.set(container, hash)
  return hash
}

function sortedMembers(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
