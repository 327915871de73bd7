import { type Document, isScalar } from 'yaml'
import type { Diagnostic } from './diagnostic.ts'
import { nodeAt, valueRange, type YamlPath } from './positions.ts'
import type { ScenarioSource } from './schema.ts'

/** Fields that hold permission bits. Source: k8s.io/api/core/v1 types.go, SecretVolumeSource, KeyToPath and their like. */
const modeFields: ReadonlySet<string> = new Set(['defaultMode', 'mode'])

/**
 * Warnings of modes in manifests that are written as maps: those are part of the scenario, which is YAML 1.2, where 0400 is
 * four hundred. What looks like octal is told, and so is a decimal number that is meant as one (V5).
 */
export function octalWarnings(source: ScenarioSource, document: Document, file: string): readonly Diagnostic[] {
  const warnings: Diagnostic[] = []
  const visit = (value: unknown, path: YamlPath): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, member] of Object.entries(value)) {
      const at = [...path, Array.isArray(value) ? Number(key) : key]
      if (typeof member === 'number' && modeFields.has(key)) warnings.push(...warningOf(member, at, document, file))
      else visit(member, at)
    }
  }
  for (const [i, step] of source.steps.entries()) {
    if ('apply' in step && typeof step.apply === 'object') visit(step.apply, ['steps', i, 'apply'])
  }
  const { nodes = [] } = source.cluster ?? {}
  for (const [i, node] of (typeof nodes === 'number' ? [] : nodes).entries())
    visit(node.staticPods, ['cluster', 'nodes', i, 'staticPods'])
  return warnings
}

function warningOf(value: number, path: YamlPath, document: Document, file: string): readonly Diagnostic[] {
  const node = nodeAt(document, path)
  const written = isScalar(node) ? (node.source ?? '') : ''
  const isOctal = /^0[0-7]+$/.test(written)
  // 400, 440, 644, 755: digits of an octal mode, and as a decimal number one that nobody wants.
  if (!isOctal && !/^[4-7][0-7]{2}$/.test(written)) return []
  const meant = Number.parseInt(written, 8)
  const shown = `0${value.toString(8)}`
  const message = `YAML 1.2 reads ${written} as the decimal ${value}, which is ${shown} in octal; 0${meant.toString(8)} is 0o${meant.toString(8)} or ${meant}`
  return [
    { code: 'OCTAL_MODE', message, file, range: valueRange(document, path), suggestion: `0o${meant.toString(8)}` },
  ]
}
