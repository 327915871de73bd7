import { encodeBase64 } from '../../bytes/bytes.ts'
import { type ByteText, byteTextToBytes, toByteText } from '../byte-text.ts'
import type { WireReply } from './network.ts'

/** The parts of a URL as tools take it apart. */
export interface Url {
  /** `http` where none is said. */
  readonly scheme: string
  /** Host and port as they are written. */
  readonly authority: string
  readonly host: string
  readonly port: number
  /** With its query; begins with a slash. */
  readonly path: string
  /** `name:password`, decoded. */
  readonly user: ByteText | undefined
}

/** Undefined: no URL that leads anywhere. */
export function parseUrl(text: ByteText): Url | undefined {
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:([^@/?#]*)@)?([^:/?#]+)(?::(\d{0,5}))?([/?][^#]*)?(?:#.*)?$/i.exec(
    text,
  )
  if (match === null) return undefined
  const [, given = 'http', user, host = '', digits = '', rest = '/'] = match
  const scheme = given.toLowerCase()
  const port = digits === '' ? (standardPorts[scheme] ?? 80) : Number(digits)
  return {
    scheme,
    authority: digits === '' ? host : `${host}:${digits}`,
    host,
    port,
    path: rest.startsWith('/') ? rest : `/${rest}`,
    user: user === undefined ? undefined : percentDecoded(user),
  }
}

const standardPorts: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21 }

function percentDecoded(text: ByteText): ByteText {
  return text.replace(/%([0-9a-f]{2})/gi, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

/** The value of the header Authorization for a name and a password, `name:password`. Source: RFC 7617. */
export function basicCredentials(user: ByteText): ByteText {
  return `Basic ${toByteText(encodeBase64(byteTextToBytes(user)))}`
}

/** Reason phrases. Source: RFC 9110, section 15; IANA HTTP Status Code Registry. */
const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** `HTTP/1.1 401 Unauthorized`. */
export function statusLine({ status }: WireReply): string {
  return `HTTP/1.1 ${status} ${reasons[status] ?? ''}`
}

/** Headers in the order in which they are sent, with those that every answer has. */
export function headersOf({ headers = {}, body }: WireReply): readonly (readonly [name: string, value: string])[] {
  const own = Object.entries(headers)
  const names = new Set(own.map(([name]) => name.toLowerCase()))
  const usual = [
    ['content-type', 'text/plain; charset=utf-8'],
    ['content-length', String(body.length)],
    ['connection', 'close'],
  ] as const
  return [...own, ...usual.filter(([name]) => !names.has(name))]
}

/** A header of an answer, by its name in lower case. */
export function headerOf(reply: WireReply, name: string): string | undefined {
  return headersOf(reply).find(([own]) => own.toLowerCase() === name)?.[1]
}

/** Headers by their names in lower case, as a server reads lines of `Name: value`. */
export function readHeaders(lines: readonly ByteText[]): ReadonlyMap<string, ByteText> {
  const headers = new Map<string, ByteText>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return headers
}
