/**
 * The objects that `create secret` and `create configmap` make (C1), from parsed flags alone: nothing is sent or printed.
 * Source: k8s.io/kubectl pkg/cmd/create/create_secret*.go and create_configmap.go; up to 1.20 pkg/generate/versioned.
 */

import { configMapHash, secretHash } from '../../api/name-hash.ts'
import { configMapKey } from '../../api/validation/formats.ts'
import { encodeBase64, isUtf8, utf8Bytes, utf8Text } from '../../bytes/bytes.ts'
import { compareBytes, type JsonObject } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { keyPairError } from '../../go/tls/key-pair.ts'
import { has } from '../../versions/changes.ts'
import { kubectl } from '../../versions/kubectl.ts'
import { fail, failUsage } from '../cli/failure.ts'
import type { FlagValues } from '../cli/flags.ts'
import { type AddKey, addFromEnvFiles, addFromFiles, addFromLiterals, type SourceWorld, statError } from './sources.ts'
import { structJson } from './struct-json.ts'

/** Sub-commands of `create secret`. */
export type SecretCommand = 'generic' | 'docker-registry' | 'tls'

/** What the command line says, besides its flags. */
export interface CreateRequest {
  readonly name: string
  /** Only where a flag named it; absent from the object otherwise. */
  readonly namespace?: string
  readonly flags: FlagValues
  readonly world: SourceWorld
}

const dockerConfigKey = '.dockerconfigjson'

/**
 * Usage errors of the flags that a sub-command needs, checked before anything is read.
 * Source: pkg/cmd/create/create_secret.go of 1.18 and 1.20, Complete.
 */
export function checkRequiredFlags(command: SecretCommand, { flags, world }: CreateRequest): void {
  if (has(world.minor, kubectl.createsWithoutGenerators)) return
  const path = `kubectl create secret ${command}`
  const needed =
    command === 'tls'
      ? ['cert', 'key']
      : command === 'docker-registry' && flags.list('from-file').length === 0
        ? ['docker-username', 'docker-password', 'docker-server']
        : []
  for (const name of needed) if (flags.string(name) === '') failUsage(path, `flag ${name} is required`)
}

/** The Secret, its fields in the order of the Go struct. Throws a CommandFailure with kubectl's own words. */
export function secretFromFlags(command: SecretCommand, request: CreateRequest): JsonObject {
  if (request.name === '') fail('name must be specified')
  const { type, data } = secretContent(command, request)
  const encoded = encodedData(data)
  const name = request.flags.bool('append-hash')
    ? `${request.name}-${secretHash({ name: request.name, type, data: encoded })}`
    : request.name
  return {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: metadata(name, request),
    ...(data.size > 0 ? { data: encoded } : {}),
    ...(type === '' ? {} : { type }),
  }
}

type Data = ReadonlyMap<string, Uint8Array>

function secretContent(command: SecretCommand, request: CreateRequest): { readonly type: string; readonly data: Data } {
  switch (command) {
    case 'generic':
      return { type: request.flags.string('type'), data: genericData(request) }
    case 'docker-registry':
      return { type: 'kubernetes.io/dockerconfigjson', data: dockerData(request) }
    case 'tls':
      return { type: 'kubernetes.io/tls', data: tlsData(request) }
  }
}

/** Env files: a list, or up to 1.22 the last one given. */
function envFiles({ flags, world }: CreateRequest): readonly string[] {
  const given = flags.list('from-env-file')
  return has(world.minor, kubectl.takesSeveralEnvFiles) ? given : given.slice(-1).filter((path) => path !== '')
}

function genericData(request: CreateRequest): Data {
  const { flags, world } = request
  const data = new Map<string, Uint8Array>()
  const add = secretKeyAdder(data, world.minor)
  const literals = literalSources(request)
  const files = flags.list('from-file')
  checkEnvFilesAlone(request, literals, files)
  if (has(world.minor, kubectl.createsWithoutGenerators)) addFromLiterals(literals, add)
  addFromFiles(world, files, add)
  if (!has(world.minor, kubectl.createsWithoutGenerators)) addFromLiterals(literals, add)
  addFromEnvFiles(world, envFiles(request), 'secret', add)
  return data
}

/** An empty `--from-literal=` was nothing to the generators. */
function literalSources({ flags, world }: CreateRequest): readonly string[] {
  const literals = flags.list('from-literal')
  return !has(world.minor, kubectl.createsWithoutGenerators) && literals.every((literal) => literal === '')
    ? []
    : literals
}

function checkEnvFilesAlone(request: CreateRequest, literals: readonly string[], files: readonly string[]): void {
  if (envFiles(request).length > 0 && (files.length > 0 || literals.length > 0)) {
    fail('from-env-file cannot be combined with from-file or from-literal')
  }
}

