import { image } from '../../shell/image.ts'
import { exitAfter, type Program, serveForever } from '../../shell/program.ts'
import type { RuntimeTimings } from './cri.ts'
import type { Registry } from './registry.ts'

/**
 * The runtime and registry that the recorded timelines were made with: sandboxes and containers are records, no program
 * runs. Source: vectors/README-timelines.md, "What was real, what was faked".
 */

/** A container that is stopped ends 0.1 s later with the exit code of an unhandled SIGTERM. */
const termination = { afterMs: 100, exitCode: 143 } as const
const slowPullMs = 8000

export const recordingTimings: RuntimeTimings = {
  sandboxMs: 50,
  createContainerMs: 0,
  startContainerMs: 0,
  stopMs: termination.afterMs,
  pullMs: 200,
}

const puller = { username: 'puller', password: 'right' } as const

/** `exit-after N [code]`, `term-after N`; everything else runs until it is stopped. */
export function recordedProgram(argv: readonly string[]): Program {
  const [command, seconds = '0', code = '0'] = argv
  switch (command) {
    case 'exit-after':
      return exitAfter(Number(seconds) * 1000, Number(code), termination)
    case 'term-after':
      return serveForever({ afterMs: Number(seconds) * 1000, exitCode: 0 })
    default:
      return serveForever(termination)
  }
}

/** The registry of the recordings: names say how an image behaves. */
export function createRecordingRegistry(): Registry {
  const definition = image('recorded', recordedProgram, { sizeBytes: 1000 })
  return {
    pullMs: (name) => (name.includes('slow') ? slowPullMs : recordingTimings.pullMs),
    pull(name, credential) {
      if (name.includes('absent')) return { ok: false, message: `manifest for ${name} not found: manifest unknown` }
      if (!name.includes('private')) return { ok: true, image: definition }
      if (credential === undefined)
        return {
          ok: false,
          message: `pull access denied for ${name}, repository does not exist or may require authorization: no basic auth credentials`,
        }
      return credential.username === puller.username && credential.password === puller.password
        ? { ok: true, image: definition }
        : { ok: false, message: `failed to authorize ${name}: incorrect username or password` }
    },
    preloaded: (name) => (name.startsWith('local/') ? definition : undefined),
  }
}
