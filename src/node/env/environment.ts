import type {
  ConfigMap,
  Container,
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  FileKeySelector,
  Pod,
  Secret,
} from '../../api/types/core.ts'
import { isUtf8, utf8Text } from '../../bytes/bytes.ts'
import { compareBytes } from '../../fs/path.ts'
import { goQuote } from '../../go/quote.ts'
import type { Once } from '../../kernel/once.ts'
import { onePart } from '../../kernel/recent-parts.ts'
import { sortFew } from '../../kernel/sort-few.ts'
import { type Steps, wait } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { kubelet } from '../../versions/kubelet.ts'
import { readBytes } from '../volumes/plugins/payload.ts'
import { type EnvFile, envFileValue } from './env-file.ts'
import { expand, mappingOf } from './expansion.ts'
import { environmentField, type PodAddresses, resourceField } from './field-values.ts'
import { type ServiceForEnv, serviceEnvironment } from './service-env.ts'

export interface EnvironmentVariable {
  readonly name: string
  readonly value: string
}

export type EnvironmentResult =
  /** `isText`: all values were UTF-8; what was not became U+FFFD, as it does in the JSON of docker and runc. */
  (
    | { readonly ok: true; readonly env: readonly EnvironmentVariable[]; readonly isText: boolean }
    /** What the container's status says behind CreateContainerConfigError. */
    | { readonly ok: false; readonly error: string }
  ) & {
    /** Messages of Warning events `InvalidEnvironmentVariableNames`, in order (E2). They are sent also if it fails later. */
    readonly invalidNames: readonly string[]
  }

/** An object that the environment needs next. Each is asked for once: one snapshot per container start. */
export interface EnvironmentRequest {
  readonly kind: 'Secret' | 'ConfigMap'
  readonly name: string
}
export type EnvironmentAnswer =
  | { readonly ok: true; readonly object: Secret | ConfigMap }
  | { readonly ok: false; readonly error: { readonly message: string; readonly isNotFound: boolean } }

/** Where the objects come from. */
export type ObjectsForEnvironment = (request: EnvironmentRequest) => Once<EnvironmentAnswer>

export interface EnvironmentOptions extends PodAddresses {
  readonly objects: ObjectsForEnvironment
  /** A file of a volume of the Pod; undefined where there is no such volume, or it is not mounted. */
  file?(volumeName: string, path: string): EnvFile | undefined
  readonly pod: Pod
  readonly container: Container
  readonly minor: number
  /** Undefined: the kubelet has not listed them yet. */
  readonly services: readonly ServiceForEnv[] | undefined
  readonly allocatable: Readonly<Record<string, string>>
}

/**
 * The environment of a container as the kubelet resolves it at each creation (E1..E4): envFrom in order, then env in order
 * over it, then the variables of Services that neither set. Objects are asked for one at a time.
 * Go's map has no order: the result is in order of bytes. Source: kubelet_pods.go, makeEnvironmentVariables.
 */
