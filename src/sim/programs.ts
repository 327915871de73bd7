import type { Pod } from '../api/types/core.ts'
import type { HttpAnswer, ProgramServer } from '../client/server.ts'
import { findContainer } from '../looks/containers.ts'
import type { RunningProgram } from '../node/runtime/cri.ts'
import { fromByteText } from '../shell/byte-text.ts'
import type { WireRequest } from '../shell/net/network.ts'
import type { ContainerWorld } from './container-requests.ts'

/**
 * What the programs of a Pod answer on a port. Of most of them podsim knows whether one serves there, and whether it is well, no more;
 * those that have words of their own say them.
 */
export function createProgramServer({ cluster }: ContainerWorld): ProgramServer {
  return ({ pod, port, path, method = 'GET', headers = new Map() }) => {
    for (const { name } of containersOf(pod)) {
      const found = findContainer(cluster, pod, name)
      if (found?.container.state !== 'running') continue
      const programs = found.machine.runtime.programsAt({ uid: pod.metadata.uid ?? '' }) ?? []
      const speaker = programs.find((each) => each.container === name && each.answers && each.listens(port))
      if (speaker !== undefined) return ownAnswer(speaker, { port, path, method, headers })
      const { ok, output } = found.machine.runtime.probe(found.container.id, { kind: 'http', port, path })
      if (/ connect: connection refused$/.test(output)) continue
      return programAnswer(ok, output)
    }
    return undefined
  }
}

/** Init containers that go on (sidecars) may serve, too. */
function containersOf({ spec }: Pod): readonly { readonly name: string }[] {
  return [...(spec.initContainers ?? []), ...spec.containers]
}

/** A status alone is told in podsim's words. */
function ownAnswer(program: RunningProgram, asked: Omit<WireRequest, 'body' | 'from'>): HttpAnswer | undefined {
  const reply = program.ask({ ...asked, body: '', from: 'node' })
  if (reply === undefined) return undefined
  const isWell = reply.status >= 200 && reply.status < 400
  const text = isWell ? '' : `HTTP probe failed with statuscode: ${reply.status}`
  if (reply.body === '' && reply.headers === undefined) return programAnswer(isWell, text)
  return {
    code: reply.status,
    headers: { 'content-type': 'text/plain', ...reply.headers },
    body: fromByteText(reply.body),
  }
}

function programAnswer(isWell: boolean, text: string): HttpAnswer {
  const body = text === '' ? (isWell ? 'ok\n' : 'failed\n') : `${text}\n`
  return { code: isWell ? 200 : 500, headers: { 'content-type': 'text/plain' }, body }
}
