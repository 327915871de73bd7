import type { Pod } from '../api/types/core.ts'
import { utf8Text } from '../bytes/bytes.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Machine } from '../cluster/machine.ts'
import type { LiveContainer } from '../node/runtime/cri.ts'

export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

export interface ContainerRef {
  readonly pod: string
  /** Default: the first container. */
  readonly container?: string
  /** Default `default`. */
  readonly namespace?: string
}

export interface FileSnapshot {
  readonly type: 'file' | 'directory' | 'symlink'
  /** Permission bits of the file itself, links followed. */
  readonly mode: number
  /** UTF-8 text of a file; what is none is U+FFFD in it. */
  readonly content: string | undefined
  /** A file byte for byte, a copy. */
  readonly bytes: Uint8Array | undefined
  /** Target, if the path itself is a link. */
  readonly link: string | undefined
}

/** Looks into containers, past the API, as an observer of the simulation may. */

/** A container of a Pod on its node: the newest, or (`previous`) the one before it. */
export interface FoundContainer {
  readonly machine: Machine
  readonly container: LiveContainer
}

export function findContainer(
  cluster: Cluster,
  pod: Pod | undefined,
  name: string | undefined,
  previous = false,
): FoundContainer | undefined {
  const machine = cluster.machines.get(pod?.spec.nodeName ?? '')
  if (pod === undefined || machine === undefined) return undefined
  const wanted = name ?? pod.spec.containers[0]?.name
  const made = machine.runtime.podContainers(pod.metadata.uid ?? '').filter(({ config }) => config.name === wanted)
  const container = made[made.length - (previous ? 2 : 1)]
  return container === undefined ? undefined : { machine, container }
}

/** `pod/name` as messages call it. */
function refText({ pod, container, namespace = 'default' }: ContainerRef): string {
  return `${namespace}/${pod}${container === undefined ? '' : `/${container}`}`
}

export function execIn(
  found: FoundContainer | undefined,
  target: ContainerRef,
  argv: readonly string[],
  stdin?: string,
): CommandResult {
  if (found === undefined || found.container.state !== 'running') {
    return { stdout: '', stderr: `error: no running container ${refText(target)}\n`, exitCode: 1 }
  }
  const result = found.machine.runtime.exec(found.container.id, argv, stdin)
  return result.ok ? result.value : { stdout: '', stderr: `${result.message}\n`, exitCode: 126 }
}

export function logsOf(found: FoundContainer | undefined): string {
  if (found === undefined) return ''
  return found.machine.runtime
    .logs(found.container.id)
    .map(({ line }) => `${line}\n`)
    .join('')
}

export function envOf(found: FoundContainer | undefined): ReadonlyMap<string, string> | undefined {
  return found === undefined ? undefined : new Map(found.container.config.env.map(({ name, value }) => [name, value]))
}

const rootUser = { uid: 0, gid: 0, groups: [] } as const

/** A file as the container sees it, whoever may read it, without running anything in it. */
export function fileIn(found: FoundContainer | undefined, path: string): FileSnapshot | undefined {
  if (found === undefined || found.container.state !== 'running') return undefined
  const view = found.container.files.as(rootUser)
  const link = view.lstat(path)
  const stat = view.stat(path)
  if (!link.ok || !stat.ok) return undefined
  const content = stat.value.type === 'file' ? view.readFile(path) : undefined
  return {
    type: stat.value.type,
    mode: stat.value.mode,
    content: content?.ok === true ? utf8Text(content.value) : undefined,
    bytes: content?.ok === true ? content.value.slice() : undefined,
    link: link.value.target,
  }
}
