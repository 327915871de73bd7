import { encodeBase64, fromBase64, utf8Bytes } from '../bytes/bytes.ts'
import { objectAt } from '../go/json.ts'
import { createSim } from '../sim/create-sim.ts'
import type { Sim } from '../sim/sim.ts'
import type { GivenObject, Place } from './given.ts'
import type { CheckOptions, HadSecret } from './options.ts'
import { podSpecOf, type Reference, referencesIn } from './references.ts'
import type { Refusal } from './report.ts'
import { objectName } from './words.ts'

/** A cluster in which the manifests were applied. */
export interface AppliedCluster {
  readonly sim: Sim
  readonly namespace: string
  readonly refused: readonly Refusal[]
  /** What was taken, in the order of the files. */
  readonly applied: readonly GivenObject[]
  /** Objects of kinds that no manifest defines, and which a cluster of the user's may know. */
  readonly unknownKinds: readonly GivenObject[]
}

/** Time for accounts of new namespaces, and for definitions of custom resources to be established. */
const settleFor = '5s'

/**
 * Applies manifests as a person would who knows what they need: namespaces first, then definitions of custom resources,
 * then the rest in the order of the files. Each object goes by itself, so that each refusal has its object.
 */
export function applyGiven(objects: readonly GivenObject[], options: CheckOptions, seed: string): AppliedCluster {
  const { namespace = 'default', version = 'v1.36', nodes = 3, strategy, unknownImages = 'succeed' } = options
  const sim = createSim({
    seed,
    version,
    nodes,
    unknownImages,
    journal: 'summary',
    ...(strategy === undefined ? {} : { kubelet: { configMapAndSecretChangeDetectionStrategy: strategy } }),
  })
  makeNamespaces(sim, objects, namespace, options.createNamespaces === true)
  const refused: Refusal[] = []
  const applied: GivenObject[] = []
  const unknownKinds: GivenObject[] = []
  const apply = (given: GivenObject) => {
    const reason = refusalOf(sim, given, namespace, options.serverSide === true)
    if (reason === undefined) applied.push(given)
    else if (isForeign(given, reason)) unknownKinds.push(given)
    else
      refused.push({
        object: objectName(given, namespace),
        place: placeOf(given, reason),
        reason,
        cure: cureOf(reason),
      })
  }
  const isEarly = ({ kind }: GivenObject) => kind === 'Namespace' || kind === 'CustomResourceDefinition'
  for (const kind of ['Namespace', 'CustomResourceDefinition'])
    for (const given of objects) if (given.kind === kind) apply(given)
  sim.runFor(settleFor)
  for (const secret of options.have ?? []) have(sim, secret, namespace, objects)
  for (const given of objects) if (!isEarly(given)) apply(given)
  startCronJobs(sim, applied, namespace)
  return { sim, namespace, refused, unknownKinds, applied: objects.filter((each) => applied.includes(each)) }
}

function makeNamespaces(sim: Sim, objects: readonly GivenObject[], namespace: string, all: boolean): void {
  const given = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name))
  const named = all ? objects.map((each) => each.namespace).filter((name) => name !== '') : []
  for (const name of new Set([namespace, ...named])) {
    // The one that is applied to is the user's, as the one of a kubeconfig's context is.
    if (!given.has(name) && sim.get('Namespace', name) === undefined) sim.kubectl(['create', 'namespace', name])
  }
}

/** The server's or kubectl's words, or undefined where the object was taken. */
function refusalOf(sim: Sim, given: GivenObject, namespace: string, serverSide: boolean): string | undefined {
  const argv = ['apply', ...(serverSide ? ['--server-side'] : []), '-n', given.namespace || namespace, '-f', '-']
  const { exitCode, stderr } = sim.kubectl(argv, { stdin: JSON.stringify(given.object) })
  if (exitCode === 0) return undefined
  return stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('Warning: '))
    .join('\n')
    .replace(/error when (?:creating|applying patch|retrieving current configuration of:?)[^:]*: /, '')
}

