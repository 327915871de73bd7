/** Paths behind which there is no file: /dev, /proc, and what process substitutions wrote. */
import type { FsErrorCode, FsResult } from '../../fs/node-fs.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, bytesToByteText, byteTextToBytes } from '../byte-text.ts'
import type { Shell } from './shell.ts'
import { Input, nowhere, type Sink, type Source, type Streams } from './streams.ts'

/** Bytes that an endless device gives at a time. */
const devicePiece = 65_536

/** Bytes of /dev/urandom at a time; each is drawn, so that they count for more. */
const randomPiece = 4096
const randomCost = 16

const endless = (piece: () => ByteText, cost: number, shell: Shell): Source => ({
  // biome-ignore lint/correctness/useYield: a source may wait, this one never does
  *read(): Steps<ByteText> {
    shell.budget.spendBytes(cost)
    return piece()
  },
})

/** What can be read under a path; the error where nothing can. */
export function openInput(path: ByteText, shell: Shell, streams: Streams): Input | FsErrorCode {
  const at = shell.logicalPath(path)
  const special = specialInput(at, shell, streams)
  if (special !== undefined) return special
  const content = shell.world.files.readFile(shell.path(path))
  return content.ok ? new Input(bytesToByteText(content.value), undefined, true) : content.code
}

function specialInput(at: string, shell: Shell, streams: Streams): Input | undefined {
  if (!at.startsWith('/dev/') && !at.startsWith('/proc/')) return undefined
  const written = shell.substitutions.get(at)
  if (written !== undefined) return new Input(written)
  switch (at) {
    case '/dev/null':
      return new Input('')
    case '/dev/stdin':
    case '/dev/fd/0':
    case '/proc/self/fd/0':
      return streams.stdin
    case '/dev/zero':
      return new Input(
        '',
        endless(() => '\0'.repeat(devicePiece), devicePiece, shell),
      )
    case '/dev/urandom':
    case '/dev/random':
      return new Input(
        '',
        endless(() => shell.world.randomBytes(randomPiece), randomPiece * randomCost, shell),
      )
  }
  const descriptor = /^\/dev\/fd\/(\d)$/.exec(at)
  const open = descriptor === null ? undefined : streams.get(Number(descriptor[1]))
  if (open instanceof Input) return open
  const text = processText(at, shell)
  return text === undefined ? undefined : new Input(text)
}

/** Files of /proc that scripts look at. Source: proc(5). */
function processText(at: string, shell: Shell): ByteText | undefined {
  const match = /^\/proc\/(self|\d+)\/(environ|cmdline|comm|mounts|status)$/.exec(at)
  if (at === '/proc/mounts') return mountsText(shell)
  if (match === null) return undefined
  const [, who = '', what] = match
  const pid = who === 'self' ? shell.pid : Number(who)
  if (what === 'mounts') return mountsText(shell)
  if (what === 'environ') {
    // A process shows what it was started with, not what it has exported since.
    const environment = who === 'self' ? shell.environment() : shell.world.processes.environmentOf(pid)
    return environment && [...environment].map(([name, value]) => `${name}=${value}\0`).join('')
  }
  const command = shell.world.processes.commandOf(pid)
  if (command === undefined) return undefined
  const name = command.split(' ')[0]?.split('/').at(-1) ?? ''
  if (what === 'status') return statusText(name, pid, shell)
  return what === 'comm' ? `${name}\n` : `${command.replaceAll(' ', '\0')}\0`
}

/** Who a process is, without its memory, signals and capabilities. Source: Linux fs/proc/array.c, proc_pid_status. */
function statusText(name: string, pid: number, shell: Shell): ByteText {
  const { uid, gid, groups } = shell.world.user
  const isOwn = pid === shell.pid
  const lines = [
    ['Name', name],
    ['Umask', '0022'],
    ['State', isOwn ? 'R (running)' : 'S (sleeping)'],
    ['Tgid', pid],
    ['Ngid', 0],
    ['Pid', pid],
    ['PPid', isOwn && pid !== 1 ? 1 : 0],
    ['TracerPid', 0],
    ['Uid', `${uid}\t${uid}\t${uid}\t${uid}`],
    ['Gid', `${gid}\t${gid}\t${gid}\t${gid}`],
    ['FDSize', 64],
    ['Groups', `${groups.join(' ')} `],
    ['Threads', 1],
  ]
  return lines.map(([key, value]) => `${key}:\t${value}\n`).join('')
}

