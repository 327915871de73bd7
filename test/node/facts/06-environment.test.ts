import { describe, expect, test } from 'vitest'
import { messages, podIn, simPod, simSecret, simWith, story, waiting } from './world.ts'

/** facts/kubelet.md, section 6: the environment, seen from outside. Its rules one by one: test/node/env. */

const fromKey = (key: string, more: object = {}) => ({
  env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 's', key, ...more } } }],
})

describe('6.1 when', () => {
  test('U4 a running container keeps its values, a restarted one has those of that moment', () => {
    const sim = simWith(
      {},
      simSecret({ k: 'one' }),
      simPod('p', { ...fromKey('k'), command: ['sh', '-c', 'sleep 100; exit 1'] }),
    )
    sim.runFor('10s')
    sim.apply(simSecret({ k: 'two' }))
    sim.runFor('80s')
    expect(sim.env({ pod: 'p' })?.get('X')).toBe('one')
    sim.runFor('20s')
    expect(podIn(sim)?.status?.containerStatuses?.[0]?.restartCount).toBe(1)
    expect(sim.env({ pod: 'p' })?.get('X')).toBe('two')
  })
})

describe('6.2 values', () => {
  test('E1 values of Secrets are not expanded; literals are, with what stands before them', () => {
    const env = [...fromKey('k').env, { name: 'Y', value: 'x=$(X) y=$(Y) z=$(Z) $$(X)' }, { name: 'Z', value: 'late' }]
    const sim = simWith({}, simSecret({ k: '$(HOME)' }), simPod('p', { env }))
    sim.runFor('10s')
    const seen = sim.env({ pod: 'p' })
    expect(seen?.get('X')).toBe('$(HOME)')
    expect(seen?.get('Y')).toBe('x=$(HOME) y=$(Y) z=$(Z) $(X)')
  })
})

describe('6.3 names', () => {
  test.each([
    { version: 'v1.18', has: false, told: 1 },
    { version: 'v1.26', has: false, told: 1 },
    { version: 'v1.36', has: true, told: 0 },
  ] as const)(
    'E2 a key that is no name is skipped and told up to 1.29, and becomes a variable since 1.30 ($version)',
    (row) => {
      const sim = simWith(
        { version: row.version },
        simSecret({ '1badkey': 'x', '2alsobad': 'y', good: 'z', 'with-dash.and-dot': 'w' }),
        simPod('p', { envFrom: [{ secretRef: { name: 's' } }] }),
      )
      sim.runFor('10s')
      const env = sim.env({ pod: 'p' })
      expect([env?.has('1badkey'), env?.get('good'), env?.get('with-dash.and-dot')]).toEqual([row.has, 'z', 'w'])
      expect(messages(sim, 'InvalidEnvironmentVariableNames')).toEqual(
        Array.from({ length: row.told }, () => {
          return 'Keys [1badkey, 2alsobad] from the EnvFrom secret default/s were skipped since they are considered invalid environment variable names.'
        }),
      )
    },
  )
})

describe('6.5 failure and retry', () => {
  test.each([
    [{}, [], 'secret "s" not found', 'Watch'],
    [{}, [], 'secrets "s" not found', 'Cache'],
    [{}, [simSecret({ a: '1' })], "couldn't find key k in Secret default/s", 'Watch'],
    [{}, [simSecret({ a: '1' })], "couldn't find key k in Secret default/s", 'Get'],
  ] as const)('E3, E4 %#: told in the status and by two events for each try', (_more, secrets, text, strategy) => {
    const kubelet = { configMapAndSecretChangeDetectionStrategy: strategy }
    const sim = simWith({ kubelet }, ...secrets, simPod('p', fromKey('k')))
    sim.runFor('30s')
    expect(waiting(podIn(sim))).toEqual({ reason: 'CreateContainerConfigError', message: text })
    const [pulled, failed] = story(sim)
    expect(pulled).toMatch(/^Pulled Container image "busybox:1" already present on machine x[34]$/)
    expect(failed).toMatch(new RegExp(`^Failed Error: ${text} x[34]$`))
  })

  test('E3 the second try comes within 2 s, those after it every 11 to 16 s, and the Pod starts by itself', () => {
    const sim = simWith({}, simPod('p', fromKey('k')))
    sim.runFor('1m')
    // Each try asks the image first.
    const failed = sim.events({ reason: 'Failed' })[0]
    expect(failed?.count).toBeGreaterThanOrEqual(5)
    expect(failed?.count).toBeLessThanOrEqual(7)
    sim.apply(simSecret({ k: '1' }))
    expect(sim.runUntil(() => podIn(sim)?.status?.phase === 'Running', { within: '18s' })).toBe(true)
  })

  test('E3 other containers start; the Pod stays Pending', () => {
    const other = { name: 'other', image: 'busybox:1', command: ['sleep', 'infinity'] }
    const pod = simPod('p', fromKey('k')) as { spec: { containers: object[] } }
    const sim = simWith({}, { ...pod, spec: { containers: [...pod.spec.containers, other] } })
    sim.runFor('20s')
    const status = podIn(sim)?.status
    expect(status?.phase).toBe('Pending')
    expect(status?.containerStatuses?.map(({ name, ready }) => [name, ready])).toEqual([
      ['app', false],
      ['other', true],
    ])
  })

  test('E3 an optional reference starts without the variable, whether Secret or key is missing', () => {
    for (const secrets of [[], [simSecret({ a: '1' })]]) {
      const sim = simWith({}, ...secrets, simPod('p', fromKey('k', { optional: true })))
      sim.runFor('10s')
      expect(podIn(sim)?.status?.phase).toBe('Running')
      expect(sim.env({ pod: 'p' })?.has('X')).toBe(false)
    }
  })
})
