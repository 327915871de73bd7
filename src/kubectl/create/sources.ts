/**
 * Where the data of a Secret or ConfigMap comes from (C1): files, directories, literals, env files.
 * Source: k8s.io/kubectl pkg/util/util.go, ParseFileSource and ParseLiteralSource; pkg/cmd/util/env_file.go;
 * pkg/cmd/create/create_secret.go, handleSecretFrom*.
 */

import { envVarName } from '../../api/validation/formats.ts'
import { isUtf8, utf8Bytes, utf8Text } from '../../bytes/bytes.ts'
import type { VirtualFiles } from '../../fs/virtual-files.ts'
import { baseName } from '../../go/path.ts'
import { goQuote } from '../../go/quote.ts'
import { has } from '../../versions/changes.ts'
import { kubectl } from '../../versions/kubectl.ts'
import { fail } from '../cli/failure.ts'

/** What the sources are read from. */
export interface SourceWorld {
  readonly files: VirtualFiles
  /** Where a bare name in an env file gets its value. */
  readonly env: ReadonlyMap<string, string>
  /** Minor version of the kubectl that reads. */
  readonly minor: number
}

/** Takes one key; throws when it is no valid key or is there already. */
export type AddKey = (key: string, value: Uint8Array) => void

/** `key=value`, split at the first equals sign; the value is taken as it is. */
export function addFromLiterals(literals: readonly string[], add: AddKey): void {
  for (const literal of literals) {
    const at = literal.indexOf('=')
    if (at <= 0) fail(`invalid literal source ${literal}, expected key=value`)
    add(literal.slice(0, at), utf8Bytes(literal.slice(at + 1)))
  }
}

/** `[key=]path`; of a directory, its files by name. */
export function addFromFiles(world: SourceWorld, sources: readonly string[], add: AddKey): void {
  for (const source of sources) {
    const { key, path } = parseFileSource(source, world.minor)
    const kind = world.files.kind(path)
    if (kind === undefined) fail(`error reading ${path}: ${statError(world.files, path)}`)
    if (kind === 'file') {
      add(key, world.files.read(path) ?? new Uint8Array())
      continue
    }
    if (source.includes('=')) fail('cannot give a key name for a directory path')
    for (const name of world.files.list(path) ?? []) {
      // What is no regular file is passed over, links too.
      if (world.files.isLink(`${path}/${name}`)) continue
      const content = world.files.read(`${path}/${name}`)
      if (content !== undefined) add(name, content)
    }
  }
}

function parseFileSource(source: string, minor: number): { readonly key: string; readonly path: string } {
  const parts = source.split('=')
  const [key = '', path = ''] = parts
  if (parts.length === 1) return { key: baseName(source), path: source }
  if (parts.length > 2)
    fail(`${has(minor, kubectl.keyNamesInLowerCase) ? 'key' : 'Key'} names or file paths cannot contain '='`)
  if (key === '') fail(`key name for file path ${path} missing`)
  if (path === '') fail(`file path for key name ${key} missing`)
  return { key, path }
}

/** Why a path cannot be found: a file where a directory should be is told apart. */
export function statError(files: VirtualFiles, path: string): string {
  for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
    if (files.kind(path.slice(0, end)) === 'file') return 'not a directory'
  }
  return 'no such file or directory'
}

/** Longest line of an env file that bufio.Scanner reads; at a longer one reading ends without a word. */
const lineMaxBytes = 65_535

/** `noun` is what the message calls the object: `secret` or `config`. */
export function addFromEnvFiles(
  world: SourceWorld,
  paths: readonly string[],
  noun: 'secret' | 'config',
  add: AddKey,
): void {
  for (const path of paths) {
    const kind = world.files.kind(path)
    if (kind === undefined) fail(`error reading ${path}: ${statError(world.files, path)}`)
    if (kind === 'directory') fail(`env ${noun} file cannot be a directory`)
    let number = 0
    for (const line of linesOf(world.files.read(path) ?? new Uint8Array())) {
      if (line.length > lineMaxBytes) break
      addEnvLine(world, path, line, number++, add)
    }
  }
}

function* linesOf(content: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < content.length; ) {
    const newline = content.indexOf(0x0a, start)
    const end = newline < 0 ? content.length : newline
    yield content.subarray(start, content[end - 1] === 0x0d && end > start ? end - 1 : end)
    start = end + 1
  }
}

const leadingSpace = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/

function addEnvLine(world: SourceWorld, path: string, bytes: Uint8Array, number: number, add: AddKey): void {
  const text = utf8Text(bytes)
  if (!isUtf8(bytes, text)) {
    fail(`env file ${path} contains invalid utf8 bytes at line ${number + 1}: [${Array.from(bytes).join(' ')}]`)
  }
  const line = (number === 0 ? text.replace(/^\ufeff/, '') : text).replace(leadingSpace, '')
  if (line === '' || line.startsWith('#')) return
  const at = line.indexOf('=')
  const key = at < 0 ? line : line.slice(0, at)
  const problems = envVarName(key)
  if (problems.length > 0) fail(`${goQuote(key)} is not a valid key name: ${problems.join(';')}`)
  add(key, utf8Bytes(at < 0 ? (world.env.get(key) ?? '') : line.slice(at + 1)))
}
