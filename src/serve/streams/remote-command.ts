import type { Connection, SessionEnd } from '../../sim/container-sessions.ts'
import type { Room } from '../room.ts'

/** One end of a session as a client sees it: WebSocket channels or SPDY streams. */
export interface CommandWire {
  write(stream: 'stdout' | 'stderr', bytes: Uint8Array): void
  /** The Status that says how it ended, and the end. */
  finish(status: object): void
}

/** What comes from the client. */
export interface CommandInput {
  data(bytes: Uint8Array): void
  end(): void
  gone(): void
}

type SessionConnection = Extract<Connection, { kind: 'session' }>

/** Runs a command for a client. */
export function runCommand({ clock, complain }: Room, connection: SessionConnection, wire: CommandWire): CommandInput {
  const { streams } = connection
  let isOver = false
  const guarded = (work: () => void): void => {
    try {
      clock.catchUp()
      work()
      clock.changed()
    } catch (error) {
      complain('a command in a container', error)
    }
  }
  let session: ReturnType<SessionConnection['open']> | undefined
  guarded(() => {
    session = connection.open({
      write(stream, bytes) {
        if (!isOver && streams[stream]) wire.write(stream, bytes)
      },
      ended(end) {
        if (isOver) return
        isOver = true
        wire.finish(statusOf(end))
      },
    })
  })
  return {
    data: (bytes) => guarded(() => session?.send(bytes)),
    end: () => guarded(() => session?.endInput()),
    gone() {
      if (isOver) return
      isOver = true
      guarded(() => session?.stop())
    },
  }
}

/** Source: kubelet pkg/cri/streaming/remotecommand/exec.go, ServeExec. */
function statusOf(end: SessionEnd): object {
  if (end.kind === 'exited' && end.code === 0) return { metadata: {}, status: 'Success' }
  if (end.kind === 'failed')
    return { metadata: {}, status: 'Failure', message: end.message, reason: 'InternalError', code: 500 }
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${end.code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(end.code) }] },
  }
}