/** A kind that its own group defines, and nobody here did: an operator's, which the user's cluster may have. */
function isForeign({ apiVersion }: GivenObject, reason: string): boolean {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
  const isOurs = !group.includes('.') || group.endsWith('.k8s.io')
  return !isOurs && /no matches for kind|could not find the requested resource|resource mapping not found/.test(reason)
}

function cureOf(reason: string): string | undefined {
  // Where another limit is broken too, another way of applying is no cure.
  if (/^[^\n]*annotations: Too long[^\n]*$/.test(reason))
    return 'kubectl apply --server-side (it keeps no copy of the object in an annotation)'
  if (/namespaces? "[^"]*" not found/.test(reason)) return '--create-namespaces, or a Namespace among the manifests'
  return undefined
}

/** The place that a refusal is about: the field that its message names, or the value that is no base64. */
function placeOf(given: GivenObject, reason: string): Place {
  if (/illegal base64 data/.test(reason)) {
    const bad = Object.entries(objectAt(given.object, 'data')).find(
      ([, value]) => fromBase64(String(value)) === undefined,
    )
    if (bad !== undefined) return given.place(['data', bad[0]])
  }
  const [field, key, ...rest] = fieldOf(reason)
  // The server has merged stringData into data before it looks.
  const isPlain = field === 'data' && Object.hasOwn(objectAt(given.object, 'stringData'), String(key))
  if (isPlain && key !== undefined) return given.place(['stringData', key, ...rest], 'key')
  if (field === 'data' && key === undefined && given.object.data === undefined)
    return given.place(['stringData'], 'key')
  return given.place(field === undefined ? [] : key === undefined ? [field] : [field, key, ...rest])
}

/** The path of the field that a message of validation begins with; a key in brackets is a key of a map. */
function fieldOf(reason: string): readonly (string | number)[] {
  const fields = [...reason.matchAll(/(?:invalid: (?:\* )?|^\* )([A-Za-z][\w.-]*(?:\[[^\]]*\][\w.-]*)*): /gm)].map(
    (match) => match[1],
  )
  // The copy in an annotation is only as long as what it copies.
  const field = fields.find((name) => name !== 'metadata.annotations') ?? fields[0]
  const unknown = /unknown field "([^"]+)"/.exec(reason)?.[1]
  const text = field ?? unknown
  if (text === undefined) return []
  return [...text.matchAll(/\[(\d+)\]|\[([^\]]+)\]|([^.[\]]+)/g)].map(([, index, key, name]) =>
    index === undefined ? (key ?? name ?? '') : Number(index),
  )
}

/** A Secret of the user's cluster, of the type that its references want; its values are of no interest. */
function have(sim: Sim, secret: HadSecret, namespace: string, objects: readonly GivenObject[]): void {
  const home = secret.namespace ?? namespace
  const wanted = objects.flatMap((given) =>
    (given.namespace || namespace) === home ? secretReferences(given).filter(({ name }) => name === secret.name) : [],
  )
  const isPulled = wanted.some(({ way }) => way === 'pull')
  const asked = isPulled ? ['.dockerconfigjson'] : [...new Set(wanted.flatMap(({ keys }) => keys ?? []))]
  const keys = secret.keys.length > 0 ? secret.keys : asked.length > 0 ? asked : ['value']
  const value = encodeBase64(utf8Bytes(isPulled ? '{"auths":{}}' : 'had'))
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secret.name, namespace: home },
    type: isPulled ? 'kubernetes.io/dockerconfigjson' : 'Opaque',
    data: Object.fromEntries(keys.map((key) => [key, value])),
  }
  sim.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(object) })
}

/** References to Secrets in the Pods that an object makes. */
function secretReferences(given: GivenObject): readonly Reference[] {
  const pod = podSpecOf(given)
  if (pod === undefined) return []
  const { spec, path } = pod
  return referencesIn(spec, path).filter((reference) => reference.kind === 'Secret')
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
