import type { Pod } from '../api/types/core.ts'
import type { HttpAnswer, ProgramServer } from '../client/server.ts'
import { findContainer } from '../looks/containers.ts'
import type { ContainerWorld } from './container-requests.ts'

/** What the programs of a Pod answer on a port: podsim knows whether one serves there, and whether it is well, no more. */
export function createProgramServer({ cluster }: ContainerWorld): ProgramServer {
  return ({ pod, port, path }) => {
    for (const { name } of containersOf(pod)) {
      const found = findContainer(cluster, pod, name)
      if (found?.container.state !== 'running') continue
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

function programAnswer(isWell: boolean, text: string): HttpAnswer {
  const body = text === '' ? (isWell ? 'ok\n' : 'failed\n') : `${text}\n`
  return { code: isWell ? 200 : 500, headers: { 'content-type': 'text/plain' }, body }
}
