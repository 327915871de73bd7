import { utf8Bytes, utf8Text } from '../../bytes/bytes.ts'
import { basename, dirname } from '../../fs/path.ts'
import { mapped } from '../../kernel/mapped.ts'
import type { Once } from '../../kernel/once.ts'
import type { Steps } from '../../kernel/steps.ts'
import { fromByteText, toByteText } from '../../shell/byte-text.ts'
import type { WireReply, WireRequest } from '../../shell/net/network.ts'
import type {
  ImageDefinition,
  ProbeAnswer,
  ProbeRequest,
  ProcessContext,
  Program,
  ProgramRun,
  Termination,
} from '../../shell/program.ts'
import { busyboxPrograms } from '../../shell/shell-program.ts'
import { type Duration, millisecondsOf } from '../input/formats.ts'
import { describeValue } from '../input/words.ts'
import { SimUsageError } from '../usage-error.ts'
import { type Owner, ownedBy } from './mistakes.ts'
import { ownSteps } from './own-steps.ts'

/** A request that reaches a port of a container: of a program of another container, a probe of its kubelet, a hook. */
export interface ServedRequest {
  readonly port: number
  /** With its query. */
  readonly path: string
  /** `GET`, `POST`. */
  readonly method: string
  /** By names in lower case, as text. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The address that it comes from; of probes and hooks `node`. */
  readonly from: string
}

/** What a handler answers: a status code, or more. */
export interface ServedReply {
  /** Of HTTP, from 100 to 599. */
  readonly status: number
  /** Default: nothing. */
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What answers on a port. */
export type RequestHandler = (request: ServedRequest) => number | ServedReply

/** What a program of one's own has to do with the world. All of it takes virtual time only. */
export interface OwnProcess {
  /** The arguments that the Pod gives. */
  readonly args: readonly string[]
  readonly env: ReadonlyMap<string, string>
  readonly hostname: string
  /** A file as the container sees it, as text; undefined if there is none that it may read. */
  readFile(path: string): string | undefined
  /** Writes a file, which is made if it is absent. Says whether it could. */
  writeFile(path: string, text: string): boolean
  /** Names in a directory, in bytewise order; undefined if there is none. */
  listDirectory(path: string): readonly string[] | undefined
  /**
   * Answers when the directory that holds the file changes, as a watch by inotify tells it: that is how an update of a
   * mounted Secret is seen. Files of subPath mounts never change.
   */
  changed(path: string): Once<void>
  /** A line into the container's log. */
  log(text: string): void
  /** The same on standard error. */
  error(text: string): void
  /**
   * Serves HTTP on a port: the handler gives the status code, or an answer with status, body and headers. Probes of TCP find the port open. Nobody listens anywhere
   * before this is called.
   */
  serve(port: number, handler: RequestHandler): void
  /**
   * What SIGTERM does: how long it then takes to end, and with which exit code; or nothing, so that it is killed after the
   * grace period. It ends with 0 after 100ms unless this says otherwise.
   */
  onTerm(termination: 'ignored' | { readonly after?: Duration; readonly exitCode?: number }): void
  /** What the node's clock says, in milliseconds since 1970. */
  epochNow(): number
}

/** A program of one's own: a generator that waits by `yield*` and gives its exit code, 0 if it gives none. */
export type OwnProgram = (proc: OwnProcess) => Steps<number | undefined> | Steps<void> | Steps<never>

/** What an image is whose containers run a program of somebody's own when the Pod gives no command. */
export function ownProgramImage(
  image: string,
  body: OwnProgram,
  epochMs: number,
): Pick<ImageDefinition, 'program' | 'entrypoint' | 'cmd'> {
  const command = basename(image.replace(/[:@].*$/, '')) || 'program'
  const program = new BodyProgram(image, body, epochMs)
  return {
    entrypoint: [command],
    cmd: [],
    program: (argv, files) => (argv[0] === command ? program : busyboxPrograms(argv, files)),
  }
}

/** What a process of the program has set. */
interface Running {
  readonly owner: Owner
  readonly handlers: Map<number, RequestHandler>
  termination: Termination
}

class BodyProgram implements Program {
  readonly #image: string
  readonly #body: OwnProgram
  readonly #epochMs: number
  /** One program serves all containers: what each has set is kept by its process. */
  readonly #running = new WeakMap<ProcessContext, Running>()

  constructor(image: string, body: OwnProgram, epochMs: number) {
    this.#image = image
    this.#body = body
    this.#epochMs = epochMs
  }

