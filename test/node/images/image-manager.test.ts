import { describe, expect, test } from 'vitest'
import type { Container, Pod, Secret } from '../../../src/api/types/core.ts'
import { encodeBase64, utf8Bytes } from '../../../src/bytes/bytes.ts'
import { createNodeFs } from '../../../src/fs/memory-fs.ts'
import { createCalendar } from '../../../src/kernel/calendar.ts'
import { createJournal } from '../../../src/kernel/journal.ts'
import { createKernel } from '../../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../../src/kernel/random.ts'
import { createImageManager, type ImageManagerOptions } from '../../../src/node/images/image-manager.ts'
import { PullRecords } from '../../../src/node/images/pull-records.ts'
import { createRecordingRegistry, recordingTimings } from '../../../src/node/runtime/recording-profile.ts'
import { createRuntime } from '../../../src/node/runtime/simulated-runtime.ts'

function createWorld(options: Partial<ImageManagerOptions> = {}) {
  const kernel = createKernel()
  const journal = createJournal(kernel, 'full')
  const runtime = createRuntime({
    kernel,
    calendar: createCalendar(0),
    journal,
    random: createRandomStreams('images'),
    fs: createNodeFs({ kernel, memoryBytes: 1 << 30 }),
    registry: createRecordingRegistry(),
    timings: recordingTimings,
    nodeName: 'node-1',
  })
  const log: string[] = []
  const manager = createImageManager({
    kernel,
    runtime,
    minor: 18,
    event: (pod, _container, type, reason, message) =>
      log.push(`${kernel.now()} ${pod.metadata.name} ${type} ${reason} ${message}`),
    parallelPulls: 1,
    registryPullQPS: 5,
    registryBurst: 10,
    ...options,
  })
  const ensure = (
    name: string,
    image: string,
    rest: { secrets?: Secret[]; policy?: Container['imagePullPolicy'] } = {},
  ) => {
    const container: Container = { name: 'app', image, imagePullPolicy: rest.policy ?? 'IfNotPresent' }
    const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, uid: name }, spec: { containers: [container] } }
    manager.ensureImageExists(pod, container, rest.secrets ?? []).subscribe((result) => {
      log.push(`${kernel.now()} ${name} = ${result.ok ? 'ok' : `${result.reason}: ${result.message}`}`)
    })
  }
  const at = (ms: number, work: () => void) => {
    kernel.runUntil(ms)
    work()
  }
  return { kernel, journal, log, ensure, at }
}

const pullSecret = (password: string, location = 'reg.example', uid = password): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'pull', namespace: 'default', uid },
  type: 'kubernetes.io/dockerconfigjson',
  data: {
    '.dockerconfigjson': encodeBase64(
      utf8Bytes(JSON.stringify({ auths: { [location]: { username: 'puller', password } } })),
    ),
  },
})

const denied = (image: string) =>
  `rpc error: code = Unknown desc = pull access denied for ${image}, repository does not exist or may require authorization: no basic auth credentials`

