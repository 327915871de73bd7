import type { WebSocket } from 'ws'
import type { Connection } from '../../sim/container-sessions.ts'
import type { Room } from '../room.ts'
import { bytesOf } from './message-bytes.ts'
import { runCommand } from './remote-command.ts'

/** Channels, by the first byte of each message. Source: apimachinery pkg/util/remotecommand/constants.go. */
const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, close: 255 } as const

/** A command whose streams are channels of a WebSocket. Source: kubelet pkg/cri/streaming/remotecommand/websocket.go. */
export function webSocketCommand(
  room: Room,
  connection: Extract<Connection, { kind: 'session' }>,
  webSocket: WebSocket,
  end: () => void,
): void {
  const send = (channel: number, bytes: Uint8Array): void => {
    if (webSocket.readyState === webSocket.OPEN) webSocket.send(Buffer.concat([Buffer.from([channel]), bytes]))
  }
  // The client is told at once that its streams are there.
  for (const channel of [channels.stdout, channels.stderr, channels.error]) send(channel, Buffer.alloc(0))
  const command = runCommand(room, connection, {
    write: (stream, bytes) => send(channels[stream], bytes),
    finish(status) {
      send(channels.error, Buffer.from(JSON.stringify(status)))
      end()
    },
  })
  webSocket.on('message', (data) => {
    const message = bytesOf(data)
    if (message.length === 0) return
    const channel = message.readUInt8(0)
    if (channel === channels.stdin && message.length > 1) command.data(message.subarray(1))
    // Version 5 says by this that a stream is at its end.
    else if (channel === channels.close && message[1] === channels.stdin) command.end()
  })
  webSocket.on('close', () => command.gone())
}
