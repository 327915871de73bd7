import { quoted } from '../../sim/input/words.ts'
import { isMap } from '../expect/compare.ts'
import type { YamlPath } from '../positions.ts'

/** Something that is declared and that nothing asks for. */
export interface Unused {
  /** Of its name. */
  readonly path: YamlPath
  readonly message: string
}

/** Parameters, values of a matrix, templates and captures that nothing uses. Files that are included may use any. */
export function unusedNames(written: unknown): readonly Unused[] {
  if (!isMap(written)) return []
  const text = JSON.stringify(written)
  if (text.includes('"include":')) return []
  const asked = new Set([...text.matchAll(/\$\{\{\s*([\w-]+)\s*\}\}/g)].map(([, name = '']) => name))
  const used = new Set(usedTemplates(written))
  const declared = (key: 'params' | 'matrix') =>
    namesOf(written[key])
      .filter((name) => !asked.has(name))
      .map((name) => ({
        path: [key, name],
        message: `nothing asks for ${quoted(name)}: expected \${{ ${name} }} somewhere`,
      }))
  const templates = namesOf(written.templates)
    .filter((name) => !used.has(name))
    .map((name) => ({ path: ['templates', name], message: `no step uses the template ${quoted(name)}` }))
  return [...declared('params'), ...declared('matrix'), ...templates, ...captures(written, [], asked)]
}

function namesOf(map: unknown): readonly string[] {
  return isMap(map) ? Object.keys(map) : []
}

function usedTemplates(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(usedTemplates)
  if (!isMap(value)) return []
  const own = typeof value.use === 'string' ? [value.use] : []
  return [...own, ...Object.values(value).flatMap(usedTemplates)]
}

function captures(value: unknown, path: YamlPath, asked: ReadonlySet<string>): readonly Unused[] {
  if (Array.isArray(value)) return value.flatMap((member, i) => captures(member, [...path, i], asked))
  if (!isMap(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, key]
    if (key !== 'capture' || !isMap(inner)) return captures(inner, at, asked)
    return Object.keys(inner)
      .filter((name) => !asked.has(name))
      .map((name) => ({ path: [...at, name], message: `nothing asks for what is captured as ${quoted(name)}` }))
  })
}
