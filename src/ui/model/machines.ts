import type { ContainerStatus, Pod } from '../../api/types/core.ts'
import { compileMachine, step } from '../../kernel/compiled-machine.ts'
import type { JournalRecord } from '../../kernel/journal.ts'
import type { VolumeFile } from '../../looks/volume-files.ts'
import { volumeMachine } from '../../node/volumes/volume.machine.ts'

/** Where a container stands. States after facts/kubelet.md 8.2. */
export interface ContainerView {
  readonly name: string
  readonly states: readonly string[]
  readonly here: string
  readonly message: string | undefined
}

const containerPath = ['waiting', 'running', 'terminated'] as const

export function containerStates(pod: Pod): readonly ContainerView[] {
  const statuses = new Map(
    [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].map((status) => [
      status.name,
      status,
    ]),
  )
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ name }) => {
    const { here, message } = containerPlace(statuses.get(name))
    return { name, states: containerPath.map((state) => (here.startsWith(state) ? here : state)), here, message }
  })
}

function containerPlace(status: ContainerStatus | undefined): {
  readonly here: string
  readonly message: string | undefined
} {
  const { waiting, running, terminated } = status?.state ?? {}
  const restarts = (status?.restartCount ?? 0) > 0 ? `, ${status?.restartCount} restarts` : ''
  if (running !== undefined)
    return { here: `running${status?.ready === true ? ', ready' : ''}${restarts}`, message: undefined }
  if (terminated !== undefined)
    return {
      here: `terminated: ${terminated.reason ?? ''} ${terminated.exitCode}${restarts}`,
      message: terminated.message,
    }
  return {
    here: waiting?.reason === undefined ? 'waiting' : `waiting: ${waiting.reason}${restarts}`,
    message: waiting?.message,
  }
}

/** Where a volume of a Pod stands in the kubelet's volume manager, and what files it holds. */
export interface VolumeView {
  readonly name: string
  readonly states: readonly string[]
  readonly here: string
  readonly files: readonly string[]
}

const table = compileMachine(volumeMachine)

/** Events of the volume's machine that a record stands for. */
const eventsOf: Readonly<Record<string, readonly string[]>> = {
  'volume.set-up': ['remount.required', 'attached', 'mount.started', 'mount.succeeded'],
  'volume.set-up-failed': ['remount.required', 'attached', 'mount.started', 'mount.failed'],
  'volume.tear-down': ['unmount.started', 'unmount.succeeded'],
}

/** The way that a volume goes when all is well; the state it is in stands among them. */
const volumePath = ['desired', 'attached', 'mounted', 'gone']

export function volumeStates(
  pod: Pod,
  past: readonly JournalRecord[],
  filesAt: ReadonlyMap<number, readonly VolumeFile[]>,
): readonly VolumeView[] {
  return (pod.spec.volumes ?? []).map(({ name }) => {
    let state = table.initial
    let files: readonly string[] = []
    for (const { seq, type, detail } of past) {
      if (detail?.volume !== name) continue
      for (const event of eventsOf[type] ?? []) state = step(state, event)?.target ?? state
      if (type === 'volume.set-up') files = (filesAt.get(seq) ?? []).map(fileText)
      if (type === 'volume.tear-down') files = []
    }
    return { name, states: pathThrough(state.name), here: state.name, files }
  })
}

function pathThrough(here: string): readonly string[] {
  if (volumePath.includes(here)) return volumePath
  return here === 'mountBackOff' || here === 'mounting'
    ? ['desired', 'attached', here, 'mounted', 'gone']
    : ['desired', 'attached', 'mounted', here, 'gone']
}

/** As `ls -l` would begin the line: kind and permissions, then the path, then where a link leads or how long a file is. */
function fileText({ path, type, mode, size, link }: VolumeFile): string {
  const kind = { file: '-', directory: 'd', symlink: 'l' }[type]
  const bits = [...'rwxrwxrwx'].map((letter, i) => ((mode >> (8 - i)) & 1 ? letter : '-')).join('')
  const tail = link !== undefined ? ` -> ${link}` : type === 'file' ? `  ${size} bytes` : ''
  return `${kind}${bits} ${path}${tail}`
}
