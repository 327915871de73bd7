import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { findScenarioFiles } from '../../src/cli/scenario-files.ts'
import { scenarioJsonSchema } from '../../src/scenario/json-schema.ts'
import { brokenFiles } from './broken-files.ts'

/** The schema that `podsim schema` prints, as an editor uses it: compiling it for the validator takes longer than a hundred other tests. */

const told: string[] = []
const note = (...words: unknown[]) => void told.push(words.join(' '))
const ajv = new Ajv2020({
  strict: true,
  allowUnionTypes: true,
  logger: { log: note, warn: note, error: note },
  // The validator runs for a moment: making it better takes longer.
  inlineRefs: false,
  code: { optimize: false },
})
const accepts = ajv.compile(scenarioJsonSchema())

/** Mistakes that show in one place: a key, a type, a word that is none of those known (which has a suggestion). */
const ofShape = /^(UNKNOWN_\w+|AMBIGUOUS_\w+|MISSING_KEY|WRONG_TYPE|BAD_DURATION) |^BAD_VALUE \S+ "/

/** What a schema could tell only by a pattern that no editor's user could read: bounds of durations, amounts, keys with a $. */
const beyondShape: ReadonlySet<string> = new Set([
  'a duration too long',
  'a sync without end',
  'a pull that is too short',
  'bad memory',
  'a comparison that there is not',
])

function parsed(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return undefined // no YAML: the editor's YAML tells
  }
}

describe('the JSON Schema of scenario files', () => {
  test('is one that a strict validator has nothing to say about', () => {
    expect(told).toEqual([])
  })

  test('accepts every shipped scenario', () => {
    const refused = findScenarioFiles(['scenarios']).files.filter((file) => !accepts(parse(readFileSync(file, 'utf8'))))
    expect(refused).toEqual([])
  })

  test('refuses what the loader refuses, where that shows in one place', () => {
    const shown = brokenFiles().filter(({ told: [first = ''] }) => ofShape.test(first))
    expect(shown.length).toBeGreaterThan(80)
    const accepted = shown.filter(({ title, text }) => !beyondShape.has(title) && accepts(parsed(text)))
    expect(accepted.map(({ title, told: [first] }) => `${title}: ${first}`)).toEqual([])
  })
})
