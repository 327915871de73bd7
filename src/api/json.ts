/** JSON values as the API carries them, treated as immutable. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json | undefined
}

/** Whether a value is a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sets a member; a key `__proto__` becomes an ordinary member instead of a prototype. */
export function setMember(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
  } else {
    target[key] = value
  }
}

/** The member of that name, never one that is inherited. */
export function member(target: object, key: string): unknown {
  return Object.hasOwn(target, key) ? (target as Record<string, unknown>)[key] : undefined // own members are JSON
}

/**
 * Whether two JSON values are equal; members that are undefined count as absent. Shared parts are not looked into, so
 * comparing an object with a changed copy costs what changed.
 */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    for (let at = 0; at < a.length; at++) if (!equalJson(a[at], b[at])) return false
    return true
  }
  if (Array.isArray(b)) return false
  let shared = 0
  // No lists of keys are made: nothing that JSON is read into inherits any.
  for (const key in a) {
    const left = (a as Record<string, unknown>)[key] // own key
    if (left === undefined) continue
    if (!Object.hasOwn(b, key)) return false
    if (!equalJson(left, (b as Record<string, unknown>)[key])) return false
    shared++
  }
  for (const key in b) if ((b as Record<string, unknown>)[key] !== undefined) shared--
  return shared === 0
}

/** Freezes a value and all below it; parts that are frozen already are taken to be so all the way down. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  if (Array.isArray(value)) for (let at = 0; at < value.length; at++) deepFreeze(value[at])
  else for (const key in value) deepFreeze(value[key]) // as above
  return value
}
