import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** Bytes of manifests as kubectl 1.20.2, 1.32.3 and 1.35.2 take them (`podsim serve`). */

const kubectls = [
  ['1.20.2', 'v1.18'],
  ['1.32.3', 'v1.26'],
  ['1.35.2', 'v1.36'],
] as const

const map = (data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\ndata:\n${data}`

describe.each(kubectls)('C2 kubectl %s', (kubectl, version) => {
  const stored = (stdin: string): unknown => {
    const sim = createSim({ journal: 'off', version, kubectl, nodes: 0 })
    sim.kubectl(['create', '-f', '-'], { stdin })
    return JSON.parse(sim.kubectl(['get', 'cm', 'm', '-o', 'jsonpath={.data}']).stdout)
  }

  test.each([
    ['a block that a file without a last newline ends in', map('  k: |\n    one\n    two'), { k: 'one\ntwo\n' }],
    ['one that keeps what follows it', map('  k: |+\n    y'), { k: 'y\n' }],
    ['one that keeps nothing', map('  k: |-\n    x'), { k: 'x' }],
    ['a folded one', map('  k: >\n    fold\n    ed'), { k: 'fold ed\n' }],
    ['lines of another system', map('  k: |\n    one\r\n    two\r'), { k: 'one\ntwo\n' }],
    ['a block before a mark', map('  k: |\n    one\n---\n'), { k: 'one\n' }],
    ['a block that holds a mark', map('  k: |\n    a\n    ---\n    b\n'), { k: 'a\n---\nb\n' }],
  ])('%s', (_what, text, data) => {
    expect(stored(text)).toEqual(data)
  })

  test('what is changed without a server has neither namespace nor mark', () => {
    const sim = createSim({ journal: 'off', version, kubectl, nodes: 0 })
    const changed = (line: string) => sim.kubectl(line.split(' '), { stdin: map('  k: |\n    one\n    two') }).stdout
    const labelled = (field: string) =>
      `apiVersion: v1\ndata:\n  k: |\n    one\n    two\nkind: ConfigMap\nmetadata:\n  ${field}:\n    x: "y"\n  name: m\n`
    expect(changed('label --local -f - x=y -o yaml')).toBe(labelled('labels'))
    expect(changed('annotate --local -f - x=y -o yaml')).toBe(labelled('annotations'))
  })

  test.each(['- a\n', '[]\n', 'just a text\n', '"quoted"\n', '5\n', 'true\n'])('%j is no object', (stdin) => {
    const { stderr } = createSim({ journal: 'off', version, kubectl, nodes: 0 }).kubectl(['create', '-f', '-'], {
      stdin,
    })
    expect(stderr).toBe(
      'error: error validating "STDIN": error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false\n',
    )
  })

  test.each(['null\n', '# nothing\n', '', '---\n---\n'])('%j is nothing', (stdin) => {
    const { stderr } = createSim({ journal: 'off', version, kubectl, nodes: 0 }).kubectl(['create', '-f', '-'], {
      stdin,
    })
    expect(stderr).toBe('error: no objects passed to create\n')
  })
})