export function* makeEnvironment(options: EnvironmentOptions): Steps<EnvironmentResult> {
  const { pod, container, minor, services } = options
  const invalidNames: string[] = []
  const fail = (error: string): EnvironmentResult => ({ ok: false, error, invalidNames })
  const { enableServiceLinks } = pod.spec
  if (enableServiceLinks === undefined)
    return fail('nil pod.spec.enableServiceLinks encountered, cannot construct envvars')
  if (services === undefined && has(minor, kubelet.waitsForServices))
    return fail('services have not yet been read at least once, cannot construct envvars')
  const namespace = pod.metadata.namespace ?? ''
  if (container.envFrom === undefined && container.env === undefined)
    return {
      ok: true,
      env: servicesOnly(services ?? noServices, namespace, enableServiceLinks),
      isText: true,
      invalidNames,
    }
  const serviceEnv = serviceEnvironment(services ?? noServices, namespace, enableServiceLinks)
  const env = new Map<string, string>()
  const snapshot = new Map<string, Secret | ConfigMap>()
  const broken: string[] = []

  for (const source of container.envFrom ?? []) {
    const reference = referenceOf(source)
    if (reference === undefined) continue
    const got = yield* fetch(reference, snapshot, options.objects)
    if (!got.ok) {
      if (got.skip) continue
      return fail(got.error)
    }
    const values = valuesOf(reference.kind, got.object)
    for (const [key, text] of values) if (isBroken(reference, got.object, key, text)) broken.push(text)
    const invalid = addAll(env, values, source.prefix ?? '', minor)
    if (invalid.length > 0) invalidNames.push(invalidNamesMessage(reference, pod, invalid))
  }
  const mapping = mappingOf(env, { get: (name) => serviceEnv.get(name)?.value })
  for (const variable of container.env ?? []) {
    const value = yield* variableValue(variable, options, mapping, snapshot, broken)
    if (!value.ok) {
      if (value.skip) continue
      return fail(value.error)
    }
    serviceEnv.delete(variable.name)
    env.set(variable.name, value.value)
  }
  const own = Array.from(env, ([name, value]): EnvironmentVariable => onePart({ name, value }))
  const rest = [...serviceEnv.values()].filter(({ name }) => !env.has(name))
  return {
    ok: true,
    env: sorted(own).concat(sorted(rest)),
    isText: !own.some(({ value }) => broken.some((text) => value.includes(text))),
    invalidNames,
  }
}

interface Reference extends EnvironmentRequest {
  readonly optional: boolean
}
type Failure = { readonly ok: false; readonly skip: boolean; readonly error: string }
type Value = { readonly ok: true; readonly value: string } | Failure

function referenceOf({ secretRef, configMapRef }: EnvFromSource): Reference | undefined {
  const source = configMapRef ?? secretRef
  if (source === undefined) return undefined
  const kind = configMapRef === undefined ? 'Secret' : 'ConfigMap'
  return { kind, name: source.name ?? '', optional: source.optional ?? false }
}

function* fetch(
  { kind, name, optional }: Reference,
  snapshot: Map<string, Secret | ConfigMap>,
  objects: ObjectsForEnvironment,
): Steps<{ readonly ok: true; readonly object: Secret | ConfigMap } | Failure> {
  const key = `${kind}/${name}`
  const known = snapshot.get(key)
  if (known !== undefined) return { ok: true, object: known }
  const got = yield* wait(objects({ kind, name }))
  if (!got.ok) return { ok: false, skip: got.error.isNotFound && optional, error: got.error.message }
  snapshot.set(key, got.object)
  return got
}

function valuesOf(kind: Reference['kind'], object: Secret | ConfigMap): ReadonlyMap<string, string> {
  if (kind === 'ConfigMap') return new Map(Object.entries(object.data ?? {}))
  return new Map([...readBytes(object)].map(([key, bytes]) => [key, utf8Text(bytes)]))
}

/** Whether the text of a key stands for bytes that are no UTF-8. */
function isBroken({ kind }: EnvironmentRequest, object: Secret | ConfigMap, key: string, text: string): boolean {
  if (kind === 'ConfigMap' || !text.includes('\uFFFD')) return false
  const bytes = readBytes(object).get(key)
  return bytes !== undefined && !isUtf8(bytes, text)
}

function addAll(
  env: Map<string, string>,
  values: ReadonlyMap<string, string>,
  prefix: string,
  minor: number,
): string[] {
  const invalid: string[] = []
  for (const [key, value] of values) {
    const name = prefix + key
    if (!has(minor, kubelet.envFromKeepsAllNames) && !isVariableName(name)) invalid.push(name)
    else env.set(name, value)
  }
  return invalid.sort(compareBytes)
}

/** Source: apimachinery util/validation, IsEnvVarName. */
function isVariableName(name: string): boolean {
  return /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name) && name !== '.' && !name.startsWith('..')
}

