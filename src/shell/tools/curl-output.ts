import { errorText } from '../../fs/error-text.ts'
import type { ByteText } from '../byte-text.ts'
import { headersOf, statusLine, type Url } from '../net/http.ts'
import type { WireReply, WireRequest } from '../net/network.ts'
import type { CurlOptions } from './curl-options.ts'
import { warn } from './curl-warnings.ts'
import { type ToolContext, writeFile } from './tool.ts'

/** A transfer that came to its end. */
export interface Transfer {
  readonly reply: WireReply
  readonly ip: string
  readonly port: number
  readonly ms: number
  readonly isHead: boolean
}

/** Shows or saves what came; what is wrong with that, if something is. Source: curl 7.88 src/tool_cb_wrt.c. */
export function writeReply(
  context: ToolContext,
  given: CurlOptions,
  { reply, isHead }: Transfer,
  isFailed: boolean,
): { readonly code: number; readonly text: string } | undefined {
  const head = given.includesHead ? `${statusLine(reply)}\r\n${headersOf(reply).map(headerLine).join('')}\r\n` : ''
  const body = isHead || (isFailed && !given.failsWithBody) ? '' : reply.body
  const path = given.namesOutput ? (given.urls[0] ?? '').replace(/[?#].*$/, '').replace(/^.*\//, '') : given.output
  if (path === undefined || path === '-') {
    context.out(head + body)
    return undefined
  }
  if (path === '/dev/null') return undefined
  if (path === '') {
    if (!given.isSilent) context.err('curl: Remote file name has no length!\n')
    return { code: 23, text: 'Failed writing received data to disk/application' }
  }
  const error = writeFile(context, path, head + body)
  if (error === undefined) return undefined
  if (!given.isSilent) warn(context, `Failed to open the file ${path}: ${errorText(error)}`)
  return { code: 23, text: 'Failure writing output to destination' }
}

const headerLine = ([name, value]: readonly [string, string]): string => `${name}: ${value}\r\n`

/** Source: curl 7.88 lib/connect.c, Curl_verboseconnect. */
export function tellConnected({ err }: ToolContext, { host, port }: Url, ip: string): void {
  err(`* Connected to ${host} (${ip}) port ${port} (#0)\n`)
}

/** Requests and answers as -v shows them. */
export function tellExchange(
  { err }: ToolContext,
  request: Omit<WireRequest, 'port' | 'from'>,
  reply: WireReply,
): void {
  err(`> ${request.method} ${request.path} HTTP/1.1\n`)
  for (const [name, value] of request.headers) err(`> ${titled(name)}: ${value}\n`)
  err('> \n')
  err(`< ${statusLine(reply)}\n`)
  for (const [name, value] of headersOf(reply)) err(`< ${name}: ${value}\n`)
  err('< \n* Closing connection 0\n')
}

/** Headers are known by names in lower case here, and shown as they are usually written. */
function titled(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

/** The text of --write-out. Source: curl 7.88 src/tool_writeout.c. */
export function shownText(
  { err }: Pick<ToolContext, 'err'>,
  format: ByteText,
  transfer: Transfer | undefined,
  url: ByteText,
  code: number,
): ByteText {
  const seconds = ((transfer?.ms ?? 0) / 1000).toFixed(6)
  const status = String(transfer?.reply.status ?? 0).padStart(3, '0')
  const values: Readonly<Record<string, string>> = {
    http_code: status,
    response_code: status,
    exitcode: String(code),
    size_download: String(transfer === undefined || transfer.isHead ? 0 : transfer.reply.body.length),
    content_type: String(
      transfer === undefined ? '' : (headersOf(transfer.reply).find(([name]) => name === 'content-type')?.[1] ?? ''),
    ),
    remote_ip: transfer?.ip ?? '',
    remote_port: String(transfer?.port ?? 0),
    time_total: seconds,
    time_connect: seconds,
    time_starttransfer: seconds,
    url,
    url_effective: url,
    num_redirects: '0',
    http_version: transfer === undefined ? '0' : '1.1',
  }
  return format.replace(/%\{(\w+)\}|%%|\\([nrt])/g, (all, name: string | undefined, letter: string | undefined) => {
    if (name !== undefined && !Object.hasOwn(values, name)) err(`curl: unknown --write-out variable: '${name}'\n`)
    if (name !== undefined) return values[name] ?? ''
    return letter === undefined ? '%' : ({ n: '\n', r: '\r', t: '\t' }[letter] ?? all)
  })
}
