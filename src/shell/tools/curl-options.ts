import { type ByteText, bytesToByteText, fromByteText } from '../byte-text.ts'
import { basicCredentials, readHeaders, type Url } from '../net/http.ts'
import type { WireRequest } from '../net/network.ts'
import { warn } from './curl-warnings.ts'
import { notSimulated, type ToolContext } from './tool.ts'

/** What a command line of curl asks for. */
export interface CurlOptions {
  readonly urls: readonly ByteText[]
  readonly isSilent: boolean
  readonly showsErrors: boolean
  readonly fails: boolean
  /** The body is shown all the same. */
  readonly failsWithBody: boolean
  readonly includesHead: boolean
  readonly isHead: boolean
  readonly isVerbose: boolean
  readonly follows: boolean
  readonly user: ByteText | undefined
  readonly agent: ByteText
  readonly headers: readonly ByteText[]
  readonly data: ByteText | undefined
  readonly dataGoesInUrl: boolean
  readonly method: string | undefined
  readonly output: ByteText | undefined
  readonly namesOutput: boolean
  readonly writeOut: ByteText | undefined
  readonly maxTimeMs: number | undefined
  readonly connectTimeoutMs: number | undefined
  readonly retries: number
  readonly retryDelayMs: number | undefined
  readonly retriesRefused: boolean
  readonly retriesAll: boolean
}

/** Long names by letters; a colon: it takes a value. Source: curl 7.88 src/tool_getparam.c, aliases. */
const longNames: Readonly<Record<string, string>> = {
  silent: 's',
  'show-error': 'S',
  fail: 'f',
  include: 'i',
  head: 'I',
  verbose: 'v',
  location: 'L',
  get: 'G',
  insecure: 'k',
  globoff: 'g',
  'no-buffer': 'N',
  'no-progress-meter': 'no-progress-meter',
  'remote-name': 'O',
  'fail-with-body': 'fail-with-body',
  'retry-connrefused': 'retry-connrefused',
  'retry-all-errors': 'retry-all-errors',
  'http1.1': 'http1.1',
  'http1.0': '0',
  ipv4: '4',
  user: 'u:',
  header: 'H:',
  data: 'd:',
  'data-ascii': 'd:',
  'data-raw': 'data-raw:',
  'data-binary': 'data-binary:',
  request: 'X:',
  output: 'o:',
  'write-out': 'w:',
  'user-agent': 'A:',
  'max-time': 'm:',
  'connect-timeout': 'connect-timeout:',
  retry: 'retry:',
  'retry-delay': 'retry-delay:',
  'retry-max-time': 'retry-max-time:',
  url: 'url:',
  cacert: 'cacert:',
  noproxy: 'noproxy:',
}

const shortNames = new Map(
  Object.values(longNames).flatMap((name) => (name.replace(':', '').length === 1 ? [[name.charAt(0), name]] : [])),
)

interface Given {
  readonly flags: Set<string>
  readonly values: Map<string, ByteText[]>
  readonly urls: ByteText[]
}

const help = "curl: try 'curl --help' or 'curl --manual' for more information\n"

/** Reads the command line; a mistake is told, and the exit code is the result. */
export function readCurlOptions(context: ToolContext): CurlOptions | number {
  const given: Given = { flags: new Set(), values: new Map(), urls: [] }
  const { args } = context
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (arg.startsWith('--') && arg !== '--') {
      const name = longNames[arg.slice(2)]
      if (name === undefined) return unknownOption(context, arg)
      if (!name.endsWith(':')) given.flags.add(name)
      else if (at + 1 === args.length) return refuse(context, arg, 'requires parameter')
      else {
        const problem = add(given, name, args[++at] ?? '')
        if (problem !== undefined) return refuse(context, arg, problem)
      }
    } else if (arg.startsWith('-') && arg !== '-' && arg !== '--') {
      for (let k = 1; k < arg.length; k++) {
        const name = shortNames.get(arg.charAt(k))
        if (name === undefined) return unknownOption(context, `-${arg.charAt(k)}`)
        if (!name.endsWith(':')) {
          given.flags.add(name)
          continue
        }
        const value = k + 1 < arg.length ? arg.slice(k + 1) : args[++at]
        const problem = value === undefined ? 'requires parameter' : add(given, name, value)
        if (problem !== undefined) return refuse(context, `-${arg.charAt(k)}`, problem)
        break
      }
    } else if (arg !== '--') given.urls.push(arg)
  }
  return optionsOf(context, given)
}

/** Numbers; those with a point where the option takes parts of a second. Source: curl 7.88 src/tool_paramhlp.c, str2unum and secs2ms. */
const numbers: Readonly<Record<string, RegExp>> = {
  'm:': /^\d+(\.\d*)?$/,
  'connect-timeout:': /^\d+(\.\d*)?$/,
  'retry:': /^\d+$/,
  'retry-delay:': /^\d+$/,
  'retry-max-time:': /^\d+$/,
}

