import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Diagnostic, diagnosticCodes, drawDiagnostic, lineAndColumn } from '../../src/scenario/diagnostic.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import { anyText } from '../any-text.ts'
import { tries } from '../tries.ts'
import { brokenFiles } from './broken-files.ts'

/** Scenario files with one mistake each: what is told of it, where, and what is suggested. */

function load(text: string) {
  return loadScenario(text, 'x.yaml', { readBeside: () => undefined })
}

const errorsKnown = new Map<string, readonly Diagnostic[]>()

/** Several tests look at the errors of one text: it is loaded once. */
function errorsOf(text: string): readonly Diagnostic[] {
  const known = errorsKnown.get(text)
  if (known !== undefined) return known
  const loaded = load(text)
  const errors = loaded.ok ? [] : loaded.errors
  errorsKnown.set(text, errors)
  return errors
}

const toldOf = (text: string) =>
  errorsOf(text).map(({ code, range, suggestion }) => {
    const { line, column } = lineAndColumn(text, range[0])
    return `${code} ${line}:${column}${suggestion === undefined ? '' : ` ${suggestion}`}`
  })

const files = brokenFiles()

describe('a scenario file with a mistake', () => {
  test('there are more than a hundred, and every code is among them', () => {
    expect(files.length).toBeGreaterThan(180)
    const codes = new Set(files.flatMap(({ told }) => told.map((line) => line.split(' ')[0])))
    const warnings = [
      'BAD_SECRET_VALUE',
      'NO_QUESTION',
      'UNKNOWN_SECRET',
      'UNKNOWN_SECRET_KEY',
      'UNREACHABLE',
      'UNUSED',
    ]
    const elsewhere = ['NOT_READABLE', 'PODSIM_BROKEN', 'NEWLINES_IN_VALUE', 'OCTAL_MODE', ...warnings]
    expect(
      Object.keys(diagnosticCodes)
        .filter((code) => !codes.has(code))
        .sort(),
    ).toEqual(elsewhere.sort())
  })

  test.each(files)('$title', ({ text, told }) => {
    expect(toldOf(text)).toEqual(told)
  })

  test.each(files)('$title: in words of ours', ({ text }) => {
    for (const { message, suggestion = '' } of errorsOf(text)) {
      // Neither a pattern nor what a parser calls things.
      expect(message).not.toMatch(/\/\^|\[a-z|\\d|regex|pattern|implicit|flow|scalar|zod|undefined|NaN|object Object/i)
      expect(message.length + suggestion.length).toBeLessThan(600)
    }
  })

  test('what is suggested mends it, where it is a value', () => {
    const mended = files.filter(({ told }) => told.length === 1 && /^(BAD|WRONG)\w+ \S+ "/.test(told[0] ?? ''))
    expect(mended.length).toBeGreaterThan(40)
    for (const { title, text } of mended) {
      const [error] = errorsOf(text)
      if (error?.suggestion === undefined || error.code === 'BAD_MANIFEST') continue
      const fixed = text.slice(0, error.range[0]) + error.suggestion + text.slice(error.range[1])
      expect(toldOf(fixed), `${title}: ${fixed}`).toEqual([])
    }
  })

  test('nothing at all is told as an empty file', () => {
    expect(toldOf('')).toEqual(['EMPTY_FILE 1:1'])
  })

  test('what is nested too deeply is told once, and ends nothing', () => {
    expect(toldOf(`title: x\nsteps: ${'['.repeat(20_000)}\n`)).toEqual([expect.stringMatching(/^YAML_SYNTAX 2:\d+$/)])
    expect(
      toldOf(`title: x\nsteps:\n${Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}- `).join('\n')}`)[0],
    ).toMatch(/^YAML_SYNTAX/)
  })

  test('a file with the line ends of Windows is shown without them', () => {
    const text = 'title: x\r\nsteps:\r\n  - wait: 30\r\n'
    const [error] = errorsOf(text)
    expect(error === undefined ? '' : drawDiagnostic(error, text)).toBe(
      [
        'x.yaml:3:11: error BAD_DURATION: steps[0].wait is the number 30; expected a duration such as 90s, or what to wait for',
        '  1 | title: x',
        '  2 | steps:',
        '> 3 |   - wait: 30',
        '    |           ^^',
        '  4 |',
        '  did you mean "30s"?',
      ].join('\n'),
    )
  })

  test('any value in any place is taken or told, and podsim does not stumble', () => {
    const good = parse(
      'cluster: {nodes: [{name: a}], kubelet: {syncFrequency: 1m}, images: [{name: b}], network: lan}\n' +
        'steps: [{kubectl: get pods, output: {contains: a}}, {wait: 5s, expect: {pod: a, phase: Running}}, {fault: {partition: a}}]',
    ) as { [key: string]: unknown }
    const places = ['title', 'covers', 'seed', 'cluster', 'files', 'steps']
    const value = fc.jsonValue({ maxDepth: 4 })
    fc.assert(
      fc.property(fc.constantFrom(...places), value, fc.nat(3), (place, given, at) => {
        const text = JSON.stringify({ title: 'x', ...good, [place]: at === 0 ? given : [given] })
        const loaded = load(text)
        expect(loaded.ok || loaded.errors.length > 0).toBe(true)
      }),
      { numRuns: tries(500), seed: 8 },
    )
  })

  test('any anchors and aliases are taken or told', () => {
    const name = fc.constantFrom('a', 'b')
    const { node } = fc.letrec<{ node: string }>((tie) => {
      const nodes = fc.array(tie('node'), { minLength: 1, maxLength: 3 })
      return {
        node: fc.oneof(
          { depthSize: 'small' },
          name.map((each) => `*${each} `),
          fc.tuple(name, nodes).map(([each, inner]) => `&${each} [${inner.join(', ')}]`),
          fc.tuple(name, nodes).map(([each, inner]) => `&${each} {say: ${inner.join(', wait: ')}}`),
        ),
      }
    })
    fc.assert(
      fc.property(node, (drawn) => {
        const loaded = load(`title: x\nsteps: ${drawn}`)
        expect(loaded.ok || loaded.errors.length > 0).toBe(true)
      }),
      { numRuns: tries(200), seed: 8 },
    )
  })

  test('any text is taken or told', () => {
    fc.assert(
      fc.property(anyText({ maxLength: 200 }), (text) => {
        const loaded = load(`title: x\nsteps:\n  - say: ${text}`)
        expect(loaded.ok || loaded.errors.length > 0).toBe(true)
      }),
      { numRuns: tries(500), seed: 8 },
    )
  })
})

describe('a mode in a manifest that is a map', () => {
  const warned = (mode: string) => {
    const text = `title: x\nsteps:\n  - apply: {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: b}], volumes: [{name: v, secret: {secretName: s, defaultMode: ${mode}}}]}}\n`
    const loaded = load(text)
    return loaded.ok
      ? loaded.warnings
          .filter(({ code }) => code === 'OCTAL_MODE')
          .map(({ code, message, suggestion }) => ({ code, message, suggestion }))
      : undefined
  }

  test('V5 is warned of when it is written in octal, or looks like it', () => {
    expect(warned('0400')).toEqual([
      {
        code: 'OCTAL_MODE',
        message: 'YAML 1.2 reads 0400 as the decimal 400, which is 0620 in octal; 0400 is 0o400 or 256',
        suggestion: '0o400',
      },
    ])
    expect(warned('440')).toHaveLength(1)
    expect(warned('256')).toEqual([])
    expect(warned('0o400')).toEqual([])
  })
})
