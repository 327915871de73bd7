import { utf8Text } from '../../bytes/bytes.ts'
import type { NodeFs } from '../../fs/node-fs.ts'
import { joinPath } from '../../fs/path.ts'

/** What a file of variables says of one of them; an empty text where it says nothing. */
export type FileValue = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: string }

const bad = (line: number, why: string): FileValue => ({
  ok: false,
  error: `invalid environment variable format at line ${line}: ${why}`,
})

/** What ends a value: the rest of its lines up to the second quote, and what stands behind that. */
interface Quoted {
  readonly value: string
  readonly after: string
  /** Index of its last line. */
  readonly last: number
}

/**
 * The value of a key in a file of `NAME='value'`: quoted in single quotes, over several lines if need be, as a shell reads it.
 * Source: pkg/kubelet/util/env/env_util.go, ParseEnv, in v1.35 (#134414).
 */
export function envFileValue(text: string, key: string): FileValue {
  const lines = linesOf(text)
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] ?? '').replace(/^[ \t]+/, '')
    if (line === '' || line.startsWith('#')) continue
    const equals = line.indexOf('=')
    if (equals < 0) return bad(at + 1, "missing '='")
    const name = line.slice(0, equals)
    if (name.trimEnd() === '') return bad(at + 1, 'empty variable name')
    if (/[ \t]$/.test(name)) return bad(at + 1, "whitespace before '=' is not allowed")
    const rest = line.slice(equals + 1)
    if (/^[ \t]/.test(rest)) {
      if (name === key) return { ok: true, value: '' }
      continue
    }
    if (!rest.startsWith("'")) return bad(at + 1, 'value must be enclosed in single quotes')
    const quoted = quotedFrom(lines, at, rest.slice(1))
    if (quoted === undefined)
      return {
        ok: false,
        error: `invalid environment variable format starting at line ${at + 1}: unclosed single quote`,
      }
    at = quoted.last
    if (!/^[ \t]*(#|$)/.test(quoted.after)) return bad(at + 1, 'unexpected content after closing quote')
    if (name === key) return { ok: true, value: quoted.value }
  }
  return { ok: true, value: '' }
}

/** As a bufio.Scanner gives them: without their ends, and no empty one behind the last. */
function linesOf(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

function quotedFrom(lines: readonly string[], first: number, begin: string): Quoted | undefined {
  let value = ''
  let rest = begin
  for (let last = first; ; last++) {
    const close = rest.indexOf("'")
    if (close >= 0) return { value: value + rest.slice(0, close), after: rest.slice(close + 1), last }
    value += `${rest}\n`
    const next = lines[last + 1]
    if (next === undefined) return undefined
    rest = next
  }
}

/** How many links are followed. Source: cyphar/filepath-securejoin, maxSymlinkLimit. */
const linksMax = 255

/**
 * A path below a directory that leads nowhere else, whatever `..` and links it has; undefined where links go on and on.
 * Source: cyphar/filepath-securejoin, SecureJoin.
 */
export function pathWithin(fs: NodeFs, directory: string, path: string): string | undefined {
  let left = path.split('/')
  let done: string[] = []
  for (let links = 0; left.length > 0; ) {
    const [part = '', ...others] = left
    left = others
    if (part === '' || part === '.') continue
    if (part === '..') {
      done = done.slice(0, -1)
      continue
    }
    const target = fs.readlink(joinPath(directory, ...done, part))
    if (!target.ok) {
      done = [...done, part]
      continue
    }
    if (++links > linksMax) return undefined
    if (target.value.startsWith('/')) done = []
    left = [...target.value.split('/'), ...left]
  }
  return joinPath(directory, ...done)
}

/** The text of a file of a volume, and where it lies on the node; `text` undefined where it cannot be read. */
export interface EnvFile {
  readonly path: string
  readonly text: string | undefined
}

/** Reads such a file. Source: kubelet_pods.go, makeEnvironmentVariables. */
export function readEnvFile(fs: NodeFs, directory: string, path: string): EnvFile {
  const within = pathWithin(fs, directory, path) ?? directory
  const content = fs.readFile(within)
  return { path: within, text: content.ok ? utf8Text(content.value) : undefined }
}
