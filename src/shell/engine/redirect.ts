/** Redirections. Source: POSIX XCU 2.7; bash redir.c; busybox shell/ash.c, openredirect. */
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { openBoth, openInput, openOutput } from './devices.ts'
import type { Redirection } from './grammar/syntax.ts'
import type { Shell } from './shell.ts'
import { Input, nowhere, type Sink, Streams } from './streams.ts'
import { expandText } from './words/expand.ts'
import { type Expansion, ExpansionError } from './words/expansion.ts'

/** A file cannot be opened: what the shell says of it, and where: what was redirected before is so already. */
export interface Refused {
  readonly message: string
  readonly err: Sink
}

/** The same without where it is told. */
type Problem = Omit<Refused, 'err'>

/** The streams behind redirections, opened in order. */
export function* redirect(redirections: readonly Redirection[], at: Expansion): Steps<Streams | Refused> {
  let { streams } = at
  for (const redirection of redirections) {
    const target = yield* expandText(redirection.target, { ...at, streams })
    const opened = open(redirection, target, at.shell, streams)
    if (!(opened instanceof Streams)) return { ...opened, err: streams.err }
    streams = opened
  }
  return streams
}

function open({ fd, operator }: Redirection, target: ByteText, shell: Shell, streams: Streams): Streams | Problem {
  switch (operator) {
    case '<<':
    case '<<<':
      return place(streams, fd, new Input(operator === '<<<' ? `${target}\n` : target))
    case '<>': {
      const both = openBoth(target, shell, streams)
      return both instanceof Input ? place(streams, fd, both) : { message: shell.dialect.cannotWrite(target, both) }
    }
    case '<': {
      const input = openInput(target, shell, streams)
      if (input instanceof Input) return place(streams, fd, input)
      // A file that the image may have is there, and nobody knows what is in it.
      if (shell.world.assumed?.('<', [target]) !== undefined) return place(streams, fd, new Input(''))
      return { message: shell.dialect.cannotRead(target, input) }
    }
    case '<&':
    case '>&':
      if (/^\d+$|^-$/.test(target)) return duplicate(fd, target, shell, streams)
      if (operator === '<&' && shell.dialect.name === 'ash') throw new ExpansionError('redir error', 2)
      if (operator === '<&') return { message: shell.dialect.badDescriptor(target) }
  }
  const appends = operator === '>>' || operator === '&>>'
  if (
    operator === '>' &&
    shell.options.keepsFiles &&
    shell.world.files.stat(shell.path(target)).ok &&
    !target.startsWith('/dev/')
  )
    return {
      message:
        shell.dialect.name === 'bash'
          ? `${target}: cannot overwrite existing file`
          : `can't create ${target}: File exists`,
    }
  // Where nothing is known of an image, it has the directory that it writes into.
  shell.world.prepares?.('>', [target])
  const sink = openOutput(target, appends, shell, streams)
  if (typeof sink === 'string') return { message: shell.dialect.cannotWrite(target, sink) }
  if (operator === '&>' || operator === '&>>' || operator === '>&') return streams.with({ out: sink, err: sink })
  return place(streams, fd, sink)
}

function duplicate(fd: number, target: ByteText, shell: Shell, streams: Streams): Streams | Problem {
  if (target === '-') return closed(streams, fd)
  const source = streams.get(Number(target))
  if (source === undefined) return { message: shell.dialect.badDescriptor(target) }
  return place(streams, fd, source)
}

/** Nothing is open under a number of its own any more; what stands under 0 to 2 is nothing. */
function closed(streams: Streams, fd: number): Streams {
  if (fd === 0) return place(streams, fd, new Input(''))
  if (fd < 3) return place(streams, fd, nowhere)
  const others = new Map(streams.others)
  others.delete(fd)
  return new Streams(streams.stdin, streams.out, streams.err, others)
}

/** A stream under a number: what is written to cannot be read, which then is at its end, and the other way round. */
function place(streams: Streams, fd: number, stream: Input | Sink): Streams {
  if (fd === 0) return streams.with({ stdin: stream instanceof Input ? stream : new Input('') })
  if (fd === 1) return streams.with({ out: isSink(stream) ? stream : nowhere })
  if (fd === 2) return streams.with({ err: isSink(stream) ? stream : nowhere })
  const others = new Map(streams.others)
  others.set(fd, stream)
  return new Streams(streams.stdin, streams.out, streams.err, others)
}

function isSink(stream: Input | Sink): stream is Sink {
  return 'write' in stream
}

/** Whether a redirection failed. */
export function isRefused(opened: Streams | Refused): opened is Refused {
  return !(opened instanceof Streams)
}
