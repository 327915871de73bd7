import { describe, expect, test } from 'vitest'
import { createSim, type Sim, type SimOptions } from '../../src/index.ts'
import { createRedaction } from '../../src/looks/redaction.ts'

const pod = {
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app' } },
  spec: {
    containers: [{ name: 'app', image: 'nginx', volumeMounts: [{ name: 'db', mountPath: '/db' }] }],
    volumes: [{ name: 'db', secret: { secretName: 'db' } }],
  },
}

/** A Secret that is updated twenty times, ten minutes each, while a Pod has it. */
function rotated(journal: SimOptions['journal'], hear: (sim: Sim) => void = () => {}): Sim {
  const sim = createSim({ seed: 'ring', journal })
  hear(sim)
  const write = (i: number) =>
    sim.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db' },
      stringData: { password: `secret-word-${i}` },
    })
  write(0)
  sim.apply(pod)
  sim.kubectl('create secret generic gone --from-literal=a=b')
  sim.kubectl('delete secret gone')
  for (let i = 1; i <= 20; i++) {
    sim.runFor('10m')
    write(i)
  }
  sim.runFor('5m')
  return sim
}

describe('a journal of which only the newest records are kept', () => {
  const whole = rotated('full')
  const part = rotated({ keep: 60 })

  test('has the digest of the whole, and its newest records', () => {
    expect(part.journal.digest()).toBe(whole.journal.digest())
    expect(part.journal.records.length).toBeLessThanOrEqual(75)
    expect(part.journal.records).toEqual(whole.journal.records.slice(-part.journal.records.length))
    expect(part.journal.forgotten?.records).toBe(whole.journal.records.length - part.journal.records.length)
  })

  test('delays of the updates that are kept are what they are in the whole (U3)', () => {
    const told = (sim: Sim) =>
      sim.delays('db').map(({ updatedAt, visibleAt, parts }) => ({ updatedAt, visibleAt, parts }))
    const kept = told(part)
    expect(kept.length).toBeGreaterThan(2)
    expect(kept.length).toBeLessThan(20)
    expect(kept).toEqual(told(whole).slice(-kept.length))
  })

  test('why answers for what is kept, and says what is not', () => {
    expect(part.why('secret/db').chain).toEqual(whole.why('secret/db').chain)
    expect(whole.why('secret/gone').summary).toBe('secret default/gone was deleted by user/admin')
    expect(part.why('secret/gone').summary).toMatch(
      /^there is no secret default\/gone, and no record that is kept tells of one: those of the first [\d.]+s are gone$/,
    )
    expect(part.why('namespace/default').details.at(-1)).toMatch(
      /^what led there is not all kept: the records of the first /,
    )
  })

  test.each([
    ['traffic', () => part.traffic('db')],
    ['stateAt', () => part.stateAt('1m')],
    ['holdsSecret', () => part.holdsSecret('node-1', 'db')],
  ])('%s, which counts from the beginning, is refused', (call, ask) => {
    expect(ask).toThrow(
      new RegExp(`^${call}: it wants all records; those until .* are not kept any more \\(journal.keep\\)$`),
    )
  })

  test('values that came and went with forgotten records are still masked', () => {
    let masked = (text: string) => text
    rotated({ level: 'summary', keep: 20 }, (sim) => {
      const { seed, journal } = sim
      masked = createRedaction({ seed, reveal: false, journal, secrets: () => sim.list('Secret') }).text
    })
    expect(masked('it is secret-word-3')).toMatch(/^it is <13 bytes, \w+>$/)
  })
})
