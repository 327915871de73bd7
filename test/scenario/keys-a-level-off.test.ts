import { expect, test } from 'vitest'
import { loadScenario } from '../../src/scenario/load.ts'

/** What is said of a key that stands a level too high, below `title: x`. */
function told(text: string): readonly string[] {
  const loaded = loadScenario(`title: x\n${text}`, 'x.yaml', { readBeside: () => undefined })
  return loaded.ok ? [] : loaded.errors.map(({ message }) => message)
}

test.each([
  ['a time beside its expectation', 'steps: [{ expect: { pod: a, ready: true }, within: 1m }]', 'expect'],
  ['beside a command', 'steps: [{ kubectl: get pods, expect: [{ pod: a, ready: true }], never: 1m }]', 'expect'],
  ['beside what is waited for', 'steps: [{ wait: { pod: a, ready: true }, within: 1m }]', 'wait'],
  ['a claim without its expectation', 'steps: [{ run: date, phase: Running }]', 'expect'],
  ['what a command prints', 'steps: [{ kubectl: get pods, stdout: none }]', 'output'],
  ['a part of the cluster', 'nodes: 3\nsteps: [{ say: x }]', 'cluster'],
  ['a setting of the kubelet', 'cluster: { syncFrequency: 1m }\nsteps: [{ say: x }]', 'kubelet'],
])('of a key that stands a level too high it is told where it goes: %s', (_, text, into) => {
  expect(told(text)).toEqual([expect.stringMatching(new RegExp(`; it goes into ${into}$`))])
})

test('of a key that nothing below would take nothing more is told', () => {
  expect(told('colour: red\nsteps: [{ say: x }]')).toEqual([expect.stringMatching(/, catch, finally$/)])
})
