import { readManifestDocuments } from '../go/yaml/manifests.ts'
import type { Scenario, StepAction } from './model.ts'
import { creationsOf } from './population.ts'

/**
 * Secrets that a scenario's text shows before they are there (or although they never come to be, for the API server refuses
 * them): manifests that it applies, here-documents, literals on command lines.
 */
export function secretsOf({ steps, catch: caught, finally: last }: Scenario): readonly unknown[] {
  return [...steps, ...caught, ...last].flatMap(({ action }) => (action === undefined ? [] : secretsIn(action)))
}

function secretsIn(action: StepAction): readonly unknown[] {
  switch (action.kind) {
    case 'apply':
      return secretsOfText(action.manifest)
    case 'kubectl':
      return literalsOf(action.line)
    case 'run':
      return [...literalsOf(action.script), ...hereDocuments(action.script).flatMap(secretsOfText)]
    case 'populate':
      return [...creationsOf(action.population)].flatMap(({ body }) => secretsOfObject(body))
    default:
      return []
  }
}

function secretsOfText(text: string): readonly unknown[] {
  return readManifestDocuments(text).values.flatMap(secretsOfObject)
}

function secretsOfObject(object: unknown): readonly unknown[] {
  if (typeof object !== 'object' || object === null || !('kind' in object)) return []
  if (object.kind === 'Secret') return [object]
  return object.kind === 'List' && 'items' in object && Array.isArray(object.items)
    ? object.items.flatMap(secretsOfObject)
    : []
}

/** `--from-literal=key=value`, `--docker-password value`: as the shell would take them apart, without expanding anything. */
function literalsOf(script: string): readonly unknown[] {
  const given = /--(from-literal|docker-password)[=\s]+((?:'[^']*'|"[^"]*"|\\[\s\S]|[^\s'"\\])+)/g
  return [...script.matchAll(given)].map(([, option, word = '']) => {
    const text = word.replace(
      /'([^']*)'|"([^"]*)"|\\([\s\S])/g,
      (_all, single, double, escaped) => single ?? double ?? escaped,
    )
    const value = option === 'from-literal' ? text.slice(text.indexOf('=') + 1) : text
    return { kind: 'Secret', stringData: { literal: value } }
  })
}

function hereDocuments(script: string): readonly string[] {
  const lines = script.split('\n')
  const lastAt = new Map(lines.map((line, i) => [line.trim(), i]))
  const bodies: string[] = []
  for (let i = 0; i < lines.length; i++) {
    const end = /<<-?\s*(['"]?)(\w+)\1/.exec(lines[i] ?? '')?.[2]
    if (end === undefined || (lastAt.get(end) ?? -1) <= i) continue
    const from = i + 1
    do i++
    while (lines[i]?.trim() !== end)
    bodies.push(lines.slice(from, i).join('\n'))
  }
  return bodies
}
