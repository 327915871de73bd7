import type { KubeObject } from '../api/types/meta.ts'

/** `secret default/mysecret`: how the story calls an object. */
export function shortName({ kind, metadata }: KubeObject): string {
  return `${kind.toLowerCase()} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`
}

/** `word`, or `words` where there are not exactly one. */
export function plural(count: number, word: string): string {
  return count === 1 ? word : `${word}s`
}

/** Bytes that a base64 text stands for. */
export function decodedSize(base64: string): number {
  const compact = base64.replace(/[\r\n=]/g, '')
  return Math.floor((compact.length * 3) / 4)
}

/** Breaks at blanks so that lines stay readable; what has no blank stays whole. */
export function wrap(text: string, width: number): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const lines: string[] = []
      let current = ''
      for (const word of line.split(' ')) {
        if (current !== '' && current.length + 1 + word.length > width) {
          lines.push(current)
          current = word
        } else current = current === '' ? word : `${current} ${word}`
      }
      return [...lines, current].join('\n')
    })
    .join('\n')
}
