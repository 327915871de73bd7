import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'
import type { SimOptions } from '../../src/sim/options.ts'
import type { Sim } from '../../src/sim/sim.ts'
import { messages, podIn, simPod, waiting } from '../node/facts/world.ts'

/** What `images` and `unknownImages` say of images: which there are, and what lies in them. */

/** A cluster in which a Pod of the image was tried for ten seconds. */
function tried(image: string, options: SimOptions, container: object = {}): Sim {
  const sim = createSim({ journal: 'off', version: 'v1.36', ...options })
  sim.apply(simPod('p', { image, command: undefined, ...container }))
  sim.runFor('10s')
  return sim
}

const refuse = { unknownImages: 'refuse', images: [{ name: 'tide:2' }, { name: 'reg.example/team/app' }] } as const
const pulling = (full: string) => `failed to pull and unpack image "${full}": failed to resolve reference "${full}": `

describe('L3 images that are not there', () => {
  test.each([
    ['tide:2', undefined],
    ['reg.example/team/app:7', undefined],
    ['busybox:9', undefined],
    [
      'tide:3',
      `rpc error: code = NotFound desc = ${pulling('docker.io/library/tide:3')}docker.io/library/tide:3: not found`,
    ],
    [
      'tyde:2',
      `${pulling('docker.io/library/tyde:2')}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    ],
    [
      'reg.example/team/ap:7',
      `rpc error: code = NotFound desc = ${pulling('reg.example/team/ap:7')}reg.example/team/ap:7: not found`,
    ],
    [
      'rig.example/team/app:7',
      `${pulling('rig.example/team/app:7')}failed to do request: Head "https://rig.example/v2/team/app/manifests/7": dial tcp: lookup rig.example on 10.0.0.2:53: no such host`,
    ],
  ])('refuse: %s', (image, error) => {
    const sim = tried(image, refuse, { command: ['sleep', 'infinity'] })
    expect(messages(sim, 'Failed')[0]).toBe(error && `Failed to pull image "${image}": ${error}`)
    expect(podIn(sim)?.status?.phase).toBe(error === undefined ? 'Running' : 'Pending')
    expect(sim.assumptions()).toEqual([])
  })

  test.each([
    [
      'v1.18',
      'Error response from daemon: manifest for tide:3 not found: manifest unknown: manifest unknown',
      'tide:3',
    ],
    [
      'v1.18',
      'Error response from daemon: Get https://rig.example/v2/: dial tcp: lookup rig.example on 10.0.0.2:53: no such host',
      'rig.example/a:1',
    ],
    ['v1.26', `${pulling('docker.io/library/tide:3')}docker.io/library/tide:3: not found`, 'tide:3'],
  ] as const)('refuse, %s: %s', (version, error, image) => {
    const code = version === 'v1.26' ? 'NotFound' : 'Unknown'
    expect(messages(tried(image, { ...refuse, version }), 'Failed')[0]).toBe(
      `Failed to pull image "${image}": rpc error: code = ${code} desc = ${error}`,
    )
  })

  test.each([
    ['tide:3', 'tide:3', true],
    ['tide', 'tide:3', true],
    ['tide:3', 'tide:2', false],
    ['rig.example', 'rig.example/a:1', true],
    ['rig.example', 'reg.example/a:1', false],
  ])('without %s, %s cannot be pulled: %s', (name, image, fails) => {
    const sim = tried(image, { images: [{ name, absent: true }] })
    expect(messages(sim, 'Failed').length > 0).toBe(fails)
  })
})

describe('L3 what lies in an image', () => {
  test('a tag has a row of its own, others that of all tags', () => {
    const images = [
      { name: 'tide', program: 'serve' },
      { name: 'tide:2', program: 'crash' },
    ] as const
    const restarts = (image: string) => podIn(tried(image, { images }))?.status?.containerStatuses?.[0]?.restartCount
    expect([restarts('tide:1'), restarts('tide:2')]).toEqual([0, 1])
  })

  test('an image that the node has costs a request for its manifest, not the download again', () => {
    const sim = tried('tide:1', { images: [{ name: 'tide', size: '100M' }] })
    sim.kubectl('run q --image=tide:1 --image-pull-policy=Always')
    sim.runFor('1m')
    const took = (pod: string) => messages(sim, 'Pulled', pod).map((each) => / in (\S+)/.exec(each ?? '')?.[1])
    expect([took('p'), took('q')]).toEqual([['2.3s'], ['300ms']])
  })

  test('a tag of an image that podsim knows is that image', () => {
    const sim = tried('nginx:1.19', { images: [{ name: 'nginx:1.19', present: true }] })
    expect(messages(sim, 'Pulled')[0]).toContain('already present')
    expect(sim.exec({ pod: 'p' }, ['cat', '/etc/passwd']).exitCode).toBe(0)
  })

  test('user, entrypoint, cmd and files', () => {
    const described = {
      ...{ name: 'tide', user: 1000, entrypoint: ['sh', '-c'], cmd: ['id -u; cat /app/motd; sleep infinity'] },
      files: { '/app/motd': 'ebb\n' },
    }
    const sim = tried('tide:1', { images: [described] })
    expect(sim.logs({ pod: 'p' })).toBe('1000\nebb\n')
    const root = tried('tide:1', { images: [{ ...described, user: 0 }] })
    expect(root.logs({ pod: 'p' })).toBe('0\nebb\n')
  })

  test.each([
    ['v1.18', 'app', 'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root'],
    [
      'v1.31',
      'root',
      'container has runAsNonRoot and image has non-numeric user (root), cannot verify user is non-root (pod: "p_default(',
    ],
    ['v1.31', '1000', undefined],
    ['v1.31', '1000:2000', undefined],
    ['v1.31', '0:0', 'container has runAsNonRoot and image will run as root (pod: "p_default('],
  ] as const)('%s: runAsNonRoot with USER %s: %s', (version, user, message) => {
    const sim = tried(
      'tide:1',
      { version, images: [{ name: 'tide', user }] },
      { securityContext: { runAsNonRoot: true } },
    )
    const said = waiting(podIn(sim))
    expect([said?.reason, said?.message?.slice(0, message?.length)]).toEqual([
      message && 'CreateContainerConfigError',
      message,
    ])
    // A number of the Pod's decides.
    const own = tried(
      'tide:1',
      { version, images: [{ name: 'tide', user }] },
      { securityContext: { runAsNonRoot: true, runAsUser: 7 } },
    )
    expect(podIn(own)?.status?.phase).toBe('Running')
  })

  test.each([
    [{ user: 'app' }, '1000\n'],
    [{ user: 'nobody' }, '65534\n'],
    [{ user: 'app', files: { '/etc/passwd': 'root:x:0:0::/:/bin/sh\napp:x:42:42::/:/bin/sh\n' } }, '42\n'],
  ])('a user by its name is whom /etc/passwd says: %j', (image, uid) => {
    const sim = tried('tide:1', { images: [{ name: 'tide', program: 'shell', ...image }] }, { command: ['id', '-u'] })
    expect(sim.logs({ pod: 'p' })).toBe(uid)
  })

  test.each([
    { user: 1000, reason: undefined },
    { user: 0, reason: 'CreateContainerConfigError' },
    { user: undefined, reason: undefined },
  ])('runAsNonRoot with user $user: $reason', ({ user, reason }) => {
    const images = [user === undefined ? { name: 'tide' } : { name: 'tide', user }]
    const sim = tried('tide:1', { images }, { securityContext: { runAsNonRoot: true } })
    expect(waiting(podIn(sim))?.reason).toBe(reason)
  })
})
