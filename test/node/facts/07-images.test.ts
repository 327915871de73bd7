import { describe, expect, test } from 'vitest'
import type { Sim } from '../../../src/sim/sim.ts'
import { countOf, messages, podIn, secondsOf, simPod, simSecret, simTold, simWith, story, waiting } from './world.ts'

/** facts/kubelet.md, section 7: images and pull secrets, seen from outside. Keyrings one by one: test/node/images. */

const host = 'registry.example.com'
const image = `${host}/team/app:1`
const login = { username: 'robot', password: 'right' }
const images = [{ name: `${host}/team/app`, private: login }]

const dockerConfig = (password = login.password, name = 's', server = host) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  type: 'kubernetes.io/dockerconfigjson',
  stringData: {
    '.dockerconfigjson': JSON.stringify({
      auths: { [server]: { username: login.username, password, auth: btoa(`${login.username}:${password}`) } },
    }),
  },
})

const pulling = (name = 'p', secrets: readonly string[] = ['s'], more: object = {}) =>
  simPod(
    name,
    { image, command: ['sleep', 'infinity'], ...more },
    { imagePullSecrets: secrets.map((each) => ({ name: each })) },
  )

const phase = (sim: Sim, name = 'p') => podIn(sim, name)?.status?.phase

describe('7.1 missing pull secrets', () => {
  test.each([
    { version: 'v1.18', told: [] },
    { version: 'v1.26', told: [] },
    {
      version: 'v1.36',
      told: ['Unable to retrieve some image pull secrets (s, t); attempting to pull the image may not succeed.'],
    },
  ] as const)(
    'P1 are told by an event since 1.28, at each sync of a running Pod, too ($version)',
    ({ version, told }) => {
      const sim = simWith({ version }, pulling('p', ['s', 't'], { image: 'busybox:1' }))
      sim.runFor('10m')
      expect(phase(sim)).toBe('Running')
      expect(messages(sim, 'FailedToRetrieveImagePullSecret')).toEqual(told)
      if (told[0] !== undefined) {
        // Three at the start, and one each 61 to 90 s.
        expect(countOf(sim, told[0])).toBeGreaterThanOrEqual(9)
        expect(countOf(sim, told[0])).toBeLessThanOrEqual(14)
      }
    },
  )
})

describe('7.2 credentials', () => {
  test.each([
    ['the right ones', dockerConfig(), 'Running'],
    ['wrong ones', dockerConfig('wrong'), 'Pending'],
    ['those of another registry', dockerConfig('right', 's', 'other.example.com'), 'Pending'],
    ['those of a path above', dockerConfig('right', 's', `${host}/team`), 'Running'],
    ['those of another path', dockerConfig('right', 's', `${host}/other`), 'Pending'],
    ['a Secret of another type', { ...simSecret({ '.dockerconfigjson': '{}' }) }, 'Pending'],
  ])('P1 with %s', (_title, secret, expected) => {
    const sim = simWith({ images }, secret, pulling())
    sim.runFor('20s')
    expect(phase(sim)).toBe(expected)
  })

  test('P1 several are tried until one is right', () => {
    const good = simWith({ images }, dockerConfig('wrong'), dockerConfig('right', 't'), pulling('p', ['s', 't']))
    good.runFor('20s')
    expect(phase(good)).toBe('Running')
    const bad = simWith({ images }, dockerConfig('wrong'), dockerConfig('worse', 't'), pulling('p', ['s', 't']))
    bad.runFor('20s')
    // Two errors of one text are told once.
    expect(messages(bad, 'Failed').find((text) => text?.startsWith('Failed to pull'))).toBe(
      `Failed to pull image "${image}": rpc error: code = Unknown desc = Error response from daemon: unauthorized: incorrect username or password`,
    )
  })

  test('P1 a corrected Secret is used at the end of the back-off, not before', () => {
    const sim = simWith({ images }, pulling())
    sim.runFor('100s')
    sim.apply(dockerConfig())
    sim.runFor('5s')
    expect(phase(sim)).toBe('Pending')
    sim.runFor('100s')
    expect(phase(sim)).toBe('Running')
  })
})

