import { describe, expect, test } from 'vitest'
import type { Sim } from '../../../src/sim/sim.ts'
import { countOf, podIn, secondsOf, simMounting, simPod, simSecret, simTold, story } from './world.ts'

/** facts/kubelet.md, section 12, and 13 where it shows: the course of things in v1.18, by Watch. */

const env = [{ name: 'X', valueFrom: { secretKeyRef: { name: 's', key: 'a' } } }]
const shape = (sim: Sim) => story(sim).map((line) => line.replace(/ x\d+$/, '').split(' ')[0])

describe('12.1 an existing volume', () => {
  test('L3 mounted within 0.3 s, a sandbox within 0.8 s, Running within 3 s', () => {
    const sim = simTold({}, simSecret({ a: '1' }))
    const asked = sim.now()
    sim.apply(simMounting('p'))
    expect(sim.runUntil(() => podIn(sim)?.status?.phase === 'Running', { within: '4s' })).toBe(true)
    expect(sim.now() - asked).toBeLessThanOrEqual(3000)
    const at = (type: string) => (sim.journal.query({ type })[0]?.time ?? 0) - asked
    expect(at('volume.set-up')).toBeLessThanOrEqual(400)
    expect(at('sandbox.run')).toBeLessThanOrEqual(1200)
    expect(shape(sim)).toEqual(['Pulled', 'Created', 'Started'])
  })
})

describe('12.2 a missing volume', () => {
  test('L2 tries, time-out, and the first start after the Secret is there', () => {
    const sim = simTold({}, simMounting('p', { secretName: 's' }, { automountServiceAccountToken: false }))
    sim.runFor('124s')
    const missing = 'MountVolume.SetUp failed for volume "v" : secret "s" not found'
    expect(countOf(sim, missing)).toBe(8)
    expect(
      countOf(
        sim,
        'Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[v]: timed out waiting for the condition',
      ),
    ).toBe(1)
    const asked = sim.now()
    sim.apply(simSecret({ a: '1' }))
    expect(sim.runUntil(() => podIn(sim)?.status?.phase === 'Running', { within: '30s' })).toBe(true)
    // The next try comes 127.5 s after the first, the next sync 11 to 15 s after the time-out.
    expect(sim.now() - asked).toBeGreaterThan(3000)
    expect(sim.now() - asked).toBeLessThanOrEqual(20_000)
  })
})

describe('12.3 a missing variable', () => {
  test('E3 a sandbox and an image at once; then a try every 11 to 16 s', () => {
    const sim = simTold({ images: [] }, simPod('p', { env }))
    sim.runFor('70s')
    expect(shape(sim)).toEqual(['Pulling', 'Pulled', 'Failed', 'Pulled'])
    expect(sim.journal.query({ type: 'sandbox.run' })).toHaveLength(1)
    expect(sim.journal.query({ type: 'container.create' })).toEqual([])
    const tries = countOf(sim, 'Error: secret "s" not found')
    expect(tries).toBeGreaterThanOrEqual(5)
    expect(tries).toBeLessThanOrEqual(8)
  })
})

describe('12.4 a wrong pull secret', () => {
  test('P1 Pulling and two Failed at once; BackOff and another Failed within 2 s; then pulls after 10, 20, 40, ... s', () => {
    const images = [{ name: 'registry.example.com/app', private: { username: 'u', password: 'p' } }]
    const sim = simTold({ images }, simPod('p', { image: 'registry.example.com/app:1', command: undefined }))
    sim.runFor('4s')
    expect(shape(sim)).toEqual(['Pulling', 'Failed', 'Failed', 'BackOff', 'Failed'])
    sim.runFor('25m')
    const at = secondsOf(sim, 'image.pull')
    const gaps = at.slice(1).map((time, i) => time - (at[i] ?? 0))
    expect(gaps.slice(0, 8).every((gap, i) => gap >= Math.min(300, 10 * 2 ** i))).toBe(true)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(317)
  })
})
