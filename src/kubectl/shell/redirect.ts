/** Redirections. Source: POSIX XCU 2.7. */
import type { Expander } from './expand.ts'
import { BufferSink, Input, type ShellState, type Sink, type Streams } from './state.ts'
import type { Redirection } from './syntax.ts'

/** Streams with the files that redirections opened. */
export interface OpenStreams {
  readonly streams: Streams
  /** Writes what was collected for files; to be called when the command has ended, or after each piece of output. */
  flush(): void
}

/** A file that is written when it is flushed; it is emptied when it is opened. */
class FileSink implements Sink {
  readonly #buffer = new BufferSink()
  readonly #before: string
  readonly #path: string
  readonly #state: ShellState
  #isDirty = false

  constructor(path: string, before: string, state: ShellState) {
    this.#path = path
    this.#before = before
    this.#state = state
  }

  write(bytes: string): void {
    this.#buffer.write(bytes)
    this.#isDirty = true
  }

  flush(): void {
    if (this.#isDirty) this.#state.write(this.#path, this.#before + this.#buffer.text())
    this.#isDirty = false
  }
}

const nowhere: Sink = { write: () => {} }

/** Undefined when a file cannot be opened, which `complain` has been told. */
export function openStreams(
  redirections: readonly Redirection[],
  streams: Streams,
  state: ShellState,
  expander: Expander,
  complain: (message: string) => void,
): OpenStreams | undefined {
  let { stdin } = streams
  const sinks = new Map<number, Sink>([
    [1, streams.out],
    [2, streams.err],
  ])
  const files: FileSink[] = []
  const openFile = (path: string, appends: boolean): Sink | undefined => {
    const absolute = state.path(path)
    if (absolute === '/dev/null') return nowhere
    if (absolute === '/dev/stdout') return sinks.get(1)
    if (absolute === '/dev/stderr') return sinks.get(2)
    const before = appends ? (state.read(path) ?? '') : ''
    const problem = state.write(path, before)
    if (problem !== undefined) {
      complain(`${path}: ${problem}`)
      return undefined
    }
    const sink = new FileSink(absolute, before, state)
    files.push(sink)
    return sink
  }
  for (const { fd, operator, target } of redirections) {
    if (operator === '<<' || operator === '<<<') {
      stdin = new Input(expander.text(target) + (operator === '<<<' ? '\n' : ''))
      continue
    }
    const path = expander.text(target)
    if (operator === '<' || operator === '<>') {
      if (state.path(path) === '/dev/stdin') continue
      const content = state.read(path)
      if (content === undefined) {
        complain(`${path}: ${state.kind(path) === 'directory' ? 'Is a directory' : 'No such file or directory'}`)
        return undefined
      }
      stdin = new Input(content, true)
      continue
    }
    if (operator === '<&') {
      if (path === '-') stdin = new Input('')
      continue
    }
    if (operator === '>&' && /^\d$|^-$/.test(path)) {
      const source = path === '-' ? nowhere : sinks.get(Number(path))
      if (source === undefined) {
        complain(`${path}: Bad file descriptor`)
        return undefined
      }
      sinks.set(fd, source)
      continue
    }
    const sink = openFile(path, operator === '>>' || operator === '&>>')
    if (sink === undefined) return undefined
    if (operator === '&>' || operator === '&>>' || operator === '>&') {
      sinks.set(1, sink)
      sinks.set(2, sink)
    } else {
      sinks.set(fd, sink)
    }
  }
  return {
    streams: { stdin, out: sinks.get(1) ?? nowhere, err: sinks.get(2) ?? nowhere },
    flush: () => {
      for (const file of files) file.flush()
    },
  }
}
