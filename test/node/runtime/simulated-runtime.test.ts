import { describe, expect, test } from 'vitest'
import type { ClusterRecord } from '../../../src/cluster/records.ts'
import { createNodeFs } from '../../../src/fs/memory-fs.ts'
import { createCalendar } from '../../../src/kernel/calendar.ts'
import { createJournal } from '../../../src/kernel/journal.ts'
import { createKernel } from '../../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../../src/kernel/random.ts'
import { forever, wait } from '../../../src/kernel/steps.ts'
import type { ContainerConfig, RuntimeOrder, RuntimeResult } from '../../../src/node/runtime/cri.ts'
import { createRecordingRegistry, recordingTimings } from '../../../src/node/runtime/recording-profile.ts'
import { createRegistry, type Registry } from '../../../src/node/runtime/registry.ts'
import { createRuntime } from '../../../src/node/runtime/simulated-runtime.ts'
import { image } from '../../../src/shell/image.ts'
import { type Program, serveForever } from '../../../src/shell/program.ts'

function createWorld(registry: Registry = createRecordingRegistry(), seed = 'runtime') {
  const kernel = createKernel()
  const fs = createNodeFs({ kernel, memoryBytes: 1 << 30 })
  const journal = createJournal<ClusterRecord>(kernel, 'full')
  const runtime = createRuntime({
    kernel,
    calendar: createCalendar(0),
    journal,
    random: createRandomStreams(seed),
    fs,
    registry,
    timings: recordingTimings,
    nodeName: 'node-1',
  })
  const wait = <T>(order: RuntimeOrder<T>): RuntimeResult<T> => {
    const answers: RuntimeResult<T>[] = []
    order.subscribe((result) => answers.push(result))
    kernel.runUntilTrue(() => answers.length > 0, kernel.now() + 3_600_000)
    return answers[0] ?? { ok: false, message: 'no answer' }
  }
  const sandbox = (podName: string) => {
    const made = wait(runtime.runPodSandbox({ podUid: `uid-${podName}`, podName, podNamespace: 'default', attempt: 0 }))
    if (!made.ok) throw new Error(made.message)
    return made.value
  }
  const container = (podName: string, config: Partial<ContainerConfig> = {}) => {
    const { id } = runtime.podSandboxes(`uid-${podName}`)[0] ?? sandbox(podName)
    return wait(runtime.createContainer({ ...baseConfig, sandboxId: id, podUid: `uid-${podName}`, ...config }))
  }
  const run = (podName: string, config: Partial<ContainerConfig> = {}) => {
    const made = container(podName, config)
    if (!made.ok) throw new Error(made.message)
    const started = wait(runtime.startContainer(made.value.id))
    return { id: made.value.id, started }
  }
  const state = (podName: string) => runtime.podContainers(`uid-${podName}`).at(-1)
  return { kernel, fs, journal, runtime, wait, sandbox, container, run, state }
}

const baseConfig: Omit<ContainerConfig, 'sandboxId' | 'podUid'> = {
  name: 'app',
  attempt: 0,
  image: 'local/app:1',
  command: ['serve'],
  args: [],
  workingDir: '',
  env: [],
  mounts: [],
  runAsUser: -1,
  readOnlyRootFilesystem: false,
  memoryLimitBytes: undefined,
  specHash: 'h',
}

