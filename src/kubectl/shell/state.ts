/** What a running shell remembers, and the streams that its commands see. */
import type { VirtualFiles } from '../../fs/virtual-files.ts'
import { bytesToByteText, byteTextToBytes, fromByteText, toByteText } from './byte-text.ts'
import type { ShellHost } from './host.ts'
import type { Command } from './syntax.ts'

/** The run is over: too many commands, too much text. */
export class ShellLimit extends Error {
  override readonly name = 'ShellLimit'
}

/** `exit`, `return`, `break` and `continue` on their way out. */
export class ShellJump extends Error {
  override readonly name = 'ShellJump'
  readonly kind: 'exit' | 'return' | 'break' | 'continue'
  readonly value: number
  constructor(kind: ShellJump['kind'], value: number) {
    super(kind)
    this.kind = kind
    this.value = value
  }
}

/** Commands that one script may run. */
const maxCommands = 100_000
/** Bytes that a variable, a stream or a file of one script may grow to. */
const maxBytes = 64 * 1024 * 1024

/** Where a command writes to. */
export interface Sink {
  write(bytes: string): void
}

/** Collects what is written. */
export class BufferSink implements Sink {
  #parts: string[] = []
  #length = 0
  write(bytes: string): void {
    this.#length += bytes.length
    checkSize(this.#length)
    this.#parts.push(bytes)
  }
  text(): string {
    const text = this.#parts.join('')
    this.#parts = [text]
    return text
  }
}

/** Ends the run when a stream, file or variable of this many bytes is too big. */
export function checkSize(length: number): void {
  if (length > maxBytes) throw new ShellLimit('too much output')
}

/** What a command may read; commands that share it read on where the one before stopped. */
export class Input {
  #rest: string
  /** Whether it is a file, so that its size is known before it is read. */
  readonly isFile: boolean

  constructor(text: string, isFile = false) {
    this.#rest = text
    this.isFile = isFile
  }

  readAll(): string {
    const text = this.#rest
    this.#rest = ''
    return text
  }

  /** A line with its newline, if it has one; empty at the end. */
  readLine(): string {
    const end = this.#rest.indexOf('\n')
    const line = end < 0 ? this.#rest : this.#rest.slice(0, end + 1)
    this.#rest = this.#rest.slice(line.length)
    return line
  }
}

/** What a command is connected to. */
export interface Streams {
  /** Undefined: nothing is connected, which reads as empty. */
  readonly stdin: Input | undefined
  readonly out: Sink
  readonly err: Sink
}

/** Counters that subshells share with their parent. */
interface Meter {
  commands: number
}

/** Variables, functions, directory and files of a shell; paths are byte text. */
export class ShellState {
  readonly host: ShellHost
  readonly variables: Map<string, string>
  readonly exported: Set<string>
  readonly functions: Map<string, Command>
  readonly #meter: Meter
  /** Empty directories, which the files know nothing of. */
  readonly #directories: Set<string>
  directory: string
  positional: readonly string[]
  status = 0
  line = 1
  functionDepth = 0

  constructor(host: ShellHost, parent?: ShellState) {
    this.host = host
    this.variables = new Map(parent?.variables)
    this.exported = new Set(parent?.exported)
    this.functions = new Map(parent?.functions)
    this.directory = parent?.directory ?? host.files.workingDirectory
    this.positional = parent?.positional ?? []
    this.status = parent?.status ?? 0
    this.line = parent?.line ?? 1
    this.functionDepth = parent?.functionDepth ?? 0
    this.#meter = parent === undefined ? { commands: 0 } : parent.#meter
    this.#directories = parent === undefined ? new Set() : parent.#directories
    if (parent !== undefined) return
    for (const [name, value] of host.env) {
      this.variables.set(name, toByteText(value))
      this.exported.add(name)
    }
    this.variables.set('PWD', this.directory)
    this.exported.add('PWD')
  }

