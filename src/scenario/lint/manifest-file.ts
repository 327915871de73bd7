import type { Diagnostic } from '../diagnostic.ts'

/** A file of manifests, as a scenario that applies it: so it is looked at in the same way. */
export interface ManifestFile {
  /** Of the scenario. */
  readonly text: string
  /** What is said of the scenario, as said of the file: places are those in it. */
  told(diagnostic: Diagnostic): Diagnostic | undefined
}

/** A newer version knows more fields; what an older one did not serve yet is `podsim check --version`'s business. */
const head = 'title: manifests\ncluster: { version: v1.36 }\nsteps:\n  - apply: |\n'
const indent = '      '

/** Whether a text is of manifests and no scenario: it begins an object, and names no steps. */
export function isManifestFile(text: string): boolean {
  return /^apiVersion:/m.test(text) && /^kind:/m.test(text) && !/^(?:steps|title):/m.test(text)
}

/**
 * Other files may hold what this one names: what nobody creates is not told of; `podsim check` looks at all of them together.
 * `isPart`: a kustomization completes it, so that fields may be missing and patches may be marked.
 */
export function manifestFile(text: string, isPart: boolean): ManifestFile {
  const lines = text.replace(/\r\n/g, '\n').split('\n')
  const wrapped = head + lines.map((line) => (line === '' ? '' : indent + line)).join('\n')
  return {
    text: wrapped,
    told(diagnostic) {
      if (diagnostic.code === 'UNKNOWN_SECRET') return undefined
      if (isPart && /lacks the field|has no field "\$patch"/.test(diagnostic.message)) return undefined
      const [from, to] = diagnostic.range
      return { ...diagnostic, range: [placeIn(text, wrapped, from), placeIn(text, wrapped, to)] }
    },
  }
}

/** An offset in the scenario, as one in the text that it applies. */
function placeIn(text: string, wrapped: string, offset: number): number {
  const lines = wrapped.slice(head.length, Math.max(head.length, offset)).split('\n')
  const starts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)]
  const column = (lines.at(-1) ?? '').length - indent.length
  return (starts[lines.length - 1] ?? text.length) + Math.max(0, column)
}