describe('the runtime of the recordings', () => {
  test('a sandbox takes 50 ms and has the next address', () => {
    const { kernel, sandbox } = createWorld()
    expect(sandbox('a')).toMatchObject({ ip: '10.244.0.2', state: 'ready', createdAt: 50 })
    expect(sandbox('b')).toMatchObject({ ip: '10.244.0.3' })
    expect(kernel.now()).toBe(100)
  })

  test.each([
    { image: 'reg.example/d/app:1', ms: 200, result: 'ok' },
    { image: 'reg.example/slow/0:1', ms: 8000, result: 'ok' },
    {
      image: 'reg.example/d/absent:1',
      ms: 200,
      result: 'rpc error: code = Unknown desc = manifest for reg.example/d/absent:1 not found: manifest unknown',
    },
    {
      image: 'reg.example/d/private/a:1',
      ms: 200,
      result:
        'rpc error: code = Unknown desc = pull access denied for reg.example/d/private/a:1, repository does not exist or may require authorization: no basic auth credentials',
    },
  ])('P1 pulling $image takes $ms ms', ({ image: name, ms, result }) => {
    const { kernel, runtime, wait } = createWorld()
    const pulled = wait(runtime.pullImage(name, undefined))
    expect(kernel.now()).toBe(ms)
    expect(pulled.ok ? 'ok' : pulled.message).toBe(result)
    expect(runtime.imageStatus(name) !== undefined).toBe(pulled.ok)
  })

  test('P1 a private image needs the right credentials, and their password is in no record', () => {
    const { runtime, wait, journal } = createWorld()
    const pull = (password: string) =>
      wait(runtime.pullImage('reg.example/private/a:1', { username: 'puller', password }))
    expect(pull('nope')).toEqual({
      ok: false,
      message:
        'rpc error: code = Unknown desc = failed to authorize reg.example/private/a:1: incorrect username or password',
    })
    expect(pull('right').ok).toBe(true)
    expect(journal.records.map(pullText)).toEqual([
      'image.pull puller',
      'image.pulled failed to authorize reg.example/private/a:1: incorrect username or password',
      'image.pull puller',
      'image.pulled ok',
    ])
    expect(JSON.stringify(journal.records)).not.toMatch(/nope|right/)
  })

  test('exit-after ends by itself, with its code', () => {
    const { kernel, run, state } = createWorld()
    run('a', { command: ['exit-after', '10', '3'] })
    kernel.runUntil(10_049)
    expect(state('a')?.state).toBe('running')
    kernel.runUntil(10_050)
    expect(state('a')).toMatchObject({ state: 'exited', exitCode: 3, reason: 'Error', finishedAt: 10_050 })
  })

  test.each([
    { command: ['serve'], grace: 30, after: 100, exitCode: 143, reason: 'Error' },
    { command: ['exit-after', '500'], grace: 30, after: 100, exitCode: 143, reason: 'Error' },
    { command: ['term-after', '6'], grace: 30, after: 6000, exitCode: 0, reason: 'Completed' },
    { command: ['term-after', '500'], grace: 8, after: 8000, exitCode: 137, reason: 'Error' },
    { command: ['serve'], grace: 0, after: 0, exitCode: 137, reason: 'Error' },
  ])('stopping $command with $grace s of grace ends it after $after ms with $exitCode', (row) => {
    const { kernel, runtime, wait, run, state } = createWorld()
    const { id } = run('a', { command: row.command })
    const before = kernel.now()
    expect(wait(runtime.stopContainer(id, row.grace)).ok).toBe(true)
    expect(kernel.now() - before).toBe(row.after)
    expect(state('a')).toMatchObject({ state: 'exited', exitCode: row.exitCode, reason: row.reason })
  })

  test('a container that just runs costs no event after its start', () => {
    const { kernel, run } = createWorld()
    run('a')
    kernel.runUntil(kernel.now())
    expect(kernel.nextAt()).toBeUndefined()
  })

  test('ids are the same in every run of a seed, and 64 hexadecimal digits', () => {
    const ids = ['one', 'one', 'two'].map((seed) => createWorld(createRecordingRegistry(), seed).run('a').id)
    expect(ids[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
  })

  test('L6 a reboot ends everything with 255 and leaves the records', () => {
    const { runtime, run, state } = createWorld()
    run('a')
    runtime.changedPods()
    runtime.reboot()
    expect(state('a')).toMatchObject({ state: 'exited', exitCode: 255 })
    expect(runtime.podSandboxes('uid-a')).toMatchObject([{ state: 'notReady' }])
    expect(runtime.changedPods()).toEqual(['uid-a'])
  })

  test('changed Pods are told once, removed ones are forgotten', () => {
    const { runtime, wait, run } = createWorld()
    const seen: string[] = []
    runtime.observe((podUid) => seen.push(podUid))
    const { id } = run('a')
    expect(runtime.changedPods()).toEqual(['uid-a'])
    expect(runtime.changedPods()).toEqual([])
    const [sandbox] = runtime.podSandboxes('uid-a')
    wait(runtime.stopPodSandbox(sandbox?.id ?? ''))
    wait(runtime.removeContainer(id))
    wait(runtime.removePodSandbox(sandbox?.id ?? ''))
    expect(runtime.podUids()).toEqual([])
    expect(new Set(seen)).toEqual(new Set(['uid-a']))
  })

  test('everything is written down with its Pod, env by name only', () => {
    const { run, journal } = createWorld()
    run('a', { env: [{ name: 'PASSWORD', value: 'hunter2' }], command: ['serve', '--password=hunter2'] })
    expect(journal.records.map(({ type, object }) => `${type} ${object?.name}`)).toEqual([
      'sandbox.run a',
      'container.create a',
      'container.start a',
    ])
    expect(journal.records[1]?.detail).toMatchObject({
      container: 'app',
      env: ['PASSWORD'],
      mounts: [],
      command: ['serve', '--password=$(PASSWORD)'],
    })
    expect(JSON.stringify(journal.records)).not.toContain('hunter2')
  })
})

describe('registries', () => {
  const registry = () =>
    createRegistry({
      runtime: 'docker',
      servesUnknown: true,
      absent: ['nginx:nope'],
      latencyMs: 100,
      bytesPerSecond: 1000,
      privateRepositories: [{ prefix: 'reg.example.com/team', credentials: [{ username: 'u', password: 'p' }] }],
      images: [image('busybox', () => undefined, { sizeBytes: 2000 })],
      preloaded: ['busybox:1.31'],
    })

  test('a pull takes latency and size over bandwidth', () => {
    expect(registry().pullMs('docker.io/library/busybox:2', false)).toBe(2100)
  })

  test('P1 a private repository is one below its prefix, under whatever tag', () => {
    const { pull } = registry()
    expect(pull('reg.example.com/team/app:1', undefined)).toEqual({
      ok: false,
      message:
        "Error response from daemon: pull access denied for reg.example.com/team/app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    })
    expect(pull('reg.example.com/team/app:1', { username: 'u', password: 'x' }).ok).toBe(false)
    expect(pull('reg.example.com/team/app:1', { username: 'u', password: 'p' }).ok).toBe(true)
    expect(pull('reg.example.com/other/app:1', undefined).ok).toBe(true)
  })

  test('absent images and registries out of reach answer in the words of docker', () => {
    const each = registry()
    expect(each.pull('nginx:nope', undefined)).toMatchObject({ ok: false })
    each.setReachable('docker.io', false)
    expect(each.pull('nginx:1', undefined)).toEqual({
      ok: false,
      message:
        'Error response from daemon: Get https://registry-1.docker.io/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    })
    each.setReachable('docker.io', true)
    expect(each.pull('nginx:1', undefined).ok).toBe(true)
  })

  test('preloaded images are known by every way of writing their name', () => {
    const { preloaded } = registry()
    expect(preloaded('docker.io/library/busybox:1.31')).toBeDefined()
    expect(preloaded('busybox:1.32')).toBeUndefined()
  })
})

describe('programs', () => {
  const withProgram = (program: Program) =>
    createWorld(createRegistry({ runtime: 'docker', images: [image('app', () => program)], preloaded: ['app:1'] }))

  test('a program that watches a directory is woken by a change in it, and by none elsewhere', () => {
    const program: Program = {
      *run(process) {
        for (;;) {
          process.write('stdout', `${process.files.readdir('/etc/foo').ok} ${process.kernel.now()}\n`)
          yield* wait(process.changed('/etc/foo'))
        }
      },
      onTerm: () => 'ignored',
    }
    const { kernel, fs, runtime, run } = withProgram(program)
    fs.mkdirAll('/vol', 0o755)
    fs.mkdirAll('/elsewhere', 0o755)
    const { id } = run('a', {
      image: 'app:1',
      mounts: [{ containerPath: '/etc/foo', hostPath: '/vol', readOnly: true }],
    })
    kernel.runUntil(1000)
    fs.symlink('x', '/vol/..data')
    fs.symlink('x', '/elsewhere/y')
    kernel.runUntil(2000)
    expect(runtime.logs(id).map(({ at, line }) => `${at} ${line}`)).toEqual(['50 true 50', '1000 true 1000'])
    expect(kernel.nextAt()).toBeUndefined()
  })

  test('11 a container that fills a memory volume beyond its limit is OOMKilled', () => {
    const program: Program = {
      *run(process) {
        process.files.writeFile('/cache/a', new Uint8Array(8192))
        yield* forever()
        return 0
      },
      onTerm: () => 'ignored',
    }
    const { kernel, fs, run, state } = withProgram(program)
    fs.mkdirAll('/vol', 0o755)
    fs.mountTmpfs('/vol', { mode: 0o1777 })
    const mounts = [{ containerPath: '/cache', hostPath: '/vol', readOnly: false }]
    run('a', { image: 'app:1', mounts, memoryLimitBytes: 4096 })
    kernel.runUntil(1000)
    expect(state('a')).toMatchObject({ state: 'exited', exitCode: 137, reason: 'OOMKilled' })
  })

  test('a program that the image lacks does not start', () => {
    const { run, state } = createWorld(
      createRegistry({ runtime: 'docker', images: [image('app', () => undefined)], preloaded: ['app:1'] }),
    )
    const { started } = run('a', { image: 'app:1', command: ['foo'] })
    expect({ ...started, ...(started.ok ? {} : { message: started.message.replace(/[0-9a-f]{64}/, '<id>') }) }).toEqual(
      {
        ok: false,
        message:
          'rpc error: code = Unknown desc = failed to start container "<id>": Error response from daemon: OCI runtime create failed: container_linux.go:349: starting container process caused "exec: \\"foo\\": executable file not found in $PATH": unknown',
      },
    )
    expect(state('a')).toMatchObject({ state: 'exited', exitCode: 127, reason: 'ContainerCannotRun' })
  })

  test('E1 a program finds the variables of the image and of the Pod, which win', () => {
    const seen: string[] = []
    const program: Program = {
      *run({ env }) {
        seen.push(...[...env].map(([name, value]) => `${name}=${value}`))
        return 0
      },
      onTerm: () => 'ignored',
    }
    const { kernel, run } = withProgram(program)
    run('a', {
      image: 'app:1',
      env: [
        { name: 'PATH', value: '/bin' },
        { name: 'A', value: '1' },
      ],
    })
    kernel.runUntil(1000)
    expect(seen).toEqual(['PATH=/bin', 'HOSTNAME=a', 'A=1', 'HOME=/root'])
  })

  test('a probe of a container that does not listen is refused', () => {
    const { run, runtime } = withProgram({ ...serveForever('ignored'), probe: () => ({ ok: true, output: 'up' }) })
    const { id } = run('a', { image: 'app:1' })
    expect(runtime.probe(id, { kind: 'http', port: 80 })).toEqual({ ok: true, output: 'up' })
    expect(runtime.probe('gone', { kind: 'http', port: 80 }).ok).toBe(false)
  })
})

function pullText(record: ClusterRecord): string {
  if (record.type === 'image.pull') return `image.pull ${record.detail.username}`
  return record.type === 'image.pulled' ? `image.pulled ${record.detail.result}` : record.type
}
