import { utf8Bytes } from '../../src/bytes/bytes.ts'
import { createNodeFs } from '../../src/fs/memory-fs.ts'
import { createCalendar } from '../../src/kernel/calendar.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { process } from '../../src/kernel/process.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { type Steps, wait } from '../../src/kernel/steps.ts'
import type { ContainerConfig } from '../../src/node/runtime/cri.ts'
import { recordingTimings } from '../../src/node/runtime/recording-profile.ts'
import { createRegistry } from '../../src/node/runtime/registry.ts'
import { createRuntime } from '../../src/node/runtime/simulated-runtime.ts'

/** A node with one secret volume at /etc/foo, and containers of images of the catalogue. Time 0 is 2020-05-01T12:34:56Z. */
export function createWorld(keys: Readonly<Record<string, string>> = { username: 'admin', password: '1f2d1e2e67df' }) {
  const kernel = createKernel()
  const calendar = createCalendar(1_588_336_496_000)
  const fs = createNodeFs({ kernel, calendar, memoryBytes: 1 << 30 })
  fs.mkdirAll('/vol', 0o777)
  fs.mountTmpfs('/vol', { mode: 0o1777 })
  const fill = (generation: number, values: Readonly<Record<string, string>>): void => {
    const name = `..2020_05_01_12_34_56.00000000${generation}`
    fs.mkdir(`/vol/${name}`, 0o755)
    for (const [key, value] of Object.entries(values)) fs.writeFile(`/vol/${name}/${key}`, utf8Bytes(value), 0o644)
    fs.symlink(name, '/vol/..data_tmp')
    fs.rename('/vol/..data_tmp', '/vol/..data')
    for (const key of Object.keys(values)) fs.symlink(`..data/${key}`, `/vol/${key}`)
  }
  fill(1, keys)
  const runtime = createRuntime({
    kernel,
    calendar,
    journal: createJournal(kernel, 'off'),
    random: createRandomStreams('programs'),
    fs,
    registry: createRegistry({
      runtime: 'docker',
      isStrict: true,
      preloaded: ['busybox:1.31', 'podsim/secret-reader:1', 'nginx:1'],
    }),
    timings: { ...recordingTimings, sandboxMs: 0 },
    nodeName: 'node-1',
  })
  const start = (command: readonly string[], rest: Partial<ContainerConfig> & { readonly writable?: boolean } = {}) => {
    const { writable = false, ...config } = rest
    let id = ''
    let failure = ''
    function* run(): Steps<void> {
      const sandbox = yield* wait(
        runtime.runPodSandbox({ podUid: 'uid', podName: 'mypod', podNamespace: 'default', attempt: 0 }),
      )
      if (!sandbox.ok) return
      const whole: ContainerConfig = {
        sandboxId: sandbox.value.id,
        podUid: 'uid',
        name: 'app',
        attempt: 0,
        image: 'busybox:1.31',
        command,
        args: [],
        workingDir: '',
        env: [],
        mounts: [{ containerPath: '/etc/foo', hostPath: '/vol', readOnly: !writable }],
        runAsUser: -1,
        readOnlyRootFilesystem: false,
        memoryLimitBytes: undefined,
        specHash: 'h',
        ...config,
      }
      const created = yield* wait(runtime.createContainer(whole))
      if (!created.ok) return
      id = created.value.id
      const started = yield* wait(runtime.startContainer(id))
      failure = started.ok ? '' : started.message
    }
    process(kernel, run).subscribe()
    kernel.runUntil(kernel.now())
    return { id, failure }
  }
  /** Output of a script that runs to its end at once: standard output, errors marked with `!`, and the code if it is not 0. */
  const shell = (script: string, rest: Parameters<typeof start>[1] = {}): readonly string[] => {
    const { id } = start(['sh', '-c', script], rest)
    const container = runtime.podContainers('uid').at(-1)
    const lines = runtime.logs(id).map(({ stream, line }) => (stream === 'stderr' ? `! ${line}` : line))
    return container?.exitCode === 0 ? lines : [...lines, `= ${container?.exitCode ?? container?.state}`]
  }
  return { kernel, fs, runtime, fill, start, shell }
}
