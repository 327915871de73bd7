import { appendFileSync, writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { openEnvelope } from '../api/protobuf/decode.ts'
import { objectJson } from '../api/protobuf/object-json.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { StepSource } from '../scenario/actions.ts'
import { scenarioText, type WrittenScenario } from '../scenario/write-scenario.ts'
import { formatDuration } from '../sim/duration.ts'
import type { Fault, SimRequest } from '../sim/sim.ts'

/** What a recording says of the cluster that it was made of. */
export type RecordedCluster = Pick<WrittenScenario, 'seed' | 'cluster' | 'files'>

/** Writes down what changes the cluster, as a scenario that does it again. Each step is in the file as soon as it is done. */
export class Recorder {
  readonly #path: string
  readonly #minor: number

  /** Begins the file; there may be none of that name. */
  constructor(path: string, cluster: RecordedCluster, minor: number) {
    this.#path = path
    this.#minor = minor
    const text = scenarioText({ title: 'What was done to a served cluster', ...cluster, steps: [] })
    writeFileSync(path, text.replace(/\nsteps: \[\]\n$/, '\nsteps:\n'), { mode: 0o600, flag: 'wx' })
  }

  /** A request that may have changed something, and how it was answered. */
  request(at: VirtualMs, { method, path, user, headers = {}, contentType = '', body }: SimRequest, code: number): void {
    const { authorization, ...rest } = headers
    // Fields are owned by whom the request names; else by the program that sent it.
    const leftOut = ['accept', 'content-type', ...(/[?&]fieldManager=/.test(path) ? ['user-agent'] : [])]
    const kept = Object.entries({ ...rest, ...(authorization === undefined ? {} : { authorization }) }).filter(
      ([name]) => !leftOut.includes(name),
    )
    const written = body instanceof Uint8Array ? readable(body, contentType, this.#minor) : undefined
    this.#step({
      at: formatDuration(at),
      request: {
        // Other methods change nothing.
        method: method as 'POST',
        path,
        ...(user === undefined || user === 'admin' ? {} : { user }),
        ...(written === undefined || written.type === jsonType ? {} : { contentType: written.type }),
        ...(kept.length === 0 ? {} : { headers: Object.fromEntries(kept) }),
        ...(written === undefined ? {} : { body: written.body }),
      },
      ...(code < 400 ? {} : { output: { exitCode: 1 } }),
    })
  }

  /** A command that was run in a container, without what was typed into it. */
  exec(at: VirtualMs, namespace: string, pod: string, container: string | undefined, line: string): void {
    this.#step({
      at: formatDuration(at),
      exec: line,
      in: container === undefined ? pod : `${pod}/${container}`,
      ...(namespace === 'default' ? {} : { namespace }),
      continue: true,
    })
  }

  fault(at: VirtualMs, fault: Fault): void {
    // A file takes what the library takes, with durations as texts: as JSON has them.
    this.#step({ at: formatDuration(at), fault } as StepSource)
  }

  /** The run is to go on until now. */
  end(at: VirtualMs): void {
    this.#step({ at: formatDuration(at), say: 'The recording ends here.' })
  }

  #step(step: StepSource): void {
    const text = stringify([step], { lineWidth: 0, aliasDuplicateObjects: false })
    appendFileSync(this.#path, text.replace(/^(?=.)/gm, '  '))
  }
}

const jsonType = 'application/json'

interface Readable {
  readonly type: string
  readonly body: string | Record<string, unknown> | unknown[]
}

/** A body as people read it: JSON as what it says, where it says the same written out again; protobuf as its JSON. */
function readable(bytes: Uint8Array, contentType: string, minor: number): Readable {
  const type = contentType.split(';')[0]?.trim() || jsonType
  const envelope = openEnvelope(bytes)
  if (envelope !== undefined) return { type: jsonType, body: objectJson(envelope, minor) ?? {} }
  const text = Buffer.from(bytes).toString('utf8')
  const parsed = parsedJson(text)
  const isSame = parsed !== undefined && JSON.stringify(parsed) === text.trim()
  return { type, body: isSame ? parsed : text }
}

function parsedJson(text: string): Record<string, unknown> | unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value
    // An object has members by their names.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