function secretKeyAdder(data: Map<string, Uint8Array>, minor: number): AddKey {
  return (key, value) => {
    const problems = configMapKey(key).join(';')
    if (problems !== '' && !has(minor, kubectl.createsWithoutGenerators)) {
      fail(`${goQuote(key)} is not a valid key name for a Secret: ${problems}`)
    }
    if (problems !== '') fail(`${goQuote(key)} is not valid key name for a Secret ${problems}`)
    if (data.has(key)) fail(`cannot add key ${key}, another key by that name already exists`)
    data.set(key, value)
  }
}

function dockerData(request: CreateRequest): Data {
  const { flags, world } = request
  const files = flags.list('from-file')
  const [user, password, server] = ['docker-username', 'docker-password', 'docker-server'].map((name) =>
    flags.string(name),
  )
  if (files.length === 0 && has(world.minor, kubectl.createsWithoutGenerators) && !(user && password && server)) {
    fail(
      'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
    )
  }
  const data = new Map<string, Uint8Array>()
  if (files.length > 0) {
    const keyed = files.map((file) => (file.includes('=') ? file : `${dockerConfigKey}=${file}`))
    addFromFiles(
      world,
      has(world.minor, kubectl.createsWithoutGenerators) ? keyed : files,
      secretKeyAdder(data, world.minor),
    )
    return data
  }
  const auth = encodeBase64(utf8Bytes(`${user}:${password}`))
  const entry = { username: user, password, email: flags.string('docker-email') || undefined, auth }
  data.set(dockerConfigKey, utf8Bytes(structJson({ auths: { [server ?? '']: entry } })))
  return data
}

function tlsData({ flags, world }: CreateRequest): Data {
  const [certificatePath, keyPath] = [flags.string('cert'), flags.string('key')]
  if (certificatePath === '' || keyPath === '') fail('key and cert must be specified')
  const certificate = readFile(world, certificatePath)
  const key = readFile(world, keyPath)
  const problem = keyPairError(certificate, key)
  if (problem !== undefined)
    fail(has(world.minor, kubectl.createsWithoutGenerators) ? problem : `failed to load key pair ${problem}`)
  return new Map([
    ['tls.crt', certificate],
    ['tls.key', key],
  ])
}

function readFile({ files }: SourceWorld, path: string): Uint8Array {
  const kind = files.kind(path)
  if (kind === 'directory') fail(`Cannot read file ${path}, read ${path}: is a directory`)
  if (kind === undefined) fail(`Cannot read file ${path}, open ${path}: ${statError(files, path)}`)
  return files.read(path) ?? new Uint8Array()
}

/** The ConfigMap, its fields in the order of the Go struct. Content that is no UTF-8 goes to `binaryData`. */
export function configMapFromFlags(request: CreateRequest): JsonObject {
  const { flags, world } = request
  if (request.name === '') fail('name must be specified')
  const text = new Map<string, Uint8Array>()
  const binary = new Map<string, Uint8Array>()
  const literals = literalSources(request)
  const files = flags.list('from-file')
  checkEnvFilesAlone(request, literals, files)
  const add = configMapKeyAdder(request, text, binary)
  addFromFiles(world, files, add)
  addFromLiterals(literals, add)
  addFromEnvFiles(world, envFiles(request), 'config', add)
  const data = Object.fromEntries(sorted(text).map(([key, value]) => [key, utf8Text(value)]))
  const binaryData = encodedData(binary)
  const hash = configMapHash({ name: request.name, data, binaryData })
  return {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: metadata(flags.bool('append-hash') ? `${request.name}-${hash}` : request.name, request),
    ...(text.size > 0 ? { data } : {}),
    ...(binary.size > 0 ? { binaryData } : {}),
  }
}

function configMapKeyAdder(
  { name, world }: CreateRequest,
  text: Map<string, Uint8Array>,
  binary: Map<string, Uint8Array>,
): AddKey {
  return (key, value) => {
    const problems = configMapKey(key).join(has(world.minor, kubectl.createsWithoutGenerators) ? ',' : ';')
    if (problems !== '') fail(`${goQuote(key)} is not a valid key name for a ConfigMap: ${problems}`)
    const exists = text.has(key) ? 'Data' : binary.has(key) ? 'BinaryData' : undefined
    if (exists !== undefined) {
      fail(
        `cannot add key ${goQuote(key)}, another key by that name already exists in ${exists} for ConfigMap ${goQuote(name)}`,
      )
    }
    ;(isUtf8(value) ? text : binary).set(key, value)
  }
}

function metadata(name: string, { namespace, world }: CreateRequest): JsonObject {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(has(world.minor, kubectl.omitsNullCreationTimestamp) ? {} : { creationTimestamp: null }),
  }
}

function encodedData(data: Data): Record<string, string> {
  return Object.fromEntries(sorted(data).map(([key, value]) => [key, encodeBase64(value)]))
}

function sorted(data: Data): [string, Uint8Array][] {
  return [...data].sort(([a], [b]) => compareBytes(a, b))
}
