import type { Pod } from '../api/types/core.ts'
import { utf8Text } from '../bytes/bytes.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Machine } from '../cluster/machine.ts'
import type { LiveContainer } from '../node/runtime/cri.ts'
import { type ByteText, byteTextToBytes, fromByteText, toByteText } from '../shell/byte-text.ts'

export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** What a command in a container wrote, byte for byte beside the texts, in which what is no UTF-8 is U+FFFD. */
export interface ExecOutcome extends CommandResult {
  readonly bytes: { readonly stdout: Uint8Array; readonly stderr: Uint8Array }
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
): ExecOutcome {
  if (found === undefined || found.container.state !== 'running')
    return outcome('', toByteText(`error: no running container ${refText(target)}\n`), 1)
  const result = found.machine.runtime.execBytes(found.container.id, argv, toByteText(stdin ?? ''))
  if (!result.ok) return outcome('', toByteText(`${result.message}\n`), 126)
  return outcome(result.value.stdout, result.value.stderr, result.value.exitCode)
}

function outcome(stdout: ByteText, stderr: ByteText, exitCode: number): ExecOutcome {
  const bytes = { stdout: byteTextToBytes(stdout), stderr: byteTextToBytes(stderr) }
  return { stdout: fromByteText(stdout), stderr: fromByteText(stderr), exitCode, bytes }
}

export function logsOf(found: FoundContainer | undefined): string {
  if (found === undefined) return ''
  return found.machine.runtime
    .logs(found.container.id)
    .map(({ line }) => `${line}\n`)
    .join('')
}

/** The same byte for byte, as containerd keeps it; docker keeps texts. Source: moby daemon/logger/jsonfilelog/jsonlog, WriteJsonBytesAsString. */
export function logBytesOf(found: FoundContainer | undefined): Uint8Array {
  if (found === undefined) return new Uint8Array()
  const { runtime } = found.machine
  const keepsBytes = runtime.runtimeType !== 'docker'
  const lines = runtime.logs(found.container.id)
  const texts = lines.map(({ line, bytes }) => `${keepsBytes && bytes !== undefined ? bytes : toByteText(line)}\n`)
  return byteTextToBytes(texts.join(''))
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
