import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import { decide } from '../../src/scenario/expect/expect.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import { runScenario } from '../../src/scenario/run.ts'
import { drained, endless } from '../../src/scenario/slices.ts'

/** When something must hold, to the millisecond. The image takes 2.26 s to pull, and the Pod is ready at 3.321s. */

function loadedWith(rows: readonly string[]) {
  const text = `title: times\nseed: times\nsteps:\n  - kubectl: run web --image=nginx\n    commandTime: 0s\n    expect:\n${rows.map((row) => `      - ${row}\n`).join('')}`
  const loaded = loadScenario(text, 'x.yaml', { readBeside: () => undefined })
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'))
  return loaded.value
}

function resultsOf(rows: readonly string[]) {
  return runScenario(loadedWith(rows), { createSim }).steps[0]?.expectations ?? []
}

const [first] = resultsOf(['{ pod: web, ready: true, within: 1m }'])
const readyAt = first?.at ?? 0
const ms = (time: number) => `${time}ms`

describe('a time word', () => {
  test.each([
    [`{ pod: web, ready: true, exactly: ${ms(readyAt)} }`, true, readyAt],
    [`{ pod: web, ready: true, exactly: ${ms(readyAt - 1)} }`, false, readyAt - 1],
    [`{ pod: web, ready: true, exactly: ${ms(readyAt + 1)} }`, false, readyAt],
    [`{ pod: web, ready: true, at: ${ms(readyAt)} }`, true, readyAt],
    [`{ pod: web, ready: true, at: ${ms(readyAt - 1)} }`, false, readyAt - 1],
    [`{ pod: web, ready: true, by: ${ms(readyAt)} }`, true, readyAt],
    [`{ pod: web, ready: true, by: ${ms(readyAt - 1)} }`, false, readyAt - 1],
    [`{ pod: web, ready: true, by: 1h }`, true, readyAt],
    [`{ pod: web, ready: true, within: ${ms(readyAt - 1)} }`, false, readyAt - 1],
    [`{ pod: web, ready: false, always: ${ms(readyAt - 1)} }`, true, readyAt - 1],
    [`{ pod: web, ready: false, always: ${ms(readyAt)} }`, false, readyAt],
    [`{ pod: web, ready: true, never: ${ms(readyAt - 1)} }`, true, readyAt - 1],
    [`{ pod: web, ready: true, never: ${ms(readyAt + 5)} }`, false, readyAt],
    [`{ pod: web, ready: true, sometimes: true }`, true, 0],
  ])('%s', (row, passed, at) => {
    expect(resultsOf([row])).toMatchObject([{ passed, at }])
  })

  test('says that what was to begin to hold held before, and that a time has gone by', () => {
    const [, exactly] = resultsOf(['{ pod: web, ready: true, within: 1m }', '{ pod: web, ready: true, exactly: 40s }'])
    expect(exactly?.found).toMatch(/^it held at \S+s already: Running, ready/)
    const [, missed] = resultsOf(['{ pod: web, ready: true, within: 1m }', '{ pod: web, by: 1s }'])
    expect(missed?.found).toMatch(/^1s had gone by: it was \S+ when it was its turn$/)
  })

  test('sometimes says of one run whether it held in that', () => {
    expect(
      resultsOf(['{ pod: web, ready: true, sometimes: true }', '{ pod: web, phase: Pending, sometimes: true }']),
    ).toMatchObject([
      { passed: true, sometimes: false },
      { passed: true, sometimes: true, expected: 'sometimes pod web is Pending' },
    ])
  })

  test('looks at Pods when something was written, at the rest after every event, and finds it at the same instant', () => {
    const [expectation] = loadedWith(['{ pod: web, ready: true, within: 1m }']).steps[0]?.expectations ?? []
    if (expectation === undefined) throw new Error('the step has an expectation')
    const decided = (readsObjectsAlone: boolean) => {
      const sim = createSim({ seed: 'times' })
      sim.kubectl('run web --image=nginx')
      let looks = 0
      const look: typeof expectation.look = (given) => {
        looks++
        return expectation.look(given)
      }
      const { at } = drained(decide(sim, { ...expectation, readsObjectsAlone, look }, endless))
      return { at, looks }
    }
    const [sparing, eager] = [decided(true), decided(false)]
    expect(sparing.at).toBe(eager.at)
    expect(sparing.looks).toBeLessThan(eager.looks / 3)
  })
})
