import type { Unsubscribable } from 'rxjs'
import { saysYes } from '../api/query-truth.ts'
import type { RunningApiServer } from '../apiserver/create-api-server.ts'
import type { ContainerCall, HttpAnswer, ProgramRequest, ProgramServer } from '../client/server.ts'
import { goQuote } from '../go/quote.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { type FoundContainer, findContainer } from '../looks/containers.ts'
import { bytesToByteText, byteTextToBytes } from '../shell/byte-text.ts'
import { PipedInput, Terminal } from '../shell/terminal.ts'
import { type ContainerWorld, execFailedText, notAttached, notExecuted } from './container-requests.ts'
import { simHttpRequest } from './http-request.ts'
import type { SimRequest } from './sim.ts'

/** How a command in a container ended, or why none was begun. */
export type SessionEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'failed'; readonly message: string }

/** The other end of a session: what it writes, and how it ends. */
export interface SessionEars {
  write(stream: 'stdout' | 'stderr', bytes: Uint8Array): void
  ended(end: SessionEnd): void
}

/** A session that goes on. What is sent to it happens at once, in events of the simulation. */
export interface Session {
  send(bytes: Uint8Array): void
  endInput(): void
  /** The client has gone: the command is ended. */
  stop(): void
}

/** What a client that asks for a container may do. */
export type Connection =
  | {
      readonly kind: 'session'
      /** Streams that the client asked for. */
      readonly streams: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean }
      open(ears: SessionEars): Session
    }
  | {
      readonly kind: 'ports'
      /** What a program of the Pod answers to a request of HTTP on a port. */
      ask(port: number, request: Pick<ProgramRequest, 'path' | 'method' | 'headers'>): PortAnswer
    }

/** An answer of a program that serves, or why nobody answers. */
export type PortAnswer =
  | { readonly ok: true; readonly answer: HttpAnswer }
  | { readonly ok: false; readonly message: string }

/** What sessions need of a simulation. */
export interface SessionWorld extends ContainerWorld {
  readonly kernel: Kernel
  readonly server: RunningApiServer
  readonly programs: ProgramServer
  /** Runs what is due now. */
  readonly run: () => void
}

/** Connections to containers, for whoever carries them to clients: `kubectl exec`, `attach`, `port-forward`. */
export function createConnect(world: SessionWorld): (request: SimRequest) => HttpAnswer | Connection {
  return (request) => {
    const call = world.server.connect(simHttpRequest(request))
    if ('code' in call) return call
    if (call.subresource === 'portforward') return ports(world, call)
    // The kubelet says so before any stream is there. Source: pkg/kubelet/kubelet_pods.go, GetExec; streaming/errors.go, WriteError.
    const found = containerOf(world, call)
    if (found?.container.state === 'running') return session(world, call)
    return {
      code: 500,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: missingText(call),
    }
  }
}

function missingText({ subresource, pod, container }: ContainerCall): string {
  const { name, namespace = '' } = pod.metadata
  return (subresource === 'attach' ? notAttached : notExecuted)({ pod: name ?? '', namespace, container })
}

function isAsked({ query }: ContainerCall, name: string): boolean {
  return saysYes(query.get(name)?.[0])
}

function containerOf({ cluster }: SessionWorld, { pod, container }: ContainerCall): FoundContainer | undefined {
  return findContainer(cluster, pod, container === '' ? undefined : container)
}

function session(world: SessionWorld, call: ContainerCall): Connection {
  const streams = {
    stdin: isAsked(call, 'stdin'),
    stdout: isAsked(call, 'stdout'),
    stderr: isAsked(call, 'stderr'),
  }
  return {
    kind: 'session',
    streams,
    open: (ears) => (call.subresource === 'attach' ? attached(world, call, ears) : executed(world, call, ears)),
  }
}

function executed(world: SessionWorld, call: ContainerCall, ears: SessionEars): Session {
  const isTerminal = isAsked(call, 'tty')
  const shown = (bytes: string): void => ears.write('stdout', byteTextToBytes(bytes))
  const input = isTerminal ? new Terminal(shown) : new PipedInput()
  const hasInput = isAsked(call, 'stdin')
  let running: Unsubscribable | undefined
  const act = actIn(world)
  act(() => {
    const found = containerOf(world, call)
    if (found === undefined || found.container.state !== 'running') {
      ears.ended({ kind: 'failed', message: missingText(call) })
      return
    }
    const begun = found.machine.runtime.openExec(found.container.id, call.query.get('command') ?? [], {
      input: hasInput ? input : undefined,
      write: (stream, bytes) =>
        isTerminal ? shown(Terminal.shown(bytes)) : ears.write(stream, byteTextToBytes(bytes)),
      ended: (code) => ears.ended({ kind: 'exited', code }),
    })
    if (begun.ok) running = begun.value
    else ears.ended({ kind: 'failed', message: execFailedText(begun.message) })
  })
  return {
    send: (bytes) => act(() => input.type(bytesToByteText(bytes))),
    endInput: () => act(() => input.close()),
    stop: () => act(() => running?.unsubscribe()),
  }
}

/** Somebody is at the container's first process. */
function attached(world: SessionWorld, call: ContainerCall, ears: SessionEars): Session {
  const found = containerOf(world, call)
  const attachment = found?.machine.runtime.attach(found.container.id, {
    write: (stream, bytes) => ears.write(stream, byteTextToBytes(bytes)),
    ended: (code) => ears.ended({ kind: 'exited', code }),
  })
  if (attachment === undefined) {
    ears.ended({ kind: 'failed', message: missingText(call) })
    return { send() {}, endInput() {}, stop() {} }
  }
  const act = actIn(world)
  const isFed = isAsked(call, 'stdin')
  return {
    send: (bytes) => act(() => isFed && attachment.type(bytesToByteText(bytes))),
    endInput: () => act(() => isFed && attachment.endInput()),
    stop: () => act(() => attachment.leave()),
  }
}

function actIn({ kernel, run }: SessionWorld): (work: () => void) => void {
  return (work) => {
    kernel.schedule(0, work)
    run()
  }
}

function ports({ programs }: SessionWorld, { pod }: ContainerCall): Connection {
  return {
    kind: 'ports',
    ask(port, request) {
      const answer = programs({ pod, port, ...request })
      if (answer !== undefined) return { ok: true, answer }
      // Source: pkg/kubelet/cri/streaming/portforward; containerd pkg/cri/streamingserver, portForward.
      const inside = `failed to connect to localhost:${port} inside namespace`
      const podId = pod.metadata.uid ?? ''
      return {
        ok: false,
        message: `failed to execute portforward in network namespace for pod ${goQuote(podId)}: ${inside}: dial tcp4 127.0.0.1:${port}: connect: connection refused`,
      }
    },
  }
}
