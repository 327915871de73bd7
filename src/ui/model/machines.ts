import { allContainerStatuses, allContainers } from '../../api/pod-references.ts'
import type { ContainerStatus, Pod } from '../../api/types/core.ts'
import { type ClusterRecord, isOfVolume } from '../../cluster/records.ts'
import type { VolumeFile } from '../../looks/volume-files.ts'
import type { RecordedStep } from '../world/recording.ts'

/** Where a container stands. States after facts/kubelet.md 8.2. */
export interface ContainerView {
  readonly name: string
  readonly states: readonly string[]
  readonly here: string
  readonly message: string | undefined
}

const containerPath = ['waiting', 'running', 'terminated'] as const

/** `steps`: of the Pod's machines until now. */
export function containerStates(pod: Pod, steps: readonly RecordedStep[]): readonly ContainerView[] {
  const statuses = new Map(allContainerStatuses(pod.status).map((status) => [status.name, status]))
  return allContainers(pod).map(({ name }) => {
    const here = containerPlace(stateOf(steps, 'container', name), statuses.get(name))
    const { waiting, terminated } = statuses.get(name)?.state ?? {}
    const states = containerPath.map((state) => (here.startsWith(state) ? here : state))
    return { name, states, here, message: waiting?.message ?? terminated?.message }
  })
}

/** The state is that of the kubelet's machine; what the status adds stands behind it. */
function containerPlace(state: string | undefined, status: ContainerStatus | undefined): string {
  const { terminated } = status?.state ?? {}
  const restarts = (status?.restartCount ?? 0) > 0 ? `, ${status?.restartCount} restarts` : ''
  switch (state) {
    case undefined:
      return 'waiting'
    case 'running':
      return `running${status?.ready === true ? ', ready' : ''}${restarts}`
    case 'terminated':
      return terminated === undefined
        ? state
        : `terminated: ${terminated.reason ?? ''} ${terminated.exitCode}${restarts}`
    default:
      return `waiting: ${state}${restarts}`
  }
}

/** The last state that a machine of the Pod told of; undefined before its first step. */
function stateOf(steps: readonly RecordedStep[], machine: RecordedStep['machine'], name: string): string | undefined {
  return steps.findLast((step) => step.machine === machine && step.name === name)?.state
}

/** Where a volume of a Pod stands in the kubelet's volume manager, and what files it holds. */
export interface VolumeView {
  readonly name: string
  readonly states: readonly string[]
  readonly here: string
  readonly files: readonly string[]
}

/** The way that a volume goes when all is well; the state it is in stands among them. */
const volumePath = ['desired', 'attached', 'mounted', 'gone']

export function volumeStates(
  pod: Pod,
  steps: readonly RecordedStep[],
  past: readonly ClusterRecord[],
  filesAt: ReadonlyMap<number, readonly VolumeFile[]>,
): readonly VolumeView[] {
  return (pod.spec.volumes ?? []).map(({ name }) => {
    // Before its first step a volume is desired, be it that the kubelet does not know so yet.
    const here = stateOf(steps, 'volume', name) ?? 'desired'
    let files: readonly string[] = []
    for (const record of past) {
      if (!isOfVolume(record) || record.detail.volume !== name) continue
      if (record.type === 'volume.set-up') files = (filesAt.get(record.seq) ?? []).map(fileText)
      if (record.type === 'volume.tear-down') files = []
    }
    return { name, states: pathThrough(here), here, files }
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
