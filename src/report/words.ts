import type { KubeObject } from '../api/types/meta.ts'

/** `secret default/mysecret`: how the story calls an object. */
export function shortName({ kind, metadata }: KubeObject): string {
  return `${kind.toLowerCase()} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`
}

export function plural(count: number, word: string): string {
  return count === 1 ? word : `${word}s`
}

/** Bytes that a base64 text stands for. */
export function decodedSize(base64: string): number {
  const compact = base64.replace(/[\r\n=]/g, '')
  return Math.floor((compact.length * 3) / 4)
}