describe('7.3 policies', () => {
  test('present images are used, absent ones pulled, Never never does, invalid names are refused', () => {
    const { kernel, log, ensure } = createWorld()
    ensure('present', 'local/app:1')
    ensure('never', 'reg.example/d/n:1', { policy: 'Never' })
    ensure('invalid', 'Reg.Example/UPPER d:1')
    ensure('latest', 'reg.example/d/app', { policy: 'Always' })
    kernel.runUntil(1000)
    expect(log).toEqual([
      '0 present Normal Pulled Container image "local/app:1" already present on machine',
      '0 present = ok',
      '0 never Warning ErrImageNeverPull Container image "reg.example/d/n:1" is not present with pull policy of Never',
      '0 never = ErrImageNeverPull: Container image "reg.example/d/n:1" is not present with pull policy of Never',
      '0 invalid Warning InspectFailed Failed to apply default image tag "Reg.Example/UPPER d:1": couldn\'t parse image reference "Reg.Example/UPPER d:1": invalid reference format: repository name must be lowercase',
      '0 invalid = InvalidImageName: Failed to apply default image tag "Reg.Example/UPPER d:1": couldn\'t parse image reference "Reg.Example/UPPER d:1": invalid reference format: repository name must be lowercase',
      '0 latest Normal Pulling Pulling image "reg.example/d/app"',
      '200 latest Normal Pulled Successfully pulled image "reg.example/d/app"',
      '200 latest = ok',
    ])
  })

  test.each([
    { minor: 18, text: 'Successfully pulled image "a:1"' },
    { minor: 19, text: 'Successfully pulled image "a:1" in 200ms' },
    { minor: 26, text: 'Successfully pulled image "a:1" in 200ms (200ms including waiting)' },
    {
      minor: 30,
      text: 'Successfully pulled image "a:1" in 200ms (200ms including waiting). Image size: 1000 bytes.',
    },
  ])('3.5 in 1.$minor a pull ends with $text', ({ minor, text }) => {
    const { kernel, log, ensure } = createWorld({ minor })
    ensure('p', 'a:1')
    kernel.runUntil(1000)
    expect(log).toContain(`200 p Normal Pulled ${text}`)
  })
})

describe('P1 credentials', () => {
  test.each([
    { title: 'none', secrets: [], result: `ErrImagePull: ${denied('reg.example/private/a:1')}` },
    {
      title: 'of another host',
      secrets: [pullSecret('right', 'other.example')],
      result: `ErrImagePull: ${denied('reg.example/private/a:1')}`,
    },
    {
      title: 'of another type',
      secrets: [{ ...pullSecret('right'), type: 'Opaque' }],
      result: `ErrImagePull: ${denied('reg.example/private/a:1')}`,
    },
    {
      title: 'wrong',
      secrets: [pullSecret('nope')],
      result:
        'ErrImagePull: rpc error: code = Unknown desc = failed to authorize reg.example/private/a:1: incorrect username or password',
    },
    { title: 'wrong, then right', secrets: [pullSecret('nope'), pullSecret('right')], result: 'ok' },
    { title: 'right', secrets: [pullSecret('right')], result: 'ok' },
  ])('$title', ({ secrets, result }) => {
    const { kernel, log, ensure } = createWorld()
    ensure('p', 'reg.example/private/a:1', { secrets })
    kernel.runUntil(2000)
    expect(log.at(-1)).toMatch(/^\d+ p = /)
    expect(log.at(-1)?.replace(/^\d+ p = /, '')).toBe(result)
  })

  test('two that fail are both told', () => {
    const { kernel, log, ensure } = createWorld()
    ensure('p', 'reg.example/private/a:1', { secrets: [pullSecret('no'), pullSecret('nope', 'reg.example/private')] })
    kernel.runUntil(2000)
    expect(log.at(-1)).toContain('= ErrImagePull: rpc error')
  })

  test('a broken Secret fails the pull with the error of the JSON', () => {
    const { kernel, log, ensure, journal } = createWorld()
    const broken = { ...pullSecret('x'), data: { '.dockerconfigjson': encodeBase64(utf8Bytes('{')) } }
    ensure('p', 'reg.example/private/a:1', { secrets: [broken] })
    kernel.runUntil(2000)
    expect(log).toContain(
      '0 p Warning Failed Failed to pull image "reg.example/private/a:1": unexpected end of JSON input',
    )
    expect(journal.records).toEqual([])
  })
})

