/**
 * secretGenerator and configMapGenerator (C10).
 * Source: cli-runtime pkg/kustomize/k8sdeps/configmapandsecret (v2.0.3); api internal/generators, kv, kyaml datamap.go.
 */

import { configMapKey, envVarName } from '../api/validation/formats.ts'
import { encodeBase64, isUtf8, utf8Bytes, utf8Text } from '../bytes/bytes.ts'
import { baseName } from '../go/path.ts'
import { goQuote } from '../go/quote.ts'
import { goValueText } from '../go/value-text.ts'
import type { GeneratorArgs, GeneratorOptions } from './kustomization.ts'
import { type Generation, type Loader, refuse, wrap } from './loader.ts'
import { type Behavior, type Body, newResource, type Resource } from './resource.ts'

interface Pair {
  readonly key: string
  readonly value: Uint8Array
}

/** Where generators read from. */
export interface GeneratorWorld {
  readonly loader: Loader
  readonly generation: Generation
  readonly env: ReadonlyMap<string, string>
}

/** The object of one generator entry, not yet hashed. Throws KustomizeError. */
export function generate(
  kind: 'Secret' | 'ConfigMap',
  args: GeneratorArgs,
  globalOptions: GeneratorOptions | undefined,
  world: GeneratorWorld,
): Resource {
  const options = world.generation === 'v2' ? (globalOptions ?? {}) : mergedOptions(args.options, globalOptions)
  const body = world.generation === 'v2' ? bodyV2(kind, args, options, world) : bodyV5(kind, args, options, world)
  return newResource(body, {
    behavior: behaviorOf(args.behavior),
    needsHash: options.disableNameSuffixHash !== true,
  })
}

/** Anything but `merge` and `replace` creates, misspelt words too. */
function behaviorOf(text: string | undefined): Behavior {
  return text === 'merge' || text === 'replace' || text === 'create' ? text : 'unspecified'
}

/** What a generator says of itself wins, except that neither can switch off what the other switches on. */
function mergedOptions(local: GeneratorOptions | undefined, global: GeneratorOptions | undefined): GeneratorOptions {
  return {
    labels: { ...global?.labels, ...local?.labels },
    annotations: { ...global?.annotations, ...local?.annotations },
    disableNameSuffixHash: (local?.disableNameSuffixHash ?? false) || (global?.disableNameSuffixHash ?? false),
    immutable: (local?.immutable ?? false) || (global?.immutable ?? false),
  }
}

function metadata(args: GeneratorArgs, options: GeneratorOptions): Body {
  const given = (map: Readonly<Record<string, string>> | undefined): boolean =>
    map !== undefined && Object.keys(map).length > 0
  return {
    name: args.name ?? '',
    ...(args.namespace ? { namespace: args.namespace } : {}),
    ...(given(options.labels) ? { labels: { ...options.labels } } : {}),
    ...(given(options.annotations) ? { annotations: { ...options.annotations } } : {}),
  }
}

function bodyV5(
  kind: 'Secret' | 'ConfigMap',
  args: GeneratorArgs,
  options: GeneratorOptions,
  world: GeneratorWorld,
): Body {
  if (!args.name) refuse('a configmap must have a name')
  const envs = [...(args.envs ?? []), ...(args.env ? [args.env] : [])]
  const pairs = wrap('loading KV pairs', () => [
    ...wrap(`env source files: [${envs.join(' ')}]`, () => envs.flatMap((path) => envPairs(world, path))),
    ...literalPairs(args, world.generation),
    ...filePairs(args, world),
  ])
  const data = new Map<string, Uint8Array>()
  for (const { key, value } of pairs) {
    if (data.has(key)) refuse(`configmap ${args.name} illegally repeats the key \`${key}\``)
    data.set(key, value)
  }
  const encoded = [...data].map(([key, value]): [string, string] => [key, foldedBase64(value)])
  const texts = [...data].filter(([, value]) => isUtf8(value))
  const binaries = [...data].filter(([, value]) => !isUtf8(value))
  return {
    apiVersion: 'v1',
    kind,
    metadata: metadata(args, options),
    ...(kind === 'Secret'
      ? { type: args.type || 'Opaque', data: Object.fromEntries(encoded) }
      : {
          ...(texts.length > 0
            ? { data: Object.fromEntries(texts.map(([key, value]) => [key, utf8Text(value)])) }
            : {}),
          ...(binaries.length > 0
            ? { binaryData: Object.fromEntries(binaries.map(([key, value]) => [key, foldedBase64(value)])) }
            : {}),
        }),
    ...(options.immutable ? { immutable: true } : {}),
  }
}

/** Characters of base64 on a line. Source: kyaml yaml/datamap.go, encodeBase64. */
const base64LineLength = 70

/** Base64 in lines of 70 characters, each ended, when it has 70 characters or more. */
function foldedBase64(bytes: Uint8Array): string {
  const text = encodeBase64(bytes)
  if (text.length < base64LineLength) return text
  return text.replace(/.{1,70}/g, '$&\n')
}