function mountsText(shell: Shell): ByteText {
  return shell.world.files
    .mounts()
    .map(({ source, path, type, readOnly }) => `${source} ${path} ${type} ${readOnly ? 'ro' : 'rw'},relatime 0 0\n`)
    .join('')
}

/** Writes what goes into a file, and remembers what went wrong until somebody asks. */
class FileSink implements Sink {
  readonly #path: string
  readonly #shell: Shell
  #failure: FsErrorCode | undefined

  constructor(path: string, shell: Shell) {
    this.#path = path
    this.#shell = shell
  }

  write(bytes: ByteText): void {
    this.#shell.budget.spendBytes(bytes.length)
    const written = this.#shell.world.files.appendFile(this.#path, byteTextToBytes(bytes))
    if (!written.ok) this.#failure ??= written.code
  }

  takeFailure(): FsErrorCode | undefined {
    const failure = this.#failure
    this.#failure = undefined
    return failure
  }
}

/** Nothing fits into it. Source: full(4). */
class FullSink implements Sink {
  #isTried = false

  write(bytes: ByteText): void {
    if (bytes !== '') this.#isTried = true
  }

  takeFailure(): FsErrorCode | undefined {
    const wasTried = this.#isTried
    this.#isTried = false
    return wasTried ? 'ENOSPC' : undefined
  }
}

/** What `>(...)` will read. */
class ReaderSink implements Sink {
  readonly #reader: Shell['readers'][number]
  readonly #shell: Shell

  constructor(reader: Shell['readers'][number], shell: Shell) {
    this.#reader = reader
    this.#shell = shell
  }

  write(bytes: ByteText): void {
    this.#shell.budget.spendBytes(bytes.length)
    this.#reader.written += bytes
  }
}

/** The script of `>(...)` that a path stands for, of this shell or one around it. */
function readerOf(path: string, shell: Shell): Shell['readers'][number] | undefined {
  for (let each: Shell | undefined = shell; each !== undefined; each = each.parent) {
    const found = each.readers.find((one) => one.path === path)
    if (found !== undefined) return found
  }
  return undefined
}

/** What writes to a path; the error where it cannot be made. */
export function openOutput(path: ByteText, appends: boolean, shell: Shell, streams: Streams): Sink | FsErrorCode {
  const { files, main } = shell.world
  switch (shell.logicalPath(path)) {
    case '/dev/null':
    case '/dev/zero':
    case '/dev/tty':
      return nowhere
    case '/dev/full':
      return new FullSink()
    case '/dev/stdout':
    case '/dev/fd/1':
    case '/proc/self/fd/1':
      return streams.out
    case '/dev/stderr':
    case '/dev/fd/2':
    case '/proc/self/fd/2':
      return streams.err
    case '/proc/1/fd/1':
      return main?.out ?? streams.out
    case '/proc/1/fd/2':
      return main?.err ?? streams.err
  }
  const reader = readerOf(shell.logicalPath(path), shell)
  if (reader !== undefined) return new ReaderSink(reader, shell)
  const at = shell.path(path)
  const opened: FsResult = appends ? files.appendFile(at, new Uint8Array(0)) : files.writeFile(at, new Uint8Array(0))
  return opened.ok ? new FileSink(at, shell) : opened.code
}

/** A file to be read and written, which is made where it is absent and keeps what it holds; what is written goes to its end. */
export function openBoth(path: ByteText, shell: Shell, streams: Streams): Input | FsErrorCode {
  const sink = openOutput(path, true, shell, streams)
  if (typeof sink === 'string') return sink
  const input = openInput(path, shell, streams)
  return input instanceof Input ? new ReadAndWritten(input, sink) : input
}

class ReadAndWritten extends Input implements Sink {
  readonly #sink: Sink

  constructor(input: Input, sink: Sink) {
    super('', { read: () => input.chunk() })
    this.#sink = sink
  }

  write(bytes: ByteText): void {
    this.#sink.write(bytes)
  }

  takeFailure(): FsErrorCode | undefined {
    return this.#sink.takeFailure?.()
  }
}

/** Whether something lies under a path that is a device or a stream, for `test` and `ls`. */
export function isDevice(at: string): boolean {
  return /^\/dev\/(?:null|zero|full|random|urandom|tty|stdin|stdout|stderr|fd\/\d+)$/.test(at)
}
