import { equalJson, isObject, setMember } from '../json.ts'
import { PatchError } from './patch-error.ts'

/** JSON patches as the API server applies them. Source: github.com/evanphx/json-patch v4.2.0, patch.go. */

export interface PatchOperation {
  readonly op?: unknown
  readonly path?: unknown
  readonly from?: unknown
  readonly value?: unknown
}

/** Operations are few on honest patches. Source: apiserver handlers/patch.go, maxJSONPatchOperations. */
export const maxOperations = 10_000

/**
 * The document after all operations; the one given stays as it is. Two oddities of the original are kept: `replace` of a
 * member that is missing adds it, and what stands before the first slash of a path is ignored.
 */
export function applyJsonPatch(document: unknown, operations: readonly PatchOperation[]): unknown {
  let current = document
  for (const operation of operations) current = applyOperation(current, operation)
  return current
}

function applyOperation(document: unknown, operation: PatchOperation): unknown {
  const { op, value } = operation
  switch (op) {
    case 'add':
      return change(document, pointer(operation.path, op), 'add', value)
    case 'remove':
      return change(document, pointer(operation.path, op), 'remove', undefined)
    case 'replace':
      return change(document, pointer(operation.path, op), 'replace', value)
    case 'move': {
      const from = pointer(operation.from, op)
      const moved = lookup(document, from, op)
      return change(change(document, from, 'remove', undefined), pointer(operation.path, op), 'add', moved)
    }
    case 'copy':
      return change(document, pointer(operation.path, op), 'add', lookup(document, pointer(operation.from, op), op))
    case 'test': {
      const path = pointer(operation.path, op)
      const found = lookup(document, path, op)
      if (equalJson(found ?? null, value ?? null)) return document
      throw new PatchError('failed', `testing value ${text(operation.path)} failed: test failed`)
    }
    default:
      throw new PatchError('failed', `Unexpected kind: ${typeof op === 'string' ? op : 'unknown'}`)
  }
}

function text(path: unknown): string {
  return typeof path === 'string' ? path : ''
}

/** The parts of a pointer behind its first slash, unescaped. */
function pointer(path: unknown, op: string): readonly string[] {
  if (typeof path !== 'string') {
    throw new PatchError('failed', `${op} operation failed to decode path: missing value`)
  }
  const parts = path.split('/')
  if (parts.length < 2) {
    throw new PatchError('failed', `${op} operation does not apply: doc is missing path: "${path}": missing value`)
  }
  return parts.slice(1).map((part) => part.replace(/~[01]/g, (escaped) => (escaped === '~1' ? '/' : '~')))
}

function lookup(document: unknown, path: readonly string[], op: string): unknown {
  let current = document
  path.forEach((part, at) => {
    const next = memberOf(current, part)
    if (next === undefined && at < path.length - 1) missing(op, path)
    current = next
  })
  return current
}

function memberOf(value: unknown, part: string): unknown {
  if (Array.isArray(value)) {
    const index = arrayIndex(part)
    if (index >= value.length || index < 0) {
      throw new PatchError('failed', `Unable to access invalid index: ${part}: invalid index referenced`)
    }
    return value[index]
  }
  return isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined
}

function missing(op: string, path: readonly string[]): never {
  throw new PatchError(
    'failed',
    `${op} operation does not apply: doc is missing path: "/${path.join('/')}": missing value`,
  )
}

function arrayIndex(part: string): number {
  if (!/^[+-]?\d+$/.test(part)) {
    throw new PatchError('failed', `strconv.Atoi: parsing "${part}": invalid syntax`)
  }
  return Number(part)
}

type Change = 'add' | 'remove' | 'replace'

/** A copy of the document, changed at a path; only what lies on the way is copied. */
function change(document: unknown, path: readonly string[], kind: Change, value: unknown): unknown {
  const [part, ...rest] = path
  if (part === undefined) return value
  if (rest.length === 0) return changeMember(document, part, kind, value)
  const inner = memberOf(document, part)
  if (inner === undefined || inner === null) missing(kind, path)
  const changed = change(inner, rest, kind, value)
  return changeMember(document, part, 'replace', changed)
}

function changeMember(container: unknown, part: string, kind: Change, value: unknown): unknown {
  if (Array.isArray(container)) return changeElement(container, part, kind, value)
  if (!isObject(container)) return missing(kind, [part])
  const copy: Record<string, unknown> = { ...container }
  if (kind !== 'remove') {
    setMember(copy, part, value ?? null)
    return copy
  }
  if (!Object.hasOwn(copy, part)) {
    throw new PatchError('failed', `Unable to remove nonexistent key: ${part}: missing value`)
  }
  delete copy[part]
  return copy
}

function changeElement(list: readonly unknown[], part: string, kind: Change, value: unknown): unknown {
  if (kind === 'add' && part === '-') return [...list, value]
  const size = kind === 'add' ? list.length + 1 : list.length
  const given = arrayIndex(part)
  const index = given < 0 && kind !== 'replace' ? given + size : given
  if (index < 0 || index >= size) {
    throw new PatchError('failed', `Unable to access invalid index: ${given}: invalid index referenced`)
  }
  const before = list.slice(0, index)
  if (kind === 'remove') return [...before, ...list.slice(index + 1)]
  return [...before, value, ...list.slice(kind === 'add' ? index : index + 1)]
}
