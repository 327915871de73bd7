import type { ContainerEntry } from './container.ts'
import type { PodSandbox, RunningProgram } from './cri.ts'

/** What runs of containers of one sandbox. */
export function runningPrograms(entries: readonly ContainerEntry[], sandbox: PodSandbox): readonly RunningProgram[] {
  return entries.flatMap((entry) => (isOf(entry, sandbox) ? [programOf(entry)] : []))
}

function isOf({ config, state, hasBegun }: ContainerEntry, { id }: PodSandbox): boolean {
  return config.sandboxId === id && state === 'running' && hasBegun
}

function programOf(entry: ContainerEntry): RunningProgram {
  const { program, context, sandbox, config } = entry
  const assumedPorts = context && program?.assumedPorts?.(context)
  return {
    sandbox,
    container: config.name,
    assumedPorts,
    answers: assumedPorts === undefined && program?.request !== undefined,
    listens: (port) => entry.probe({ kind: 'tcp', port }).ok,
    ask(request) {
      if (context === undefined) return undefined
      if (program?.request !== undefined) return program.request(context, request)
      const { port, path } = request
      const { ok } = entry.probe({ kind: 'http', port, path })
      return { status: ok ? 200 : 500, body: ok ? 'ok\n' : 'failed\n' }
    },
  }
}