function bodyV2(
  kind: 'Secret' | 'ConfigMap',
  args: GeneratorArgs,
  options: GeneratorOptions,
  world: GeneratorWorld,
): Body {
  const fileName = args.env ?? ''
  const pairs = [
    ...(fileName === '' ? [] : wrap(`env source file: ${fileName}`, () => envPairs(world, fileName))),
    ...literalPairs(args, world.generation),
    ...filePairs(args, world),
  ]
  const text = new Map<string, Uint8Array>()
  const binary = new Map<string, Uint8Array>()
  for (const { key, value } of pairs) {
    const problems = configMapKey(key).join(';')
    if (problems !== '') refuse(`${goQuote(key)} is not a valid key name for a ${kind}: ${problems}`)
    const target = kind === 'Secret' || isUtf8(value) ? text : binary
    if (target.has(key)) {
      const told =
        kind === 'Secret'
          ? ''
          : `: ${goValueText(Object.fromEntries([...target].map(([k, v]) => [k, target === text ? utf8Text(v) : [...v]])))}`
      refuse(`cannot add key ${key}, another key by that name already exists${told}`)
    }
    target.set(key, value)
  }
  const encoded = (map: ReadonlyMap<string, Uint8Array>): Record<string, string> =>
    Object.fromEntries([...map].map(([key, value]) => [key, encodeBase64(value)]))
  return {
    apiVersion: 'v1',
    kind,
    metadata: metadata(args, options),
    ...(text.size === 0
      ? {}
      : {
          data:
            kind === 'Secret'
              ? encoded(text)
              : Object.fromEntries([...text].map(([key, value]) => [key, utf8Text(value)])),
        }),
    ...(binary.size === 0 ? {} : { binaryData: encoded(binary) }),
    ...(kind === 'Secret' ? { type: args.type || 'Opaque' } : {}),
  }
}

function literalPairs({ literals = [] }: GeneratorArgs, generation: Generation): Pair[] {
  return wrap(`literal sources [${literals.join(' ')}]`, () =>
    literals.map((literal) => {
      const at = literal.indexOf('=')
      if (at <= 0) refuse(`invalid literal source ${literal}, expected key=value`)
      const value = literal.slice(at + 1)
      return { key: literal.slice(0, at), value: utf8Bytes(generation === 'v2' ? trimQuotes(value) : unquoted(value)) }
    }),
  )
}

/** All quotes at both ends, whether they match or not (v2.0.3). */
function trimQuotes(value: string): string {
  return value.replace(/^["']+/, '').replace(/["']+$/, '')
}

/** One pair of quotes. */
function unquoted(value: string): string {
  const first = value.charAt(0)
  return value.length >= 2 && (first === '"' || first === "'") && value.endsWith(first) ? value.slice(1, -1) : value
}

function filePairs({ files = [] }: GeneratorArgs, { loader, generation }: GeneratorWorld): Pair[] {
  return wrap(`file sources: [${files.join(' ')}]`, () =>
    files.map((source) => {
      const { key, path } = parseFileSource(source, generation)
      return { key, value: loader.load(path) }
    }),
  )
}

function parseFileSource(source: string, generation: Generation): { readonly key: string; readonly path: string } {
  const parts = source.split('=')
  const [key = '', path = ''] = parts
  const isOld = generation === 'v2'
  if (parts.length === 1) return { key: baseName(source), path: source }
  if (parts.length > 2) {
    refuse(
      isOld
        ? "key names or file paths cannot contain '='"
        : `source ${goQuote(source)} key name or file path contains '='`,
    )
  }
  if (key === '') {
    refuse(
      isOld
        ? `key name for file path ${path} missing`
        : `missing key name for file path ${goQuote(path)} in source ${goQuote(source)}`,
    )
  }
  if (path === '') {
    refuse(
      isOld
        ? `file path for key name ${key} missing`
        : `missing file path for key name ${goQuote(key)} in source ${goQuote(source)}`,
    )
  }
  return { key, path }
}

const leadingSpace = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/

/** Lines of an env file; only v2.0.3 checks names and looks into the environment. */
function envPairs({ loader, generation, env }: GeneratorWorld, path: string): Pair[] {
  const content = loader.load(path)
  const pairs: Pair[] = []
  const lines = splitLines(content)
  lines.forEach((bytes, number) => {
    const text = utf8Text(bytes)
    if (!isUtf8(bytes, text)) refuse(`line [${Array.from(bytes).join(' ')}] has invalid utf8 bytes : ${text}`)
    const line = (number === 0 ? text.replace(/^\ufeff/, '') : text).replace(leadingSpace, '')
    if (line === '' || line.startsWith('#')) return
    const at = line.indexOf('=')
    const key = at < 0 ? line : line.slice(0, at)
    const problems = generation === 'v2' ? envVarName(key) : []
    if (problems.length > 0) refuse(`${goQuote(key)} is not a valid key name: ${problems.join(';')}`)
    const bare = generation === 'v2' ? (env.get(key) ?? '') : ''
    if (key !== '') pairs.push({ key, value: utf8Bytes(at < 0 ? bare : line.slice(at + 1)) })
  })
  return pairs
}

function splitLines(content: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let start = 0; start < content.length; ) {
    const newline = content.indexOf(0x0a, start)
    const end = newline < 0 ? content.length : newline
    lines.push(content.subarray(start, end > start && content[end - 1] === 0x0d ? end - 1 : end))
    start = end + 1
  }
  return lines
}
