import type { Pod, Secret, Volume } from '../../src/api/types/core.ts'
import { encodeBase64, utf8Bytes } from '../../src/bytes/bytes.ts'
import { createNodeFs } from '../../src/fs/memory-fs.ts'
import type { FsChange } from '../../src/fs/node-fs.ts'
import { atOnce } from '../../src/kernel/at-once.ts'
import { createCalendar } from '../../src/kernel/calendar.ts'
import { createKernel, type Kernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { volumeDirectory } from '../../src/node/volumes/plugins/layout.ts'
import { createVolumePlugins } from '../../src/node/volumes/plugins/volume-plugins.ts'

/** One line of a recorded timeline, as far as category update-order has them. */
export interface RecordedLine {
  readonly t: number
  readonly actor: string
  readonly what: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** Operations of one set-up of one volume: system calls and what an inotify watch on the volume's directory told. */
export interface UpdateOperations {
  readonly pod: string
  /** Seconds since the scenario began. */
  readonly at: number
  readonly syscalls: readonly string[]
  /** Undefined: nobody watched yet. Equal ones in a row count as one, as the kernel merges them. */
  readonly inotify: readonly string[] | undefined
}

const text = (value: unknown) => String(value)
/** `./x`, `/x`, `x/`: the recorder kept what the program said. */
const plainPath = (path: unknown) => text(path).replace(/^\/+|\/+$/g, '')

/** What the recording says of each set-up, in order of their ends. */
export function recordedUpdates(timeline: readonly RecordedLine[]): readonly UpdateOperations[] {
  const updates: (UpdateOperations & { inotify: string[] | undefined })[] = []
  const open = new Map<string, { syscalls: string[]; inotify: string[] }>()
  const last = new Map<string, { inotify: string[] | undefined }>()
  const isWatched = new Set<string>()
  for (const { t, actor, what, detail } of timeline) {
    const pod = text(detail.pod)
    const current = open.get(pod) ?? { syscalls: [], inotify: [] }
    open.set(pod, current)
    if (actor === 'files' && what === 'tmpfs mounted') isWatched.add(pod)
    // What is told after the end of a set-up, and before the next begins, belongs to the one before.
    if (actor === 'inotify')
      (current.syscalls.length > 0 ? current.inotify : last.get(pod)?.inotify)?.push(inotifyLine(what, detail))
    if (actor === 'syscall') current.syscalls.push(syscallLine(what, detail))
    if (actor === 'volume-manager' && what === 'set-up ok') {
      const update = {
        pod,
        at: t,
        syscalls: current.syscalls,
        inotify: isWatched.has(pod) ? current.inotify : undefined,
      }
      updates.push(update)
      last.set(pod, update)
      open.set(pod, { syscalls: [], inotify: [] })
    }
  }
  return updates.map((update) => ({ ...update, inotify: update.inotify && merged(update.inotify) }))
}

function syscallLine(what: string, detail: RecordedLine['detail']): string {
  const path = plainPath(detail.path)
  switch (what) {
    case 'mkdir':
    case 'chmod':
    case 'create file':
      return `${what} ${path} ${text(detail.mode)}`
    case 'write':
      return `write ${path} ${text(detail.bytes)}`
    case 'chown':
      return `chown ${path} ${text(detail.uid)} ${text(detail.gid)}`
    case 'symlink':
      return `symlink ${path} ${text(detail.target)}`
    case 'rename':
      return `rename ${path} ${text(detail.to)}`
    case 'unlink':
      return `${detail.directory === true ? 'rmdir' : 'unlink'} ${path}`
    default:
      return `${what} ${path}`
  }
}

const inotifyLine = (what: string, detail: RecordedLine['detail']) =>
  `${what} ${text(detail.name)}${detail.directory === true ? '/' : ''}`

/** Whether a line tells of a name in the root, not of the root itself. */
const isOfName = (line: string) => !/ \/?$/.test(line)

const merged = (lines: readonly string[]) => lines.filter((line, index) => line !== lines[index - 1])

/** Sets the same volumes up at the same times on podsim's own files, and tells what that did. */
export function simulatedUpdates(
  timeline: readonly RecordedLine[],
  minor: number,
  seed: string,
): readonly UpdateOperations[] {
  const kernel = createKernel()
  const fs = createNodeFs({ kernel, memoryBytes: 1 << 30 })
  const secrets = new Map<string, Secret>()
  const recorded = recordedUpdates(timeline)
  const pluginFor = createVolumePlugins({
    kernel,
    calendar: createCalendar(1_588_291_200_000),
    random: createRandomStreams(seed),
    fs,
    minor,
    allocatable: () => ({ memory: '1Gi' }),
    secrets: {
      get: (_, name) =>
        atOnce(() => {
          const object = secrets.get(name)
          return object
            ? { ok: true, object }
            : { ok: false, error: { message: `secret "${name}" not found`, isNotFound: true } }
        }),
    },
    configMaps: { get: (_, name) => atOnce(() => ({ ok: false, error: { message: name, isNotFound: true } })) },
  })
  const changes: FsChange[] = []
  fs.observe((change) => changes.push(change))
  const pods = new Map<string, Pod>()
  const names = new Map<string, string>()
  // Up to v1.26 the recorder wrote down what the watch told of the volume's root itself; later it did not.
  const tellsRoot = timeline.some(({ actor, detail }) => actor === 'inotify' && detail.name === '')
  const updates: UpdateOperations[] = []
  const steps = timeline.filter(({ actor, what }) => actor === 'user' || what === 'set-up ok')
  for (const { t, actor, what, detail } of steps) {
    advance(kernel, t)
    if (actor === 'user') applyStep(what, detail, secrets, pods)
    else {
      const pod = pods.get(text(detail.pod))
      const volume = pod?.spec.volumes?.find(({ name }) => name === detail.volume)
      if (pod === undefined || volume === undefined) throw new Error(`no volume for ${JSON.stringify(detail)}`)
      const isWatched = recorded[updates.length]?.inotify !== undefined
      changes.length = 0
      pluginFor(volume)
        ?.setUp({ pod, volume })
        .subscribe((result) => {
          if (!result.ok) throw new Error(result.error)
        })
      const done = told(changes, pod, volume, t, isWatched, names)
      updates.push(tellsRoot ? done : { ...done, inotify: done.inotify && merged(done.inotify.filter(isOfName)) })
    }
  }
  return updates
}

const advance = (kernel: Kernel, t: number) => kernel.runUntil(Math.max(kernel.now(), Math.round(t * 1000)))

function applyStep(
  what: string,
  detail: RecordedLine['detail'],
  secrets: Map<string, Secret>,
  pods: Map<string, Pod>,
): void {
  const name = text(detail.name)
  if (what === 'create pod') {
    const pod = detail.object as Pod // as the driver sent it
    const volumes = (pod.spec.volumes ?? []).map((volume) => ({
      ...volume,
      secret: { defaultMode: 0o644, ...volume.secret },
    }))
    pods.set(name, {
      ...pod,
      metadata: { ...pod.metadata, namespace: 'default', uid: name },
      spec: { ...pod.spec, volumes },
    })
  } else if (what.endsWith('secret')) {
    const { stringData = {} } = detail.object as Secret // as the driver sent it
    const data = Object.fromEntries(
      Object.entries(stringData).map(([key, value]) => [key, encodeBase64(utf8Bytes(value))]),
    )
    secrets.set(name, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data })
  }
}

function told(
  changes: readonly FsChange[],
  pod: Pod,
  volume: Volume,
  at: number,
  isWatched: boolean,
  names: Map<string, string>,
): UpdateOperations {
  const directory = volumeDirectory(pod.metadata.uid ?? '', 'secret', volume.name)
  const rename = (path: string) =>
    path.replace(/\.\.\d{4}_[0-9_]+\.\d+/g, (name) => {
      const key = `${directory}/${name}`
      const seen = [...names.keys()].filter((each) => each.startsWith(`${directory}/`)).length
      const known = names.get(key) ?? `..<time-${seen + 1}>`
      names.set(key, known)
      return known
    })
  const inside = (path: string) => (path === directory ? '.' : rename(path.slice(directory.length + 1)))
  const here = changes.filter(({ path }) => path === directory || path.startsWith(`${directory}/`))
  const syscalls = here.map((change) => syscallOf(change, inside, rename))
  const inotify = here.flatMap((change) => inotifyOf(change, inside))
  return { pod: pod.metadata.name, at, syscalls, inotify: isWatched ? merged(inotify) : undefined }
}

const octal = (mode: unknown) => `0${Number(mode).toString(8).padStart(3, '0')}`

function syscallOf(
  { op, path, detail = {} }: FsChange,
  inside: (path: string) => string,
  rename: (path: string) => string,
): string {
  const at = inside(path)
  switch (op) {
    case 'mkdir':
    case 'chmod':
      return `${op} ${at} ${octal(detail.mode)}`
    case 'create':
      return `create file ${at} ${octal(detail.mode)}`
    case 'write':
      return `write ${at} ${text(detail.bytes)}`
    case 'chown':
      return `chown ${at} ${text(detail.uid)} ${text(detail.gid)}`
    case 'symlink':
      return `symlink ${at} ${rename(text(detail.target))}`
    case 'rename':
      return `rename ${at} ${inside(text(detail.to))}`
    default:
      return `${op} ${at}`
  }
}

/** What a watch on the volume's root is told: of the root itself and of names directly in it. */
function inotifyOf({ op, path, detail = {} }: FsChange, inside: (path: string) => string): readonly string[] {
  const at = inside(path)
  if (at.includes('/')) return []
  const name = `${at === '.' ? '' : at}${detail.directory === true ? '/' : ''}`
  switch (op) {
    case 'mkdir':
    case 'create':
    case 'symlink':
      return [`create ${name}`]
    case 'chmod':
    case 'chown':
      return [`attrib ${name}`]
    case 'rename':
      return [`moved_from ${name}`, `moved_to ${inside(text(detail.to))}`]
    case 'unlink':
    case 'rmdir':
      return [`delete ${name}`]
    default:
      return []
  }
}
