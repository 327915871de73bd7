import { encodeBase64, utf8Bytes } from '../bytes/bytes.ts'
import { textAt } from '../go/json.ts'
import { createSim } from '../sim/create-sim.ts'
import type { Sim } from '../sim/sim.ts'
import type { GivenObject } from './given.ts'
import { isWorkedOn, type OperatorSecret, operatorSecretsOf } from './operator-secrets.ts'
import type { CheckOptions, HadObject } from './options.ts'
import { podSpecOf, type Reference, referencesIn } from './references.ts'
import { refusedPlace } from './refused-place.ts'
import type { Refusal } from './report.ts'
import { type KnownClasses, provideDrivers, provideStorage } from './storage.ts'
import { reachedVolume } from './volume-reach.ts'
import { counted, objectName } from './words.ts'

/** A cluster in which the manifests were applied. */
export interface AppliedCluster {
  readonly sim: Sim
  readonly namespace: string
  readonly refused: readonly Refusal[]
  /** The same as objects: what they name, somebody has in mind all the same. */
  readonly rejected: readonly GivenObject[]
  /** What was taken, in the order of the files. */
  readonly applied: readonly GivenObject[]
  /** Objects of kinds that no manifest defines, and which a cluster of the user's may know. */
  readonly unknownKinds: readonly GivenObject[]
  /** How many nodes of what size, in words. */
  readonly nodes: string
  readonly knownClasses: KnownClasses
  /** Secrets that operators are taken to have made. */
  readonly made: readonly MadeSecret[]
}

/** A Secret that an operator makes of an object. */
export interface MadeSecret extends OperatorSecret {
  readonly given: GivenObject
}

/** Time for accounts of new namespaces, and for definitions of custom resources to be established. */
const settleFor = '5s'

/** A usual machine: what is asked of nodes beyond it is told as too much. */
const usualNode = { cpu: '8', memory: '32Gi' }

/**
 * Applies manifests as a person would who knows what they need: namespaces first, then definitions of custom resources,
 * then the rest in the order of the files. Each object goes by itself, so that each refusal has its object.
 */
export function applyGiven(objects: readonly GivenObject[], options: CheckOptions, seed: string): AppliedCluster {
  const { namespace = 'default', nodes = 3, nodeSize = usualNode, storageClasses = [] } = options
  const sim = clusterFor(options, nodes, nodeSize, seed)
  makeNamespaces(sim, objects, namespace, options.createNamespaces === true)
  const refused: Refusal[] = []
  const rejected: GivenObject[] = []
  const applied: GivenObject[] = []
  const unknownKinds: GivenObject[] = []
  const apply = (given: GivenObject) => {
    const refusal = refusalOf(sim, given, namespace, options.serverSide === true)
    if (refusal === undefined) {
      applied.push(given)
      return
    }
    const isTheirs = isForeign(given, refusal.reason)
    const definition = isTheirs ? objects.find((each) => defines(each, given) && !applied.includes(each)) : undefined
    if (isTheirs && definition === undefined) {
      unknownKinds.push(given)
      return
    }
    rejected.push(given)
    const cure =
      definition === undefined
        ? (refusal.cure ?? laterAccount(objects, given, refusal.reason, namespace))
        : `its ${objectName(definition, namespace)} was refused: see there`
    refused.push({ ...refusal, cure })
  }
  const isEarly = ({ kind }: GivenObject) => kind === 'Namespace' || kind === 'CustomResourceDefinition'
  for (const kind of ['Namespace', 'CustomResourceDefinition'])
    for (const given of objects) if (given.kind === kind) apply(given)
  sim.runFor(settleFor)
  const hosts = options.privateRegistries ?? []
  for (const object of options.have ?? []) have(sim, object, { namespace, objects, hosts })
  provideDrivers(sim, objects)
  for (const given of objects) if (!isEarly(given)) apply(given)
  provideStorage(sim, storageClasses)
  const made =
    options.operators === 'absent' ? [] : operate(sim, [...applied, ...unknownKinds], { namespace, objects, hosts })
  startCronJobs(sim, applied, namespace)
  return {
    made,
    sim,
    namespace,
    refused,
    rejected,
    unknownKinds,
    applied: objects.filter((each) => applied.includes(each)),
    nodes: `${counted(nodes, 'node')} of ${nodeSize.cpu} cores and ${nodeSize.memory}`,
    knownClasses: storageClasses,
  }
}

