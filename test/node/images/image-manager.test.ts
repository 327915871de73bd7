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

  test.each([
    { minor: 32, name: 'reg.example/private/a:1', end: 'ErrImagePull: ', told: ['Pulling', 'Failed'] },
    { minor: 33, name: 'reg.example/private/a:1', end: 'PullSecretError: ', told: [] },
    { minor: 36, name: 'reg.example/private/a:1', end: 'PullSecretError: ', told: [] },
    { minor: 36, name: 'local/app:1', end: 'ok', told: ['Pulled'] },
  ])(
    'in 1.$minor a Pod that wants $name and whose Secret cannot be read comes to $end',
    ({ minor, name, end, told }) => {
      const { kernel, log, ensure } = createWorld({ minor, ...(minor > 34 ? { records: new PullRecords() } : {}) })
      const auths = { 'reg.example': { auth: encodeBase64(utf8Bytes('puller')) } }
      const broken = { '.dockerconfigjson': encodeBase64(utf8Bytes(JSON.stringify({ auths }))) }
      ensure('p', name, { secrets: [{ ...pullSecret('x'), data: broken }] })
      kernel.runUntil(2000)
      const error = 'unable to parse auth field, must be formatted as base64(username:password)'
      expect(log.map((line) => line.split(' ')[3]).slice(0, -1)).toEqual(told)
      expect(log.at(-1)).toBe(`0 p = ${end}${end === 'ok' ? '' : error}`)
    },
  )
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

  /** What each Pod came to, one each 10 s: it, the secret that it shows, and a policy. */
  type Step = readonly [pod: string, secret?: Secret | undefined, policy?: Container['imagePullPolicy']]
  const named = (name: string, password: string, email?: string): Secret => {
    const auths = { 'reg.example': { username: 'puller', password, ...(email === undefined ? {} : { email }) } }
    const secret = pullSecret(password)
    return {
      ...secret,
      metadata: { ...secret.metadata, name, uid: name },
      data: { '.dockerconfigjson': encodeBase64(utf8Bytes(JSON.stringify({ auths }))) },
    }
  }
  const good = named('good', 'right')
  const hub = pullSecret('right', 'docker.io')
  test.each<{ title: string; image?: string; steps: readonly Step[]; results: string }>([
    {
      title: 'a Secret that was known lets in whatever is in it now, and what was in it no longer counts',
      steps: [
        ['first', good],
        ['changed', named('good', 'guess')],
        ['old', named('old', 'right')],
        ['new', named('new', 'guess')],
      ],
      results: 'first ok, changed ok, old pull ok, new ok',
    },
    {
      title: 'a Secret with known content becomes known itself, so its later content does, too',
      steps: [
        ['first', good],
        ['copy', named('copy', 'right')],
        ['changed', named('copy', 'guess')],
      ],
      results: 'first ok, copy ok, changed ok',
    },
    {
      title: 'the content is all that the config says, also what no registry is told',
      steps: [
        ['first', good],
        ['mail', named('mail', 'right', 'a@b.c')],
        ['again', named('third', 'right', 'a@b.c')],
      ],
      results: 'first ok, mail pull ok, again ok',
    },
    {
      title: 'wrong credentials are not known by trying',
      steps: [
        ['first', good],
        ['bad', named('bad', 'guess')],
        ['again', named('bad', 'guess'), 'Never'],
      ],
      results: 'first ok, bad pull ErrImagePull, again ErrImageNeverPull',
    },
    {
      title: 'an image that was pulled without credentials is for all, whatever came before or comes after',
      image: 'reg.example/open:1',
      steps: [['first', good], ['none'], ['never', undefined, 'Never'], ['bad', named('bad', 'guess')]],
      results: 'first ok, none pull ok, never ok, bad ok',
    },
    {
      title: 'a preloaded image belongs to its Secrets once one of them was shown for a pull of it',
      image: 'local/private:1',
      steps: [['free'], ['always', hub, 'Always'], ['none'], ['same', hub]],
      results: 'free ok, always pull ok, none pull ErrImagePull, same ok',
    },
  ])('$title', ({ image = 'reg.example/private/a:1', steps, results }) => {
    const { kernel, log, ensure, at } = createWorld({ minor: 36, records: new PullRecords() })
    for (const [index, [name, secret, policy]] of steps.entries())
      at(index * 10_000, () =>
        ensure(name, image, { secrets: secret === undefined ? [] : [secret], ...(policy && { policy }) }),
      )
    kernel.runUntil(steps.length * 10_000)
    const told = steps.map(([name]) => {
      const mine = log.filter((line) => line.split(' ')[1] === name)
      const isPulled = mine.some((line) => line.includes(' Pulling ')) && name !== 'first'
      const [, end = ''] = / = (\w+)/.exec(mine.at(-1) ?? '') ?? []
      return `${name}${isPulled ? ' pull' : ''} ${end}`
    })
    expect(told.join(', ')).toBe(results)
  })

  test('what a kubelet was pulling as it ended has to be proved by whoever comes next', () => {
    const records = new PullRecords()
    records.pullBegins('local/app:1')
    records.pullBegins('local/other:1')
    records.kubeletStarts((image) => (image === 'local/app:1' ? 'id of app' : undefined))
    const mustPull = (image: string, id: string) => records.mustPull(image, id, () => ({ ok: true, value: [] }))
    expect(mustPull('local/app:1', 'id of app')).toEqual({ ok: true, value: true })
    expect(mustPull('local/other:1', 'id of other')).toEqual({ ok: true, value: true })
    expect(mustPull('local/third:1', 'id of third')).toEqual({ ok: true, value: false })
    records.pulled('local/other:1', 'id of other', undefined)
    expect(mustPull('local/other:2', 'id of other')).toEqual({ ok: true, value: false })
    records.keepOnly(new Set(['id of other']))
    expect(mustPull('local/app:1', 'id of app')).toEqual({ ok: true, value: false })
  })
})
