import { describe, expect, test } from 'vitest'
import type { Sim } from '../../../src/sim/sim.ts'
import { messages, podIn, simPod, simSecret, simTold } from './world.ts'

/** facts/kubelet.md, section 5: projected volumes and tokens. */

const projecting = (sources: readonly object[], more: object = {}, spec: object = {}) =>
  simPod(
    'p',
    { volumeMounts: [{ name: 'v', mountPath: '/etc/v' }] },
    { volumes: [{ name: 'v', projected: { sources, ...more } }], ...spec },
  )

const token = (expirationSeconds?: number) => ({
  serviceAccountToken: { path: 'token', ...(expirationSeconds === undefined ? {} : { expirationSeconds }) },
})

/** Instants at which a token was written. */
const issued = (sim: Sim) =>
  sim.journal
    .query({ type: 'volume.set-up' })
    .filter(({ detail }) => detail?.volume === 'v' && detail.changed === true)
    .map(({ time }) => time)
const content = (sim: Sim) => sim.file({ pod: 'p' }, '/etc/v/token')?.content

describe('5 sources', () => {
  test('V3 several Secrets and a part of another in one directory; each may be optional', () => {
    const sim = simTold(
      {},
      simSecret({ a: '1', b: '2' }),
      projecting([
        { secret: { name: 's', items: [{ key: 'a', path: 'deep/a', mode: 0o400 }] } },
        { secret: { name: 'absent', optional: true } },
        { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
      ]),
    )
    sim.runFor('10s')
    expect(sim.file({ pod: 'p' }, '/etc/v/deep/a')).toMatchObject({ content: '1', mode: 0o400 })
    expect(sim.file({ pod: 'p' }, '/etc/v/name')).toMatchObject({ content: 'p', mode: 0o644 })
  })

  test('L2 two absent Secrets are told in one text', () => {
    const sim = simTold({}, projecting([{ secret: { name: 'x' } }, { secret: { name: 'y' } }]))
    sim.runFor('5s')
    expect(messages(sim, 'FailedMount')).toContain(
      'MountVolume.SetUp failed for volume "v" : [secret "x" not found, secret "y" not found]',
    )
  })

  test('V3 two sources of one path are refused', () => {
    const same = { secret: { name: 's', items: [{ key: 'a', path: 'x' }] } }
    expect(() => simTold({}, projecting([same, same]))).toThrow('conflicting duplicate paths')
  })
})

describe('5 tokens', () => {
  test('O2 the mode is 0600 in v1.18, and that of the volume later unless the Pod has a group or user of its own', () => {
    const mode = (version: 'v1.18' | 'v1.26', spec: object = {}) => {
      const sim = simTold({ version }, projecting([token()], {}, spec))
      sim.runFor('10s')
      return sim.file({ pod: 'p' }, '/etc/v/..data/token')?.mode.toString(8)
    }
    expect([mode('v1.18'), mode('v1.26'), mode('v1.26', { securityContext: { runAsUser: 1000 } })]).toEqual([
      '600',
      '644',
      '600',
    ])
  })

  test('O2 less than ten minutes are refused', () => {
    expect(() => simTold({}, projecting([token(599)]))).toThrow('may not specify a duration less than 10 minutes')
  })

  test.each([
    // A token is renewed at the first sync after 80 % of its life, at most after a day.
    { life: 3600, fromS: 2880, toS: 2880 + 92 },
    { life: 600, fromS: 480, toS: 480 + 92 },
    { life: 7 * 86_400, fromS: 86_400, toS: 86_400 + 92 },
  ])(
    'U1 a token of $life s is renewed after $fromS s, at the next sync, and the file changes',
    ({ life, fromS, toS }) => {
      const sim = simTold({}, projecting([token(life)]))
      sim.runFor('20s')
      const before = content(sim)
      const first = issued(sim)[0] ?? 0
      expect(issued(sim)).toHaveLength(1)
      expect(sim.runUntil(() => content(sim) !== before, { within: (toS + 60) * 1000 })).toBe(true)
      const tookS = (sim.now() - first) / 1000
      expect(tookS).toBeGreaterThanOrEqual(fromS)
      expect(tookS).toBeLessThanOrEqual(toS)
      expect(issued(sim)).toHaveLength(2)
    },
  )

  test('U1 over four days a token of an hour is renewed each 48 to 50 minutes, one of a year once a day', () => {
    const times = (life: number) => {
      const sim = simTold({}, projecting([token(life)]))
      sim.runFor('96h')
      return issued(sim).length
    }
    const hourly = times(3600)
    expect(hourly).toBeGreaterThanOrEqual(Math.floor((96 * 60) / 49.6))
    expect(hourly).toBeLessThanOrEqual(Math.ceil((96 * 60) / 48) + 1)
    expect([4, 5]).toContain(times(365 * 86_400))
  })

  test('L2 while the API server is away the old token stays; after its end each sync fails with words', () => {
    const sim = simTold({}, projecting([token(600)]))
    sim.runFor('20s')
    const before = content(sim)
    const outage = sim.fault({ apiServer: 'unreachable' })
    sim.runFor('9m')
    expect(content(sim)).toBe(before)
    expect(sim.journal.query({ type: 'volume.set-up-failed' })).toEqual([])
    sim.runFor('4m')
    const failures = sim.journal.query({ type: 'volume.set-up-failed' })
    expect(JSON.stringify(failures[0]?.detail)).toMatch(/token .*expired and refresh failed: /)
    expect(content(sim)).toBe(before)
    outage.clear()
    sim.runFor('4m')
    expect(content(sim)).not.toBe(before)
  })
})

describe('5 the volume of the account', () => {
  test.each([
    ['v1.18', /^default-token-[a-z0-9]{5}$/, 'secret'],
    ['v1.26', /^kube-api-access-[a-z0-9]{5}$/, 'projected'],
    ['v1.36', /^kube-api-access-[a-z0-9]{5}$/, 'projected'],
  ] as const)('O3 in %s it is called %s and is a volume of kind %s', (version, name, kind) => {
    const sim = simTold({ version }, simPod('p'))
    sim.runFor('10s')
    const [volume] = podIn(sim)?.spec.volumes ?? []
    expect(volume?.name).toMatch(name)
    expect(Object.keys(volume ?? {})).toContain(kind)
    expect(sim.exec({ pod: 'p' }, ['ls', '/var/run/secrets/kubernetes.io/serviceaccount']).stdout).toBe(
      'ca.crt\nnamespace\ntoken\n',
    )
  })
})