/** Takes a value, or says what is wrong with it. */
function add({ values }: Given, name: string, value: ByteText): string | undefined {
  const number = numbers[name]
  if (number !== undefined && !number.test(value))
    return `expected a ${value.startsWith('-') && number.test(value.slice(1)) ? 'positive' : 'proper'} numerical parameter`
  values.set(name, [...(values.get(name) ?? []), value])
  return undefined
}

/** An option that curl has and podsim has not is refused in podsim's words: which it is nobody can tell here. */
function unknownOption(context: ToolContext, option: string): number {
  return notSimulated(context, `option ${option} of curl`)
}

function refuse(context: ToolContext, option: string, problem: string): number {
  context.err(`curl: option ${option}: ${problem}\n${help}`)
  return 2
}

function optionsOf(context: ToolContext, { flags, values, urls }: Given): CurlOptions | number {
  const last = (name: string): ByteText | undefined => values.get(name)?.at(-1)
  const seconds = (name: string): number | undefined => {
    const value = Number(last(name) ?? Number.NaN)
    return Number.isNaN(value) ? undefined : Math.round(value * 1000)
  }
  const all = [...(values.get('url:') ?? []), ...urls]
  if (all.length === 0) {
    // Without any word at all curl says no more than where help is.
    context.err(context.args.length === 0 ? help : `curl: no URL specified!\n${help}`)
    return 2
  }
  const data = dataOf(context, values, flags.has('s'))
  return {
    urls: all,
    isSilent: flags.has('s'),
    showsErrors: flags.has('S') || flags.has('no-progress-meter'),
    fails: flags.has('f') || flags.has('fail-with-body'),
    failsWithBody: flags.has('fail-with-body'),
    includesHead: flags.has('i') || flags.has('I'),
    isHead: flags.has('I'),
    isVerbose: flags.has('v'),
    follows: flags.has('L'),
    user: last('u:'),
    agent: last('A:') ?? 'curl/7.88.1',
    headers: values.get('H:') ?? [],
    data,
    dataGoesInUrl: flags.has('G'),
    method: last('X:'),
    output: last('o:'),
    namesOutput: flags.has('O'),
    writeOut: last('w:'),
    maxTimeMs: seconds('m:'),
    connectTimeoutMs: seconds('connect-timeout:'),
    retries: Number(last('retry:') ?? '0') || 0,
    retryDelayMs: seconds('retry-delay:'),
    retriesRefused: flags.has('retry-connrefused'),
    retriesAll: flags.has('retry-all-errors'),
  }
}

/**
 * Parts of -d are joined by `&`; of a file line ends go, but not with --data-binary. A file that cannot be read counts as an empty one.
 * Source: src/tool_getparam.c, the case of `d`; a real 7.88.1.
 */
function dataOf(
  context: ToolContext,
  values: ReadonlyMap<string, readonly ByteText[]>,
  isSilent: boolean,
): ByteText | undefined {
  const parts: ByteText[] = []
  for (const name of ['d:', 'data-binary:'])
    for (const value of values.get(name) ?? []) {
      if (!value.startsWith('@')) {
        parts.push(value)
        continue
      }
      const read = context.files.readFile(context.shell.path(fromByteText(value.slice(1))))
      if (!read.ok) {
        const path = value.slice(1)
        if (!isSilent) warn(context, `Couldn't read data from file "${path}", this makes an empty POST.`)
        parts.push('')
        continue
      }
      const text = bytesToByteText(read.value)
      parts.push(name === 'd:' ? text.replaceAll(/[\r\n\0]/g, '') : text)
    }
  parts.push(...(values.get('data-raw:') ?? []))
  return parts.length === 0 ? undefined : parts.join('&')
}

/** The request that it sends; headers in their order. Source: lib/http.c, Curl_http. */
export function requestOf(given: CurlOptions, url: Url): Omit<WireRequest, 'port' | 'from'> {
  const { data, dataGoesInUrl, isHead, user = url.user } = given
  const headers = new Map<string, ByteText>([['host', url.authority]])
  if (user !== undefined) headers.set('authorization', basicCredentials(user))
  headers.set('user-agent', given.agent)
  headers.set('accept', '*/*')
  const isBody = data !== undefined && !dataGoesInUrl
  if (isBody) {
    headers.set('content-length', String(data.length))
    headers.set('content-type', 'application/x-www-form-urlencoded')
  }
  for (const [name, value] of readHeaders(given.headers)) {
    if (value === '') headers.delete(name)
    else headers.set(name, value)
  }
  const query = dataGoesInUrl && data !== undefined ? `${url.path.includes('?') ? '&' : '?'}${data}` : ''
  const method = given.method ?? (isHead ? 'HEAD' : isBody ? 'POST' : 'GET')
  return { method, path: `${url.path}${query}`, headers, body: isBody ? data : '' }
}