function clusterFor(
  { version = 'v1.36', unknownImages = 'succeed', strategy, ...options }: CheckOptions,
  nodes: number,
  size: NonNullable<CheckOptions['nodeSize']>,
  seed: string,
): Sim {
  const { nodeResources: resources = {}, nodeLabels: labels = {}, privateRegistries = [], presentImages = [] } = options
  return createSim({
    seed,
    version,
    nodes: Array.from({ length: nodes }, (_, i) => ({ name: `node-${i + 1}`, ...size, resources, labels })),
    images: [
      ...privateRegistries.map((name) => ({ name, private: true as const })),
      ...presentImages.map((name) => ({ name, present: true })),
    ],
    unknownImages,
    journal: 'summary',
    // What is applied is one line of the user's, and what is asked is nobody's.
    commandTime: 0,
    ...(strategy === undefined ? {} : { kubelet: { configMapAndSecretChangeDetectionStrategy: strategy } }),
  })
}

/** Whether a definition of custom resources is that of the object's kind. */
function defines({ kind, object }: GivenObject, of: GivenObject): boolean {
  return (
    kind === 'CustomResourceDefinition' &&
    textAt(object, 'spec', 'names', 'kind') === of.kind &&
    textAt(object, 'spec', 'group') === groupOf(of)
  )
}

function makeNamespaces(sim: Sim, objects: readonly GivenObject[], namespace: string, all: boolean): void {
  const given = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name))
  const named = all ? objects.map((each) => each.namespace).filter((name) => name !== '') : []
  for (const name of new Set([namespace, ...named])) {
    // The one that is applied to is the user's, as the one of a kubeconfig's context is.
    if (!given.has(name) && sim.get('Namespace', name) === undefined) sim.kubectl(['create', 'namespace', name])
  }
}

/** What the server or kubectl said, or undefined where the object was taken. */
function refusalOf(sim: Sim, given: GivenObject, namespace: string, serverSide: boolean): Refusal | undefined {
  const argv = ['apply', ...(serverSide ? ['--server-side'] : []), '-n', given.namespace || namespace, '-f', '-']
  const { object, taken } = reachedVolume(sim, given)
  // What is wrong in it is wrong as it was given.
  const tried =
    taken.length > 0 ? sim.kubectl([...argv, '--dry-run=server'], { stdin: JSON.stringify(given.object) }) : undefined
  const { exitCode, stderr } = tried?.exitCode === 1 ? tried : sim.kubectl(argv, { stdin: JSON.stringify(object) })
  if (exitCode === 0) return undefined
  const reason = stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('Warning: '))
    .join('\n')
    .replace(/error when (?:creating|applying patch|retrieving current configuration of:?)[^:]*: /, '')
    .replaceAll('"STDIN"', JSON.stringify(given.place([]).file))
  return { object: objectName(given, namespace), place: refusedPlace(given, reason), reason, cure: cureOf(reason) }
}

/** Groups with a dot in their name that Kubernetes itself has, or had. Source: k8s.io/api, its folders; kube-aggregator, apiextensions. */
const ownGroups: ReadonlySet<string> = new Set(
  [
    ...['admissionregistration', 'apiextensions', 'apiregistration', 'auditregistration', 'authentication'],
    ...['authorization', 'certificates', 'coordination', 'discovery', 'events', 'flowcontrol.apiserver'],
    ...['internal.apiserver', 'networking', 'node', 'rbac.authorization', 'resource', 'scheduling', 'settings'],
    ...['storage', 'storagemigration'],
  ].map((name) => `${name}.k8s.io`),
)

function groupOf({ apiVersion }: GivenObject): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
}

/** A kind that its own group defines, and nobody here did: an operator's, which the user's cluster may have. */
function isForeign(given: GivenObject, reason: string): boolean {
  const group = groupOf(given)
  const isOurs = !group.includes('.') || ownGroups.has(group)
  return !isOurs && /no matches for kind|could not find the requested resource|resource mapping not found/.test(reason)
}

function cureOf(reason: string): string | undefined {
  // Where another limit is broken too, another way of applying is no cure.
  if (/^[^\n]*annotations: Too long[^\n]*$/.test(reason))
    return 'kubectl apply --server-side (it keeps no copy of the object in an annotation)'
  if (/namespaces? "[^"]*" not found/.test(reason)) return '--create-namespaces, or a Namespace among the manifests'
  if (/cannot be handled as a Secret: illegal base64 data/.test(reason))
    return 'data wants base64; stringData takes plain text, which the server encodes'
  const [, decimal] = /[mM]ode: Invalid value: ([0-7]+): must be a number between 0 and 0777/.exec(reason) ?? []
  if (decimal !== undefined) return `0${decimal}: without the 0 in front it is a decimal number`
  if (/unknown field "[^"]*\.secret\.name"/.test(reason)) return 'secretName: so is the Secret of a volume named'
  if (/unknown field "[^"]*ontainers\[\d+\]\.imagePullSecrets"/.test(reason))
    return 'imagePullSecrets are the Pod’s: they stand beside containers'
  if (reason.includes('cannot use generate name with apply'))
    return 'kubectl create: apply knows objects by their names, which a generateName leaves to the server'
  return undefined
}

