import { sha256Hex } from '../bytes/hashes.ts'
import { dirname } from '../fs/path.ts'
import { forever, wait } from '../kernel/steps.ts'
import { byteTextToBytes, fromByteText, toByteText } from './byte-text.ts'
import { type GivenValue, givenValue } from './given-value.ts'
import type { ProbeAnswer, ProbeRequest, ProcessContext, Program, ProgramRun } from './program.ts'

/**
 * A small service that shows the ways in which programs use a Secret. Options:
 * `--file=PATH` reads a file, `--env=NAME` a variable; it ends with 1 if there is none, unless `--optional` is given.
 * `--reload=never|request|watch`: reads the file once, at each request, or when its directory changes (U1).
 * `--leak` writes the value into the log by mistake (S6); else the log has its size and the first digits of its SHA-256.
 * `--port=N` (8080): `/healthz` is always 200, everything else 200 while the Secret can be read, else 500.
 * `--crash-on-change` ends with 1 when a reload finds another value.
 */
export const secretReader: Program = {
  run: runReader,
  onTerm: () => ({ afterMs: 100, exitCode: 0 }),
  probe: answer,
}

interface Options {
  readonly file: string | undefined
  readonly env: string | undefined
  readonly reload: string
  readonly port: number
  readonly leaks: boolean
  readonly optional: boolean
  readonly crashesOnChange: boolean
}

interface State {
  readonly options: Options
  /** What the program works with; undefined: nothing. */
  value: string | undefined
}

/** One program serves all containers: what each knows is kept by its process. */
const states = new WeakMap<ProcessContext, State>()

function optionsOf(argv: readonly string[]): Options {
  const value = (name: string) => argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3)
  return {
    file: value('file'),
    env: value('env'),
    reload: value('reload') ?? 'never',
    port: Number(value('port') ?? '8080'),
    leaks: argv.includes('--leak'),
    optional: argv.includes('--optional'),
    crashesOnChange: argv.includes('--crash-on-change'),
  }
}

function* runReader(task: ProcessContext): ProgramRun {
  const options = optionsOf(task.argv)
  const state: State = { options, value: undefined }
  states.set(task, state)
  const found = read(task, options)
  if (!found.ok && !options.optional) {
    task.write('stderr', toByteText(`error: ${found.error}\n`))
    return 1
  }
  if (found.ok) take(task, state, found.value)
  task.write('stdout', `listening on :${options.port}\n`)
  const { file } = options
  while (options.reload === 'watch' && file !== undefined) {
    yield* wait(task.changed(dirname(file)))
    const next = read(task, options)
    if (!next.ok) task.write('stderr', toByteText(`error: ${next.error}\n`))
    else if (next.value !== state.value) {
      const isFirst = state.value === undefined
      take(task, state, next.value)
      if (options.crashesOnChange && !isFirst) return 1
    }
  }
  yield* forever()
  return 0
}

/** Without a file and a variable it works with nothing. */
function read(task: ProcessContext, options: Options): GivenValue {
  return givenValue(task, options) ?? { ok: true, value: '' }
}

function take(task: ProcessContext, state: State, value: string): void {
  const { options } = state
  state.value = value
  if (options.file === undefined && options.env === undefined) return
  const from = options.env === undefined ? options.file : `variable ${options.env}`
  const shown = options.leaks
    ? `"${fromByteText(value)}"`
    : `${value.length} bytes, sha256 ${sha256Hex(byteTextToBytes(value)).slice(0, 8)}`
  task.write('stdout', toByteText(`read ${from}: ${shown}\n`))
}

function answer(task: ProcessContext, { kind, port, path = '/' }: ProbeRequest): ProbeAnswer | undefined {
  const state = states.get(task)
  if (state === undefined || port !== state.options.port) return undefined
  if (kind === 'tcp' || path === '/healthz') return { ok: true, output: '', isPlain: true }
  if (state.options.reload === 'request') {
    const found = read(task, state.options)
    if (found.ok && found.value !== state.value) take(task, state, found.value)
    if (!found.ok) state.value = undefined
  }
  return state.value === undefined
    ? { ok: false, output: 'HTTP probe failed with statuscode: 500', isPlain: true }
    : { ok: true, output: '', isPlain: true }
}
