import type { Connection } from '../../sim/container-sessions.ts'
import type { Room } from '../room.ts'
import type { SpdyStream } from '../spdy/connection.ts'
import { type CommandInput, runCommand } from './remote-command.ts'

type Name = 'error' | 'stdin' | 'stdout' | 'stderr' | 'resize'

/** Takes the streams of a command, and runs it when all that the client asked for are there. Source: kubelet pkg/cri/streaming/remotecommand/httpstream.go. */
export function spdyCommand(
  room: Room,
  connection: Extract<Connection, { kind: 'session' }>,
  close: () => void,
): (stream: SpdyStream) => void {
  const streams = new Map<Name, SpdyStream>()
  const { stdin, stdout, stderr } = connection.streams
  const wanted: readonly Name[] = [
    'error',
    ...(stdin ? (['stdin'] as const) : []),
    ...(stdout ? (['stdout'] as const) : []),
    ...(stderr ? (['stderr'] as const) : []),
  ]
  let command: CommandInput | undefined
  /** What was typed before the command could begin. */
  const early: Buffer[] = []
  let isInputOver = false
  const begin = (): void => {
    command = runCommand(room, connection, {
      write: (stream, bytes) => streams.get(stream)?.write(bytes),
      finish(status) {
        streams.get('error')?.write(Buffer.from(JSON.stringify(status)))
        for (const stream of streams.values()) stream.end()
        close()
      },
    })
    for (const bytes of early) command.data(bytes)
    if (isInputOver) command.end()
  }
  return (stream) => {
    const name = stream.headers.get('streamtype') as Name | undefined // any other name is none that is waited for
    if (name === undefined) return
    streams.set(name, stream)
    if (name === 'stdin') {
      stream.data = (bytes) => {
        if (command === undefined) early.push(bytes)
        else command.data(bytes)
      }
      stream.ended = () => {
        isInputOver = true
        command?.end()
      }
    } else if (name === 'error') stream.ended = () => {}
    if (command === undefined && wanted.every((each) => streams.has(each))) begin()
  }
}