/** A Pod that is applied before its account, which the same manifests make. */
function laterAccount(
  objects: readonly GivenObject[],
  { namespace }: GivenObject,
  reason: string,
  fallback: string,
): string | undefined {
  const [, name] = /error looking up service account \S+: serviceaccount "([^"]+)" not found/.exec(reason) ?? []
  if (name === undefined) return undefined
  const account = objects.find(
    (each) =>
      each.kind === 'ServiceAccount' && each.name === name && (each.namespace || fallback) === (namespace || fallback),
  )
  if (account === undefined) return 'no manifest makes that account'
  const { file, line } = account.place([])
  return `apply ${objectName(account, fallback)} first (${file}:${line}), or all of it once more`
}

/** Where what is made beside the manifests has to fit. */
interface Surroundings {
  readonly namespace: string
  readonly objects: readonly GivenObject[]
  /** Registries that ask for credentials. */
  readonly hosts: readonly string[]
}

/** Operators come to their objects once these are there, as everybody else does; a Secret that is there already stays. */
function operate(sim: Sim, objects: readonly GivenObject[], around: Surroundings): readonly MadeSecret[] {
  const secrets = objects.flatMap((given) =>
    isWorkedOn(given, objects, around.namespace) ? operatorSecretsOf(given).map((secret) => ({ secret, given })) : [],
  )
  return secrets.flatMap(({ secret, given }) => {
    const namespace = secret.namespace ?? (given.namespace || around.namespace)
    if (sim.get('Secret', secret.name, namespace) !== undefined) return []
    have(sim, { name: secret.name, namespace, keys: secret.keys ?? [] }, around)
    // In a namespace that is not there nobody makes anything.
    return sim.get('Secret', secret.name, namespace) === undefined ? [] : [{ ...secret, namespace, given }]
  })
}

/** A Secret or ConfigMap of the user's cluster, with what its references want; its values are of no interest. */
function have(sim: Sim, had: HadObject, { namespace, objects, hosts }: Surroundings): void {
  const home = had.namespace ?? namespace
  const kind = had.kind ?? 'Secret'
  const wanted = objects.flatMap((given) =>
    (given.namespace || namespace) === home
      ? referencesOf(given).filter((each) => each.kind === kind && each.name === had.name)
      : [],
  )
  const isPulled = wanted.some(({ way }) => way === 'pull')
  const asked = isPulled ? ['.dockerconfigjson'] : [...new Set(wanted.flatMap(({ keys }) => keys ?? []))]
  const keys = had.keys.length > 0 ? had.keys : asked.length > 0 ? asked : ['value']
  const auths = Object.fromEntries(hosts.map((host) => [host, { username: 'had', password: 'had' }]))
  const value = isPulled ? JSON.stringify({ auths }) : 'had'
  const data = Object.fromEntries(keys.map((key) => [key, kind === 'Secret' ? encodeBase64(utf8Bytes(value)) : value]))
  const object = { apiVersion: 'v1', kind, metadata: { name: had.name, namespace: home }, data }
  const type = isPulled ? 'kubernetes.io/dockerconfigjson' : 'Opaque'
  sim.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(kind === 'Secret' ? { ...object, type } : object) })
}

/** References to Secrets and ConfigMaps in the Pods that an object makes. */
function referencesOf(given: GivenObject): readonly Reference[] {
  const pod = podSpecOf(given)
  return pod === undefined ? [] : referencesIn(pod.spec, pod.path)
}

/** A CronJob's time may never come while we watch: one Job of each is started by hand. */
function startCronJobs(sim: Sim, applied: readonly GivenObject[], namespace: string): void {
  for (const given of applied) {
    if (given.kind !== 'CronJob') continue
    const home = given.namespace || namespace
    sim.kubectl(['create', 'job', '-n', home, cronJobRun(given.name), `--from=cronjob/${given.name}`])
  }
}

/** Name of the Job that is started of a CronJob. */
export function cronJobRun(name: string): string {
  return `${name.slice(0, 56)}-check`
}
