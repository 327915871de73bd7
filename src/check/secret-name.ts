import type { RotationOptions } from './rotation.ts'

const pattern = /^(?:secrets?\/)?(?:([a-z0-9.-]+)\/)?([a-z0-9.-]+)(?::([A-Za-z0-9._-]+))?$/

/** `secret/NAME`, `secret/NAMESPACE/NAME`, either with `:KEY` behind it; undefined: it names none. */
export function secretNamed(text: string): RotationOptions['secret'] | undefined {
  const [, namespace, name, key] = pattern.exec(text) ?? []
  if (name === undefined) return undefined
  return { name, ...(namespace === undefined ? {} : { namespace }), ...(key === undefined ? {} : { key }) }
}
