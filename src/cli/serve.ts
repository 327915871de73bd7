import { plain } from '../report/text.ts'
import type { Scenario } from '../scenario/model.ts'
import type { Settings } from '../scenario/variables/parameters.ts'
import type { ClockKind } from '../serve/clock.ts'
import { clusterToServe, minorOf } from '../serve/cluster-options.ts'
import { writeKubeconfig } from '../serve/kubeconfig.ts'
import { Recorder } from '../serve/recorder.ts'
import { type RunningServer, type ServerOptions, startServer } from '../serve/server.ts'
import { parseDuration } from '../sim/duration.ts'
import type { KubernetesVersion } from '../versions/version.ts'
import { exitCodes } from './exit-codes.ts'
import { oneRun } from './one-run.ts'
import type { Output } from './output.ts'
import { readScenarioFile } from './scenario-files.ts'
import type { WatchedServer } from './serve-watched.ts'

/** Options of `podsim serve` as serve-command.ts declares them to the argument parser. */
export interface ServeFlags {
  readonly port?: number
  readonly kubeconfig?: string
  readonly clock: ClockKind
  readonly speed: number
  readonly at?: string
  readonly record?: string
  readonly seed?: string
  readonly set?: Settings
  readonly version?: KubernetesVersion
  /** Watch it in the terminal. */
  readonly ui?: boolean
}

const speedMax = 1000

/** `podsim serve`: until ctrl-C, or a polite kill. */
export async function serve(file: string | undefined, flags: ServeFlags, output: Output): Promise<number> {
  const complaint = complaintAbout(file, flags)
  if (complaint !== undefined) {
    output.err(plain`error: ${complaint}\n`)
    return exitCodes.usage
  }
  const scenario = file === undefined ? undefined : loaded(file, flags, output)
  if (file !== undefined && scenario === undefined) return exitCodes.usage
  const { at, version, seed, record, ui = false } = flags
  // With a screen, the screen hears of signals.
  const stopped = ui ? undefined : nextSignal()
  const { served, made } = clusterToServe({
    scenario,
    at: at === undefined ? undefined : parseDuration(at),
    version,
    seed,
    epoch: new Date().toISOString(),
    isWatched: ui && record === undefined,
  })
  const recorder = record === undefined ? undefined : recording(record, made, minorOf(served), output)
  if (recorder === 'refused') return exitCodes.usage
  const broken: string[] = []
  const complain = (what: string, error: unknown): void => {
    const text = `${what}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`
    if (ui) broken.push(text)
    else output.err(plain`podsim is broken: ${text}\n`)
  }
  const server = await listening(served, { ...flags, recorder, complain }, output)
  if (server === undefined) return exitCodes.usage
  const kubeconfig = writeKubeconfig(server, flags.kubeconfig)
  tellHow(server, kubeconfig.path, served.sim.list('Node').length, output)
  const code = await (stopped ??
    watched({ served, server, scenario, path: kubeconfig.path, record, seed: made.seed }, output))
  await server.close()
  kubeconfig.remove()
  for (const text of broken) output.err(plain`podsim is broken: ${text}\n`)
  if (record !== undefined) output.out(plain`recorded as ${record}, digest ${served.sim.journal.digest()}\n`)
  return code
}

/** The player's view of it, which only this loads. */
async function watched(
  { record, ...server }: Omit<WatchedServer, 'isRecorded'> & { readonly record: string | undefined },
  output: Output,
): Promise<number> {
  const { watchServed } = await import('./serve-watched.ts')
  return watchServed({ ...server, isRecorded: record !== undefined }, output)
}

/** A recording that has begun, or a word on why its file cannot be written. */
function recording(
  path: string,
  made: ConstructorParameters<typeof Recorder>[1],
  minor: number,
  output: Output,
): Recorder | 'refused' {
  try {
    return new Recorder(path, made, minor)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
    if (code === undefined) throw error
    output.err(plain`error: ${path} cannot be written anew (${code})\n`)
    return 'refused'
  }
}

function complaintAbout(
  file: string | undefined,
  { at, record, speed, clock, port, ui }: ServeFlags,
): string | undefined {
  if (ui === true && !(process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb'))
    return '--ui needs a terminal for input and output'
  if (at !== undefined && file === undefined) return '--at needs a scenario whose steps are run until then'
  if (at !== undefined && parseDuration(at) === undefined)
    return `--at ${JSON.stringify(at)} is no time; expected one such as 5m or 2m15s`
  if (at !== undefined && record !== undefined)
    return '--record writes what is done from the start of a cluster; with --at there would be steps before it'
  if (speed > speedMax) return `--speed is ${speed}; expected a whole number from 1 to ${speedMax}`
  if (speed !== 1 && clock !== 'wall') return `--speed is of the clock "wall"; the clock is "${clock}"`
  return port !== undefined && port > 65_535 ? `--port is ${port}; expected one from 1 to 65535` : undefined
}

function loaded(file: string, { set }: ServeFlags, output: Output): Scenario | undefined {
  return oneRun(readScenarioFile(file, set), set, output)
}

async function listening(
  served: Parameters<typeof startServer>[0],
  { port = 0, clock, speed, recorder, complain }: ServeFlags & Pick<ServerOptions, 'recorder' | 'complain'>,
  output: Output,
): Promise<RunningServer | undefined> {
  try {
    return await startServer(served, { port, clock, speed, recorder, complain })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
    if (code === undefined) throw error
    output.err(plain`error: port ${port} cannot be listened on (${code})\n`)
    return undefined
  }
}

const clockWords: Readonly<Record<ClockKind, string>> = {
  wall: 'Time goes by as on the wall.',
  manual: 'Time stands still until it is told to go on: POST /podsim/v1/clock {"advance": "5s"}.',
  settle: 'After each change time goes by until all is at rest.',
}

function tellHow(server: RunningServer, path: string, nodes: number, output: Output): void {
  const { url, clock } = server
  output.out(plain`podsim serves a cluster of ${nodes} ${nodes === 1 ? 'node' : 'nodes'} at ${url}\n\n`)
  output.out(plain`  export KUBECONFIG=${path}\n  kubectl get nodes\n\n${clockWords[clock.kind]} ctrl-C ends it.\n`)
}

/** The exit code that belongs to the signal which ends the command; a second one does not wait. */
async function nextSignal(): Promise<number> {
  const codes = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const
  return new Promise((resolve) => {
    for (const [signal, code] of Object.entries(codes))
      process.on(signal, () => {
        resolve(code)
        process.on(signal, () => process.exit(code))
      })
  })
}