describe('7.3 and 7.4 outcomes', () => {
  test('P1 a failed pull gives ErrImagePull, then ImagePullBackOff, each with its two events', () => {
    const sim = simWith({ images }, pulling('p', []))
    sim.runFor('60s')
    const lines = story(sim).map((line) => line.replace(/ x\d+$/, ''))
    expect(lines[0]).toBe(`Pulling Pulling image "${image}"`)
    expect(lines[1]).toMatch(/^Failed Failed to pull image "registry\.example\.com\/team\/app:1": rpc error: /)
    expect(lines.slice(2)).toEqual([
      'Failed Error: ErrImagePull',
      `BackOff Back-off pulling image "${image}"`,
      'Failed Error: ImagePullBackOff',
    ])
    expect(['ErrImagePull', 'ImagePullBackOff']).toContain(waiting(podIn(sim))?.reason)
  })

  test('P1 pulls come at the first sync after 10, 20, 40, 80 and 160 s', () => {
    const sim = simTold({ images }, pulling('p', []))
    sim.runFor('8m')
    const at = secondsOf(sim, 'image.pull')
    const gaps = at.slice(1).map((time, i) => time - (at[i] ?? 0))
    for (const [i, pause] of [10, 20, 40, 80, 160].entries()) {
      expect(gaps[i]).toBeGreaterThanOrEqual(pause)
      expect(gaps[i]).toBeLessThanOrEqual(pause + 17)
    }
  })

  test.each([
    ['v1.18', /^Back-off pulling image "[^"]+"$/],
    ['v1.36', /^Back-off pulling image "[^"]+": ErrImagePull: /],
  ] as const)('P1 the message of ImagePullBackOff tells the error before it since 1.32 (%s)', (version, text) => {
    const sim = simWith({ version, images }, pulling('p', []))
    const isBackingOff = () => waiting(podIn(sim))?.reason === 'ImagePullBackOff'
    expect(sim.runUntil(isBackingOff, { within: '60s' })).toBe(true)
    expect(waiting(podIn(sim))?.message).toMatch(text)
  })

  test('P1 pull policies: Never, and the default of a tag', () => {
    const sim = simWith({ images }, pulling('never', [], { imagePullPolicy: 'Never' }))
    sim.runFor('5s')
    expect(story(sim, 'never').map((line) => line.replace(/ x\d+$/, ''))).toEqual([
      `ErrImageNeverPull Container image "${image}" is not present with pull policy of Never`,
      'Failed Error: ErrImageNeverPull',
    ])
    expect(waiting(podIn(sim, 'never'))?.reason).toBe('ErrImageNeverPull')
    sim.apply(simPod('a', { image: 'busybox' }))
    sim.apply(simPod('b', { image: 'busybox:1' }))
    const policies = ['a', 'b'].map((name) => podIn(sim, name)?.spec.containers[0]?.imagePullPolicy)
    expect(policies).toEqual(['Always', 'IfNotPresent'])
  })
})

describe('7.5 queue', () => {
  test('P1 a slow pull holds back the others of its node', () => {
    const sim = simWith(
      {
        images: [
          { name: 'slow', pull: '60s' },
          { name: 'fast', pull: '1s' },
        ],
      },
      simPod('p', { image: 'slow:1' }),
      simPod('q', { image: 'fast:1' }),
    )
    sim.runFor('40s')
    expect(phase(sim, 'q')).toBe('Pending')
    expect(messages(sim, 'Pulling', 'q')).toEqual(['Pulling image "fast:1"'])
    sim.runFor('30s')
    expect(phase(sim, 'q')).toBe('Running')
  })

  test('P1 the back-off is the Pod’s own: a new Pod pulls at once', () => {
    const sim = simWith({ images, seed: 'waits' }, pulling('p', []))
    sim.runFor('3m')
    sim.apply(dockerConfig())
    sim.apply(pulling('q'))
    sim.runFor('5s')
    expect([phase(sim), phase(sim, 'q')]).toEqual(['Pending', 'Running'])
  })
})

describe('7.6 KubeletEnsureSecretPulledImages', () => {
  const onNode = (sim: Sim) => {
    sim.runFor('10s')
    expect(phase(sim)).toBe('Running')
  }

  test.each([
    { version: 'v1.18', phases: ['Running', 'Running', 'Running'] },
    { version: 'v1.26', phases: ['Running', 'Running', 'Running'] },
    { version: 'v1.36', phases: ['Pending', 'Pending', 'Running'] },
  ] as const)('P1 an image that a Secret brought is for those who have it, since 1.35 ($version)', (row) => {
    const sim = simWith({ version: row.version, images }, dockerConfig(), dockerConfig('wrong', 'bad'), pulling())
    onNode(sim)
    sim.apply(pulling('nobody', []))
    sim.apply(pulling('wrong', ['bad']))
    sim.apply(pulling('friend', ['s']))
    sim.runFor('10s')
    expect(['nobody', 'wrong', 'friend'].map((name) => phase(sim, name))).toEqual(row.phases)
    if (row.version === 'v1.36')
      expect(messages(sim, 'Pulled', 'friend')).toEqual([
        `Container image "${image}" already present on machine and can be accessed by the pod`,
      ])
  })

  test('P1 the same password in another Secret will do; policy Never without it says that the image is absent', () => {
    const sim = simWith({ version: 'v1.36', images }, dockerConfig(), dockerConfig('right', 'twin'), pulling())
    onNode(sim)
    sim.apply(pulling('twin', ['twin']))
    sim.apply(pulling('never', [], { imagePullPolicy: 'Never' }))
    sim.runFor('10s')
    expect(phase(sim, 'twin')).toBe('Running')
    expect(waiting(podIn(sim, 'never'))?.reason).toBe('ErrImageNeverPull')
    expect(messages(sim, 'ErrImageNeverPull', 'never')).toEqual([
      `Container image "${image}" is not present with pull policy of Never`,
    ])
  })

  test('P1 images that were there before the kubelet are free, as are those pulled without credentials', () => {
    const sim = simWith(
      { version: 'v1.36', images: [{ ...images[0], name: `${host}/team/app`, present: true }] },
      pulling('p', []),
      simPod('q', { image: 'busybox:1' }),
    )
    sim.runFor('10s')
    sim.apply(simPod('r', { image: 'busybox:1' }))
    sim.runFor('10s')
    expect(['p', 'q', 'r'].map((name) => phase(sim, name))).toEqual(['Running', 'Running', 'Running'])
  })
})