function invalidNamesMessage({ kind, name }: Reference, pod: Pod, names: readonly string[]): string {
  const what = kind === 'Secret' ? 'secret' : 'configMap'
  return `Keys [${names.join(', ')}] from the EnvFrom ${what} ${pod.metadata.namespace}/${name} were skipped since they are considered invalid environment variable names.`
}

function* variableValue(
  { value = '', valueFrom }: EnvVar,
  options: EnvironmentOptions,
  mapping: (name: string) => string,
  snapshot: Map<string, Secret | ConfigMap>,
  broken: string[],
): Steps<Value> {
  if (value !== '') return { ok: true, value: expand(value, mapping, options.minor) }
  if (valueFrom === undefined) return { ok: true, value: '' }
  const { pod, container, allocatable } = options
  if (valueFrom.fieldRef !== undefined) return noSkip(environmentField(pod, valueFrom.fieldRef.fieldPath, options))
  if (valueFrom.resourceFieldRef !== undefined)
    return noSkip(resourceField(pod, valueFrom.resourceFieldRef, container, allocatable))
  if (valueFrom.fileKeyRef !== undefined && has(options.minor, kubelet.readsEnvFiles))
    return fileValue(valueFrom.fileKeyRef, options)
  const reference = keyReferenceOf(valueFrom)
  if (reference === undefined) return { ok: true, value: '' }
  const got = yield* fetch(reference, snapshot, options.objects)
  if (!got.ok) return got
  const found = valuesOf(reference.kind, got.object).get(reference.key)
  if (found !== undefined) {
    if (isBroken(reference, got.object, reference.key, found)) broken.push(found)
    return { ok: true, value: found }
  }
  const { kind, key, name, optional } = reference
  const error = `couldn't find key ${key} in ${kind} ${pod.metadata.namespace}/${name}`
  return { ok: false, skip: optional, error }
}

/** Source: kubelet_pods.go, makeEnvironmentVariables, what it does of FileKeyRef. */
function fileValue({ volumeName, path, key, optional = false }: FileKeySelector, { file }: EnvironmentOptions): Value {
  const refuse = (error: string, skip = false): Value => ({ ok: false, skip, error })
  const found = file?.(volumeName, path)
  if (found === undefined) return refuse(`cannot find the volume ${goQuote(volumeName)} referenced by FileKeyRef`)
  const parsed = found.text === undefined ? undefined : envFileValue(found.text, key)
  if (parsed?.ok !== true) return refuse("couldn't parse env file")
  if (parsed.value !== '') return parsed
  return refuse(`environment variable key ${goQuote(key)} not found in file ${goQuote(found.path)}`, optional)
}

function keyReferenceOf({
  configMapKeyRef,
  secretKeyRef,
}: EnvVarSource): (Reference & { readonly key: string }) | undefined {
  const source = configMapKeyRef ?? secretKeyRef
  if (source === undefined) return undefined
  const kind = configMapKeyRef === undefined ? 'Secret' : 'ConfigMap'
  return { kind, name: source.name ?? '', key: source.key, optional: source.optional ?? false }
}

function noSkip(
  value: { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: string },
): Value {
  return value.ok ? value : { ...value, skip: false }
}

const noServices: readonly ServiceForEnv[] = []
const known = new WeakMap<readonly ServiceForEnv[], Map<string, readonly EnvironmentVariable[]>>()

/** What containers without variables of their own get: all of a namespace the very same. */
function servicesOnly(
  services: readonly ServiceForEnv[],
  namespace: string,
  enableServiceLinks: boolean,
): readonly EnvironmentVariable[] {
  const ofServices = known.get(services) ?? new Map<string, readonly EnvironmentVariable[]>()
  known.set(services, ofServices)
  const key = `${namespace} ${enableServiceLinks}`
  const before = ofServices.get(key)
  if (before !== undefined) return before
  const env = sorted([...serviceEnvironment(services, namespace, enableServiceLinks).values()])
  ofServices.set(key, env)
  return env
}

function sorted(variables: EnvironmentVariable[]): readonly EnvironmentVariable[] {
  return sortFew(variables, (a, b) => compareBytes(a.name, b.name))
}
