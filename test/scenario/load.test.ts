import { describe, expect, test } from 'vitest'
import { drawDiagnostic, lineAndColumn } from '../../src/scenario/diagnostic.ts'
import { loadScenario } from '../../src/scenario/load.ts'

const nothingBeside = { readBeside: () => undefined }

function errorsOf(text: string) {
  const loaded = loadScenario(text, 'x.yaml', nothingBeside)
  if (loaded.ok) return []
  return loaded.errors.map(({ code, range, suggestion }) => {
    const { line, column } = lineAndColumn(text, range[0])
    return { code, at: `${line}:${column}`, ...(suggestion === undefined ? {} : { suggestion }) }
  })
}

describe('a scenario file with a mistake', () => {
  test.each([
    ['nothing', '', [{ code: 'EMPTY_FILE', at: '1:1' }]],
    ['only comments', '# later\n', [{ code: 'EMPTY_FILE', at: '1:1' }]],
    ['a tab for a space', 'title: x\nsteps:\n\t- say: hi\n', [{ code: 'YAML_SYNTAX', at: '3:1' }]],
    ['a quote that is not closed', 'title: "x\nsteps: []\n', [{ code: 'YAML_SYNTAX', at: '3:1' }]],
    ['a key twice', 'title: x\ntitle: y\nsteps: []\n', [{ code: 'YAML_SYNTAX', at: '2:1' }]],
    [
      'a misspelt key',
      'title: x\ncluster: {versoin: v1.18}\nsteps: [{say: a}]',
      [{ code: 'UNKNOWN_KEY', at: '2:11', suggestion: '"version"' }],
    ],
    [
      'a misspelt required key',
      'titel: x\nsteps: [{say: a}]',
      [{ code: 'UNKNOWN_KEY', at: '1:1', suggestion: '"title"' }],
    ],
    ['a missing key', 'title: x\n', [{ code: 'MISSING_KEY', at: '1:1' }]],
    [
      'an unknown step',
      'title: x\nsteps:\n  - kubctl: get pods\n',
      [{ code: 'UNKNOWN_STEP', at: '3:5', suggestion: '"kubectl"' }],
    ],
    ['a step without an action', 'title: x\nsteps:\n  - at: 5s\n', [{ code: 'UNKNOWN_STEP', at: '3:5' }]],
    [
      'two actions in a step',
      'title: x\nsteps:\n  - kubectl: get pods\n    run: echo\n',
      [{ code: 'AMBIGUOUS_STEP', at: '4:5' }],
    ],
    [
      'a bad duration',
      'title: x\nsteps:\n  - wait: 5 mins\n',
      [{ code: 'BAD_DURATION', at: '3:11', suggestion: '"5m"' }],
    ],
    [
      'a number for a duration',
      'title: x\nsteps:\n  - wait: 5\n',
      [{ code: 'BAD_DURATION', at: '3:11', suggestion: '"5s"' }],
    ],
    [
      'a value that is none of a list',
      'title: x\nsteps:\n  - wait: {pod: a, phase: Runing}\n',
      [{ code: 'BAD_VALUE', at: '3:27', suggestion: '"Running"' }],
    ],
    [
      'an expectation of nothing',
      'title: x\nsteps:\n  - expect: {phase: Running}\n',
      [{ code: 'UNKNOWN_EXPECTATION', at: '3:13' }],
    ],
    [
      'an expectation of two things',
      'title: x\nsteps:\n  - expect: {pod: a, event: b}\n',
      [{ code: 'AMBIGUOUS_EXPECTATION', at: '3:22' }],
    ],
    [
      'a file that is not there',
      'title: x\nfiles: {a.pem: {from: a.pem}}\nsteps: [{say: a}]',
      [{ code: 'MISSING_FILE', at: '2:23' }],
    ],
    ['a file outside', 'title: x\nfiles: {../a: b}\nsteps: [{say: a}]', [{ code: 'BAD_VALUE', at: '2:9' }]],
    [
      'a fault without an accident',
      'title: x\nsteps:\n  - fault: {for: 3s}\n',
      [{ code: 'UNKNOWN_FAULT', at: '3:12' }],
    ],
  ])('%s is told with its place', (_name, text, expected) => {
    expect(errorsOf(text)).toEqual(expected)
  })

  test('all mistakes are told at once, in the order of the file', () => {
    const text = 'title: x\nsteps:\n  - wait: 5 parsecs\n  - kubctl: get\n  - wait: 3\n'
    expect(errorsOf(text).map(({ at }) => at)).toEqual(['3:11', '4:5', '5:11'])
  })

  test('the code frame shows file, line, column, the line and a caret, and no control characters', () => {
    const text = 'title: x\nsteps:\n  - wait: "5\u202e mins"\n'
    const loaded = loadScenario(text, 'x.yaml', nothingBeside)
    const drawn = loaded.ok ? '' : drawDiagnostic(loaded.errors[0], text)
    expect(drawn).toContain('x.yaml:3:11: error BAD_DURATION')
    expect(drawn).toContain('> 3 |   - wait: "5\\u202e mins"')
    expect(drawn).toMatch(/\n {4}\| {11}\^+/)
    expect(drawn).not.toContain('\u202e')
  })
})

describe('a scenario file', () => {
  test('becomes steps with times, places, actions and expectations', () => {
    const loaded = loadScenario(
      'title: x\nsteps:\n  - at: 1m30s\n    kubectl: get pods\n    output: {contains: a}\n  - wait: {pod: a, ready: true, within: 2m}\n',
      'dir/first.yaml',
      nothingBeside,
    )
    expect(loaded.ok && loaded.value).toMatchObject({
      seed: 'first',
      steps: [
        {
          place: { line: 3, column: 5 },
          time: { kind: 'at', ms: 90_000 },
          action: { kind: 'kubectl', line: 'get pods' },
        },
        {
          time: { kind: 'after', ms: 0 },
          action: { kind: 'waitFor', expectation: { subject: 'pod', timing: { kind: 'within', ms: 120_000 } } },
        },
      ],
    })
  })
})