  subshell(): ShellState {
    return new ShellState(this.host, this)
  }

  countCommand(): void {
    if (++this.#meter.commands > maxCommands) throw new ShellLimit('too many commands')
  }

  setVariable(name: string, value: string): void {
    checkSize(value.length)
    this.variables.set(name, value)
  }

  get(name: string): string {
    return this.variables.get(name) ?? ''
  }

  environment(): ReadonlyMap<string, string> {
    const names = [...this.exported].filter((name) => this.variables.has(name))
    return new Map(names.map((name) => [name, fromByteText(this.get(name))]))
  }

  /** The absolute path of a byte text path, as the files know it. */
  path(path: string): string {
    return resolvePath(this.directory, fromByteText(path))
  }

  kind(path: string): 'file' | 'directory' | undefined {
    const absolute = this.path(path)
    if (/^\/dev\/(?:null|zero|stdin|stdout|stderr|tty)$/.test(absolute)) return 'file'
    return this.host.files.kind(absolute) ?? (this.#directories.has(absolute) ? 'directory' : undefined)
  }

  /** Content as byte text; undefined where there is no file. */
  read(path: string): string | undefined {
    const absolute = this.path(path)
    if (absolute === '/dev/null') return ''
    const bytes = this.host.files.read(absolute)
    return bytes === undefined ? undefined : bytesToByteText(bytes)
  }

  /** Writes a file; undefined when it went well, else why it did not. */
  write(path: string, content: string): string | undefined {
    const absolute = this.path(path)
    if (absolute === '/dev/null') return undefined
    if (this.kind(path) === 'directory') return 'Is a directory'
    const parent = absolute.slice(0, absolute.lastIndexOf('/')) || '/'
    const parentKind = parent === '/' ? 'directory' : this.kind(parent)
    if (parentKind === undefined) return 'No such file or directory'
    if (parentKind === 'file') return 'Not a directory'
    checkSize(content.length)
    this.host.files.write(absolute, byteTextToBytes(content))
    return undefined
  }

  makeDirectory(path: string): void {
    const absolute = this.path(path)
    for (let at = absolute.length; at > 0; at = absolute.lastIndexOf('/', at - 1)) {
      this.#directories.add(absolute.slice(0, at))
    }
  }

  remove(path: string): void {
    const absolute = this.path(path)
    this.host.files.remove(absolute)
    for (const name of [...this.#directories]) {
      if (name === absolute || name.startsWith(`${absolute}/`)) this.#directories.delete(name)
    }
  }

  /** Names in a directory, sorted bytewise; undefined where there is none. */
  list(path: string): readonly string[] | undefined {
    const absolute = this.path(path)
    if (this.kind(path) !== 'directory') return undefined
    const names = new Set(this.host.files.list(absolute) ?? [])
    const prefix = absolute === '/' ? '/' : `${absolute}/`
    for (const name of this.#directories) {
      if (name.startsWith(prefix) && name.length > prefix.length)
        names.add(name.slice(prefix.length).split('/')[0] ?? '')
    }
    return [...names].map(toByteText).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  }

  /** The files as a command started here sees them. */
  filesView(): VirtualFiles {
    const { files } = this.host
    const at = (path: string): string => resolvePath(this.directory, path)
    return {
      workingDirectory: this.directory,
      kind: (path) => (path === '/dev/null' ? 'file' : this.kind(toByteText(at(path)))),
      read: (path) => (path === '/dev/null' ? new Uint8Array() : files.read(at(path))),
      list: (path) => this.list(toByteText(at(path)))?.map(fromByteText),
      write: (path, content) => files.write(at(path), content),
      remove: (path) => this.remove(toByteText(at(path))),
    }
  }
}

/** The absolute path, without `.`, `..` and doubled slashes; nothing lies above the root. */
export function resolvePath(directory: string, path: string): string {
  const parts: string[] = path.startsWith('/') ? [] : directory.split('/').filter(Boolean)
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
