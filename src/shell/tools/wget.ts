import { errorText } from '../../fs/error-text.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { connectErrorText, dial, exchange } from '../net/dial.ts'
import { basicCredentials, headerOf, headersOf, parseUrl, readHeaders, statusLine, type Url } from '../net/http.ts'
import type { ContainerNetwork, WireReply } from '../net/network.ts'
import { resolve } from '../net/resolve.ts'
import { assumedOutside, hears, networkOf } from './network.ts'
import { wgetLongNames, wgetOptions } from './network-options.ts'
import { refused } from './system.ts'
import { complain, notSimulated, type Options, options, type ToolContext, writeFile } from './tool.ts'

/** Fetches by HTTP. Source: busybox 1.31 networking/wget.c. */
export function* wget(context: ToolContext): Steps<number> {
  const network = networkOf(context)
  if (network === undefined) return yield* refusing(context)
  const given = options(context, wgetOptions, wgetLongNames)
  if (typeof given === 'number') return given
  if (given.operands.length === 0) {
    context.err('Usage: wget [-c|--continue] [--spider] [-q|--quiet] [-O|--output-document FILE]\n')
    return 1
  }
  for (const letter of ['c', 'o'] as const) if (given.has(letter)) return notSimulated(context, `wget -${letter}`)
  for (const url of given.operands) {
    const code = yield* fetchOne(context, network, given, url)
    if (code !== 0) return code
  }
  return 0
}

function* refusing(context: ToolContext): Steps<number> {
  const run = refused(context)
  return typeof run === 'number' ? run : yield* run
}

/** Redirections that are followed. */
const redirections = 16

function* fetchOne(context: ToolContext, network: ContainerNetwork, given: Options, text: ByteText): Steps<number> {
  let url = parseUrl(text)
  const name = url === undefined ? '' : fileNameOf(url, given)
  for (let left = redirections; left > 0; left--) {
    if (url === undefined) return complain(context, `bad address '${text}'`)
    if (url.scheme === 'https' || url.scheme === 'ftp')
      return (yield* assumedOutside(context)) ?? notSimulated(context, url.scheme)
    if (url.scheme !== 'http') return complain(context, `not an http or ftp url: ${text}`)
    const reply = yield* ask(context, network, given, url)
    if (typeof reply === 'number') return reply
    const location: string | undefined = reply.status >= 300 ? headerOf(reply, 'location') : undefined
    if (location === undefined) return take(context, given, name, reply)
    url = parseUrl(location.startsWith('/') ? `http://${url.authority}${location}` : location)
  }
  return complain(context, 'too many redirections')
}

/** What comes after the last slash, or index.html. */
function fileNameOf({ path }: Url, given: Options): string {
  const last = path.slice(path.lastIndexOf('/') + 1)
  const directory = given.value('P')
  return `${directory === undefined ? '' : `${directory}/`}${last === '' ? 'index.html' : last}`
}

/** An answer that is none of an error, or the exit code. */
function* ask(context: ToolContext, network: ContainerNetwork, given: Options, url: Url): Steps<WireReply | number> {
  const { host, port, authority } = url
  const target = { host, port }
  const found = yield* resolve(network, host)
  if (found.kind === 'outside') {
    const assumed = yield* assumedOutside(context)
    if (assumed !== undefined) return { status: 200, body: '' }
  }
  if (found.kind !== 'found') {
    network.tell(target, { kind: 'unnamed' })
    return complain(context, `bad address '${authority}'`)
  }
  const [ip = ''] = found.addresses
  if (!given.has('q')) context.err(`Connecting to ${authority} (${ip}:${port})\n`)
  const seconds = Number(given.value('T') ?? '900')
  const route = yield* dial(network, ip, port, seconds > 0 ? seconds * 1000 : undefined)
  hears(context, route)
  if (route.kind !== 'open') {
    const kind = route.kind === 'gave up' ? 'silent' : route.kind
    network.tell(target, { kind })
    return complain(
      context,
      route.kind === 'gave up'
        ? 'download timed out'
        : `can't connect to remote host (${ip}): ${connectErrorText(network, kind)}`,
    )
  }
  const reply = yield* exchange(network, route, requestOf(given, url))
  if (reply === undefined) return complain(context, 'error getting response')
  network.tell(target, reply.status >= 400 ? { kind: 'status', status: reply.status } : { kind: 'reached' })
  if (given.has('S')) {
    context.err(`  ${statusLine(reply)}\n`)
    if (isWelcome(reply)) for (const [name, value] of headersOf(reply)) context.err(`  ${name}: ${value}\n`)
  }
  return isWelcome(reply) ? reply : complain(context, `server returned error: ${statusLine(reply)}`)
}

/** What is no error to it. Source: download_one_url, the switch over status. */
function isWelcome({ status }: WireReply): boolean {
  return (status >= 200 && status <= 204) || (status >= 300 && status <= 303)
}

function requestOf(given: Options, { path, user, authority }: Url) {
  const data = given.value('D')
  const headers = new Map(readHeaders([`Host: ${authority}`, `User-Agent: ${given.value('U') ?? 'Wget'}`]))
  headers.set('connection', 'close')
  if (user !== undefined) headers.set('authorization', basicCredentials(user))
  if (data !== undefined) headers.set('content-type', 'application/x-www-form-urlencoded')
  for (const [name, value] of readHeaders(given.all('H'))) headers.set(name, value)
  return { method: data === undefined ? 'GET' : 'POST', path, headers, body: data ?? '' }
}

/** Shows or saves what came. Source: retrieve_file_data. */
function take(context: ToolContext, given: Options, name: string, { body }: WireReply): number {
  const isQuiet = given.has('q')
  if (given.has('x')) {
    if (!isQuiet) context.err('remote file exists\n')
    return 0
  }
  const file = given.value('O') ?? name
  const isShown = file === '-'
  if (!isShown && !given.has('O') && context.files.lstat(context.shell.path(file)).ok)
    return complain(context, `can't open '${file}': File exists`)
  if (!isQuiet) context.err(isShown ? 'writing to stdout\n' : `saving to '${file}'\n`)
  if (isShown) context.out(body)
  else {
    const error = writeFile(context, file, body)
    if (error !== undefined) return complain(context, `can't open '${file}': ${errorText(error)}`)
  }
  if (isQuiet) return 0
  if (body !== '') context.err(`${progress(file, body.length)}\n`)
  context.err(isShown ? 'written to stdout\n' : `'${file}' saved\n`)
  return 0
}

/** The last line of its meter, where standard error is no terminal. Source: libbb/progress.c, bb_progress_update. */
function progress(file: ByteText, bytes: number): string {
  const name = file.slice(file.lastIndexOf('/') + 1).slice(0, 20)
  return `${name.padEnd(20)} 100% |${'*'.repeat(32)}| ${shortSize(bytes)}  0:00:00 ETA`
}

/** Five characters. Source: libbb/human_readable.c, smart_ulltoa5. */
function shortSize(bytes: number): string {
  if (bytes < 100_000) return String(bytes).padStart(5)
  const kilo = bytes / 1024
  return (kilo < 10_000 ? `${Math.floor(kilo)}k` : `${Math.floor(kilo / 1024)}M`).padStart(5)
}
