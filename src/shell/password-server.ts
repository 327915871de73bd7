import { fromBase64 } from '../bytes/bytes.ts'
import { sha256Hex } from '../bytes/hashes.ts'
import { dirname } from '../fs/path.ts'
import { forever, wait } from '../kernel/steps.ts'
import { type ByteText, bytesToByteText, byteTextToBytes, fromByteText, toByteText } from './byte-text.ts'
import { type GivenValue, givenValue } from './given-value.ts'
import type { WireReply, WireRequest } from './net/network.ts'
import type { ProbeAnswer, ProbeRequest, ProcessContext, Program, ProgramRun } from './program.ts'

/**
 * A small service that checks a password, as a database does. Options:
 * `--file=PATH` or `--env=NAME`: where the right password is from; it ends with 1 if there is none.
 * `--reload=never|request|watch`: reads the file once, at each request, or when its directory changes.
 * `--user=NAME`: the name that comes with it; without it any.
 * `--header=NAME` (X-Password): the header that may carry the password in place of HTTP Basic.
 * `--port=N` (8080): `/healthz` is always 200, everything else 200 or 401.
 * Its log says who came and what was wrong, without a value: sizes, the first digits of a SHA-256, and a line end at the end.
 */
export const passwordServer: Program = {
  run: serve,
  onTerm: () => ({ afterMs: 100, exitCode: 0 }),
  probe,
  request,
}

interface Options {
  readonly file: string | undefined
  readonly env: string | undefined
  readonly reload: string
  readonly user: string | undefined
  readonly header: string
  readonly port: number
}

interface State {
  readonly options: Options
  /** The right password. */
  value: ByteText
}

/** One program serves all containers: what each knows is kept by its process. */
const states = new WeakMap<ProcessContext, State>()

function optionsOf(argv: readonly string[]): Options {
  const value = (name: string) => argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3)
  return {
    file: value('file'),
    env: value('env'),
    reload: value('reload') ?? 'never',
    user: value('user'),
    header: (value('header') ?? 'X-Password').toLowerCase(),
    port: Number(value('port') ?? '8080'),
  }
}

function* serve(task: ProcessContext): ProgramRun {
  const options = optionsOf(task.argv)
  const found = read(task, options)
  if (!found.ok) {
    task.write('stderr', toByteText(`error: ${found.error}\n`))
    return 1
  }
  const state: State = { options, value: found.value }
  states.set(task, state)
  say(task, `the password has ${shown(found.value)}`)
  say(task, `listening on :${options.port}`)
  const { file } = options
  while (options.reload === 'watch' && file !== undefined) {
    yield* wait(task.changed(dirname(file)))
    reload(task, state)
  }
  yield* forever()
  return 0
}

function read(task: ProcessContext, options: Options): GivenValue {
  return givenValue(task, options) ?? { ok: false, error: 'give --file=PATH or --env=NAME' }
}

/** It keeps what it has where there is nothing to read. */
function reload(task: ProcessContext, state: State): void {
  const found = read(task, state.options)
  if (!found.ok) task.write('stderr', toByteText(`error: ${found.error}\n`))
  else if (found.value !== state.value) {
    state.value = found.value
    say(task, `the password is another: ${shown(found.value)}`)
  }
}

function say(task: ProcessContext, text: string): void {
  task.write('stdout', toByteText(`${text}\n`))
}

/** What may be told of a password. */
function shown(value: ByteText): string {
  const end = value.endsWith('\n') ? ', the last of them a line end' : ''
  return `${value.length} bytes${end} (sha256 ${sha256Hex(byteTextToBytes(value)).slice(0, 8)})`
}

function probe(task: ProcessContext, { kind, port, path = '/' }: ProbeRequest): ProbeAnswer | undefined {
  if (states.get(task)?.options.port !== port) return undefined
  return kind === 'tcp' || path === '/healthz'
    ? { ok: true, output: '', isPlain: true }
    : { ok: false, output: 'HTTP probe failed with statuscode: 401', isPlain: true }
}

function request(task: ProcessContext, asked: WireRequest): WireReply | undefined {
  const state = states.get(task)
  if (state === undefined || state.options.port !== asked.port) return undefined
  if (asked.path === '/healthz') return { status: 200, body: 'ok\n' }
  if (state.options.reload === 'request') reload(task, state)
  const problem = problemOf(state, credentialsOf(state.options, asked))
  const who = `${asked.method} ${asked.path} from ${asked.from}`
  say(task, problem === undefined ? `${who}: 200` : `${who}: 401, ${problem}`)
  if (problem === undefined) return { status: 200, body: 'welcome\n' }
  // Source: RFC 9110, section 15.5.2: it tells how to say who one is.
  return { status: 401, headers: { 'www-authenticate': 'Basic realm="podsim"' }, body: 'wrong user name or password\n' }
}

interface Credentials {
  readonly user: ByteText | undefined
  readonly password: ByteText
}

function credentialsOf({ header }: Options, { headers }: WireRequest): Credentials | undefined {
  const own = headers.get(header)
  if (own !== undefined) return { user: undefined, password: own }
  const encoded = /^basic\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  const bytes = encoded === undefined ? undefined : fromBase64(encoded)
  if (bytes === undefined) return undefined
  const text = bytesToByteText(bytes)
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

function problemOf({ options, value }: State, given: Credentials | undefined): string | undefined {
  if (given === undefined) return 'no password came with it'
  const { user, password } = given
  if (options.user !== undefined && user !== undefined && user !== options.user)
    return `user ${fromByteText(user)} is not known`
  if (password === value) return undefined
  const apart =
    password === `${value}\n`
      ? '; but for that line end it is right'
      : value === `${password}\n`
        ? '; only its line end is missing'
        : ''
  return `the password that came has ${shown(password)}, the right one ${shown(value)}${apart}`
}