describe('7.5 back-off and queue', () => {
  test('P1 after a failure pulls are put off for 10, 20, 40 s, per Pod', () => {
    const { log, ensure, at } = createWorld()
    for (const second of [0, 1, 10, 11, 30, 31, 32]) at(second * 1000, () => ensure('a', 'reg.example/absent:1'))
    at(32_500, () => ensure('b', 'reg.example/absent:1'))
    at(33_000, () => undefined)
    const reasons = log.filter((line) => /^\d+ \S+ = /.test(line)).map((line) => line.replace(/:.*/, ''))
    expect(reasons).toEqual([
      '200 a = ErrImagePull',
      '1000 a = ImagePullBackOff',
      '10000 a = ImagePullBackOff',
      '11200 a = ErrImagePull',
      '30000 a = ImagePullBackOff',
      '31000 a = ImagePullBackOff',
      '32200 a = ErrImagePull',
      '32700 b = ErrImagePull',
    ])
    expect(log[3]).toBe('1000 a Normal BackOff Back-off pulling image "reg.example/absent:1"')
    expect(log[4]).toBe('1000 a = ImagePullBackOff: Back-off pulling image "reg.example/absent:1"')
  })

  test('7.4 since 1.32 the status of a back-off tells the error before it', () => {
    const { log, ensure, at } = createWorld({ minor: 32 })
    at(0, () => ensure('a', 'reg.example/absent:1'))
    at(1000, () => ensure('a', 'reg.example/absent:1'))
    expect(log.at(-1)).toBe(
      '1000 a = ImagePullBackOff: Back-off pulling image "reg.example/absent:1": ErrImagePull: manifest for reg.example/absent:1 not found: manifest unknown',
    )
  })

  test('serialized pulls wait for one another; their Pulling is told before', () => {
    const { kernel, log, ensure } = createWorld()
    ensure('slow', 'reg.example/slow/0:1')
    ensure('quick', 'reg.example/quick:1')
    kernel.runUntil(20_000)
    expect(log.filter((line) => /Pulling|= ok/.test(line))).toEqual([
      '0 slow Normal Pulling Pulling image "reg.example/slow/0:1"',
      '0 quick Normal Pulling Pulling image "reg.example/quick:1"',
      '8000 slow = ok',
      '8200 quick = ok',
    ])
  })

  test('parallel pulls do not', () => {
    const { kernel, log, ensure } = createWorld({ parallelPulls: Number.POSITIVE_INFINITY })
    ensure('slow', 'reg.example/slow/0:1')
    ensure('quick', 'reg.example/quick:1')
    kernel.runUntil(20_000)
    expect(log.filter((line) => line.endsWith('= ok'))).toEqual(['200 quick = ok', '8000 slow = ok'])
  })

  test('2.1 more than 10 pulls at once are refused', () => {
    const { kernel, log, ensure } = createWorld({ parallelPulls: Number.POSITIVE_INFINITY })
    for (let i = 0; i < 12; i++) ensure(`p${i}`, `reg.example/app:${i}`)
    kernel.runUntil(1000)
    expect(log.filter((line) => line.endsWith('= ErrImagePull: pull QPS exceeded'))).toHaveLength(2)
  })
})

describe('7.6 images that credentials brought', () => {
  test('a Pod without the credentials must pull; one with the same Secret or the same password need not', () => {
    const { kernel, log, ensure, at } = createWorld({ minor: 35, records: new PullRecords() })
    ensure('first', 'reg.example/private/a:1', { secrets: [pullSecret('right')] })
    at(1000, () => ensure('same', 'reg.example/private/a:1', { secrets: [pullSecret('right')] }))
    at(2000, () =>
      ensure('copy', 'reg.example/private/a:1', { secrets: [pullSecret('right', 'reg.example', 'other-uid')] }),
    )
    at(3000, () => ensure('without', 'reg.example/private/a:1'))
    at(4000, () => ensure('never', 'reg.example/private/a:1', { policy: 'Never' }))
    at(5000, () => ensure('preloaded', 'local/app:1'))
    kernel.runUntil(6000)
    const results = log.filter((line) => /^\d+ \S+ = /.test(line)).map((line) => line.replace(/^\d+ /, '').slice(0, 30))
    expect(results).toEqual([
      'first = ok',
      'same = ok',
      'copy = ok',
      'without = ErrImagePull: pull a',
      'never = ErrImageNeverPull: Con',
      'preloaded = ok',
    ])
    expect(log).toContain(
      '1000 same Normal Pulled Container image "reg.example/private/a:1" already present on machine and can be accessed by the pod',
    )
  })
})