  *run(task: ProcessContext): ProgramRun {
    const running: Running = {
      owner: {
        name: `program of image ${this.#image} in ${task.hostname}`,
        now: () => task.epochNow() - this.#epochMs,
      },
      handlers: new Map(),
      termination: { afterMs: 100, exitCode: 0 },
    }
    this.#running.set(task, running)
    const given: unknown = yield* ownSteps<unknown>(running.owner, () => this.#body(processOf(task, running)))
    return ownedBy(running.owner, () => exitCodeOf(given))
  }

  onTerm(task: ProcessContext): Termination {
    return this.#running.get(task)?.termination ?? { afterMs: 100, exitCode: 0 }
  }

  probe(task: ProcessContext, { kind, port, path = '/' }: ProbeRequest): ProbeAnswer | undefined {
    const running = this.#running.get(task)
    const handler = running?.handlers.get(port)
    if (running === undefined || handler === undefined) return undefined
    if (kind === 'tcp') return { ok: true, output: '', isPlain: true }
    const asked = { port, path, method: 'GET', headers: {}, body: '', from: 'node' }
    const { status: code } = ownedBy(running.owner, () => replyOf(handler(asked)))
    // Source: pkg/probe/http/http.go, DoHTTPProbe.
    return code >= 200 && code < 400
      ? { ok: true, output: '', isPlain: true }
      : { ok: false, output: `HTTP probe failed with statuscode: ${code}`, isPlain: true }
  }

  request(task: ProcessContext, { headers, body, ...asked }: WireRequest): WireReply | undefined {
    const running = this.#running.get(task)
    const handler = running?.handlers.get(asked.port)
    if (running === undefined || handler === undefined) return undefined
    const texts = Object.fromEntries([...headers].map(([name, value]) => [name, fromByteText(value)]))
    const request: ServedRequest = { ...asked, headers: texts, body: fromByteText(body) }
    const reply = ownedBy(running.owner, () => replyOf(handler(request)))
    return { ...reply, body: toByteText(reply.body ?? '') }
  }
}

function processOf(task: ProcessContext, running: Running): OwnProcess {
  const { files } = task
  return {
    args: task.argv.slice(1),
    env: task.env,
    hostname: task.hostname,
    readFile(path) {
      const content = files.readFile(path)
      return content.ok ? utf8Text(content.value) : undefined
    },
    writeFile: (path, text) => files.writeFile(path, utf8Bytes(text)).ok,
    listDirectory(path) {
      const names = files.readdir(path)
      return names.ok ? names.value : undefined
    },
    changed: (path) => mapped(task.changed(dirname(path)), () => undefined),
    log: (text) => task.write('stdout', toByteText(`${text}\n`)),
    error: (text) => task.write('stderr', toByteText(`${text}\n`)),
    serve(port, handler) {
      if (!Number.isInteger(port) || port < 1 || port > 65_535)
        throw new SimUsageError(`serve: port is ${describeValue(port)}; expected a whole number from 1 to 65535`)
      running.handlers.set(port, handler)
    },
    onTerm(termination) {
      running.termination =
        termination === 'ignored'
          ? termination
          : { afterMs: millisecondsOf(termination.after ?? 100), exitCode: exitCodeOf(termination.exitCode) }
    },
    epochNow: () => task.epochNow(),
  }
}

function exitCodeOf(given: unknown): number {
  if (given === undefined) return 0
  if (typeof given === 'number' && Number.isInteger(given) && given >= 0 && given <= 255) return given
  throw new SimUsageError(`the exit code is ${describeValue(given)}; expected a whole number from 0 to 255, or nothing`)
}

function replyOf(given: unknown): ServedReply {
  if (typeof given !== 'object' || given === null) return { status: statusCodeOf(given) }
  const { status, body, headers } = given as Partial<Record<keyof ServedReply, unknown>> // looked at below
  if (body !== undefined && typeof body !== 'string')
    throw new SimUsageError(`the body of an answer is ${describeValue(body)}; expected text`)
  const isTexts =
    typeof headers === 'object' &&
    headers !== null &&
    Object.values(headers).every((value) => typeof value === 'string')
  if (headers !== undefined && !isTexts)
    throw new SimUsageError(`the headers of an answer are ${describeValue(headers)}; expected texts by name`)
  return {
    status: statusCodeOf(status),
    ...(body === undefined ? {} : { body }),
    ...(headers === undefined ? {} : { headers: headers as Readonly<Record<string, string>> }), // texts: seen above
  }
}

function statusCodeOf(given: unknown): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= 100 && given <= 599) return given
  throw new SimUsageError(
    `the handler of a port gives ${describeValue(given)}; expected an HTTP status code such as 200`,
  )
}
