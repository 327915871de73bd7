/** Directives, anchors and tags. Source: gopkg.in/yaml.v2 scannerc.go, yaml_parser_scan_directive, _anchor, _tag. */
import { utf8Text } from '../../bytes/bytes.ts'
import { type Mark, type Reader, refuseAt } from './reader.ts'
import { scanDigits } from './scan-scalar.ts'
import type { Token } from './tokens.ts'

function isWordCharacter(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x5f ||
    code === 0x2d
  )
}

function scanWord(reader: Reader): string {
  let word = ''
  while (isWordCharacter(reader.peek())) word += reader.read()
  return word
}

/** `%YAML` or `%TAG` at the start of a line. */
export function scanDirective(reader: Reader): Token {
  const start = reader.mark()
  const wrong = (problem: string): never => refuseAt('scanner', start, problem, reader.mark())
  reader.skip()
  const name = scanWord(reader)
  if (name === '') wrong('could not find expected directive name')
  if (!reader.isBlankOrEnd()) wrong('found unexpected non-alphabetical character')
  const token =
    name === 'YAML'
      ? version(reader, start, wrong)
      : name === 'TAG'
        ? tagDirective(reader, start, wrong)
        : wrong('found unknown directive name')
  reader.skipBlanks()
  reader.skipComment()
  if (!reader.isBreakOrEnd()) wrong('did not find expected comment or line break')
  reader.readLine()
  return token
}

function version(reader: Reader, start: Mark, wrong: (problem: string) => never): Token {
  const number = (): number => {
    const digits = scanDigits(reader, 2)
    if (digits === undefined) wrong('found extremely long version number')
    if (digits === '') wrong('did not find expected version number')
    return Number(digits)
  }
  reader.skipBlanks()
  const major = number()
  if (!reader.isAt('.')) wrong("did not find expected digit or '.' character")
  reader.skip()
  return { type: 'versionDirective', major, minor: number(), start, end: reader.mark() }
}

function tagDirective(reader: Reader, start: Mark, wrong: (problem: string) => never): Token {
  reader.skipBlanks()
  const handle = tagHandle(reader, true, wrong)
  if (!reader.isBlank()) wrong('did not find expected whitespace')
  reader.skipBlanks()
  const prefix = tagUri(reader, '', false, wrong)
  if (!reader.isBlankOrEnd()) wrong('did not find expected whitespace or line break')
  return { type: 'tagDirective', handle, prefix, start, end: reader.mark() }
}

/** `&name` or `*name`. */
export function scanAnchor(reader: Reader, type: 'alias' | 'anchor'): Token {
  const start = reader.mark()
  reader.skip()
  const name = scanWord(reader)
  const end = reader.mark()
  if (name === '' || !(reader.isBlankOrEnd() || '?:,]}%@`'.includes(String.fromCodePoint(reader.peek())))) {
    refuseAt('scanner', start, 'did not find expected alphabetic or numeric character', reader.mark())
  }
  return { type, name, start, end }
}

/** `!suffix`, `!!suffix`, `!handle!suffix` or `!<uri>`. */
export function scanTag(reader: Reader): Token {
  const start = reader.mark()
  const wrong = (problem: string): never => refuseAt('scanner', start, problem, reader.mark())
  let handle = ''
  let suffix = ''
  if (reader.isAt('<', 1)) {
    reader.skip(2)
    suffix = tagUri(reader, '', false, wrong)
    if (!reader.isAt('>')) wrong("did not find the expected '>'")
    reader.skip()
  } else {
    handle = tagHandle(reader, false, wrong)
    if (handle.length > 1 && handle.endsWith('!')) {
      suffix = tagUri(reader, '', false, wrong)
    } else {
      suffix = tagUri(reader, handle.slice(1), true, wrong)
      handle = '!'
      if (suffix === '') {
        handle = ''
        suffix = '!'
      }
    }
  }
  if (!reader.isBlankOrEnd()) wrong('did not find expected whitespace or line break')
  return { type: 'tag', handle, suffix, start, end: reader.mark() }
}

function tagHandle(reader: Reader, isDirective: boolean, wrong: (problem: string) => never): string {
  if (!reader.isAt('!')) wrong("did not find expected '!'")
  let handle = reader.read() + scanWord(reader)
  if (reader.isAt('!')) handle += reader.read()
  else if (isDirective && handle !== '!') wrong("did not find expected '!'")
  return handle
}

const uriPunctuation = ";/?:@&=+$,.!~*'()[]%"

function tagUri(reader: Reader, head: string, hasHead: boolean, wrong: (problem: string) => never): string {
  let uri = head
  let isEmpty = !hasHead
  while (
    isWordCharacter(reader.peek()) ||
    (!reader.isEnd() && uriPunctuation.includes(String.fromCodePoint(reader.peek())))
  ) {
    uri += reader.isAt('%') ? uriEscapes(reader, wrong) : reader.read()
    isEmpty = false
  }
  if (isEmpty) wrong('did not find expected tag URI')
  return uri
}

function uriEscapes(reader: Reader, wrong: (problem: string) => never): string {
  const bytes: number[] = []
  while (reader.isAt('%')) {
    const hex = String.fromCodePoint(reader.peek(1)) + String.fromCodePoint(reader.peek(2))
    if (!/^[0-9a-fA-F]{2}$/.test(hex)) wrong('did not find URI escaped octet')
    bytes.push(Number.parseInt(hex, 16))
    reader.skip(3)
  }
  return utf8Text(Uint8Array.from(bytes))
}
