import { isObject, type JsonObject } from '../../../api/json.ts'
import type { Container } from '../../../api/types/core.ts'
import { sortBytewise } from '../../../go/json.ts'

const known = new WeakMap<Container, string>()

/**
 * Hash of a container's spec in hexadecimal (FNV-1a, 32 bits). What it takes does not count: it may change while the container runs. Members count in the order of their names: a Pod that was patched has them in
 * another than one that was created. Source: pkg/kubelet/container/helpers.go, HashContainer, which writes out a Go struct.
 */
export function specHash(container: Container): string {
  const before = known.get(container)
  if (before !== undefined) return before
  const { resources: _resources, resizePolicy: _resizePolicy, ...rest } = container
  const hash = (ofValue(rest, 0x811c9dc5) >>> 0).toString(16)
  known.set(container, hash)
  return hash
}

/** Of the JSON text of a value, its members in the order of their names, without making it. */
function ofValue(value: unknown, before: number): number {
  if (Array.isArray(value)) {
    let hash = before
    for (let i = 0; i < value.length; i++) hash = ofValue(value[i] ?? null, ofText(i === 0 ? '[' : ',', hash))
    return ofText(value.length === 0 ? '[]' : ']', hash)
  }
  if (isObject(value)) return ofMembers(value, before)
  if (typeof value !== 'string' || !plain.test(value)) return ofText(JSON.stringify(value), before)
  return ofText('"', ofText(value, ofText('"', before)))
}

/** JSON escapes nothing of it. */
const plain = /^[ !#-[\]-~]*$/

function ofMembers(value: JsonObject, before: number): number {
  let hash = before
  let isFirst = true
  for (const key of sortBytewise(Object.keys(value))) {
    if (value[key] === undefined) continue
    hash = ofValue(key, ofText(isFirst ? '{' : ',', hash))
    hash = ofValue(value[key], ofText(':', hash))
    isFirst = false
  }
  return ofText(isFirst ? '{}' : '}', hash)
}

function ofText(text: string, before: number): number {
  let hash = before
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}
