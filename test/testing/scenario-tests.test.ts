import { describe, expect, test } from 'vitest'
import { loadScenarios } from '../../src/scenario/load.ts'
import { scenarioFailure, scenarioTests } from '../../src/testing/scenario-tests.ts'

describe('scenarioTests', () => {
  // What it makes of files is run here.
  scenarioTests('scenarios/first-*.yaml')
  scenarioTests(['scenarios/first-light.yaml'], { seeds: [1, 'two'] })

  const failureOf = (text: string, seed?: string) =>
    scenarioFailure(
      {
        ...{ file: 'a.yaml', text, beside: { files: {}, folders: {} } },
        loaded: loadScenarios(text, 'a.yaml', { readBeside: () => undefined }),
      },
      seed,
    )

  test('S2 what fails is told with its place, what was found and the command that repeats it', () => {
    const text = [
      'title: Fails',
      'steps:',
      '  - kubectl: create secret generic db --from-literal=password=hunter2',
      '  - expect:',
      '      - { pod: db, phase: Running }',
      '  - expect:',
      '      - { pod: app, ready: true }',
    ]
    const failure = failureOf(text.join('\n'), '7')
    expect(failure).toMatch(/^failed: Fails\n {14}✗ pod db is Running {2}a\.yaml:5:9\n {18}found: /)
    expect(failure).toContain('a.yaml:7:9')
    expect(failure).toMatch(/repeat with: podsim run a\.yaml --seed 7$/)
    expect(failure).not.toContain('hunter2')
  })

  test('what does not load is told as podsim lint tells it', () => {
    expect(failureOf('title: x\nsteps:\n  - kubectll: get pods\n')).toMatch(
      /^a\.yaml:3:5: error [A-Z_]+: .*\n[\s\S]*\^+\n[\s\S]*did you mean/,
    )
    expect(failureOf('title: x\nsteps:\n  - kubectl: get pods\n')).toBeUndefined()
  })
})
