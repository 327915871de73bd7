import { isObject, type JsonObject, listAt, objectAt, textAt } from '../go/json.ts'
import type { YamlPath } from '../scenario/positions.ts'

/** How a Pod takes something of a Secret or ConfigMap. */
export type ReferenceWay = 'env' | 'envFrom' | 'volume' | 'subPath' | 'projected' | 'pull'

/** One place in a Pod's spec that names a Secret or ConfigMap. */
export interface Reference {
  readonly kind: 'Secret' | 'ConfigMap'
  readonly name: string
  /** The keys that must be there; undefined: whatever keys it has. */
  readonly keys: readonly string[] | undefined
  /** Of a subPath mount: the keys whose files it shows, whatever else its volume holds. */
  readonly shown?: readonly string[]
  readonly isOptional: boolean
  readonly way: ReferenceWay
  /** Undefined: the Pod's as a whole (a pull, or a volume that no container mounts). */
  readonly container: string | undefined
  readonly isInit: boolean
  /** Name of the variable, prefix, or mount path. */
  readonly where: string
  readonly volume?: string
  /** Permission bits of the files, if the volume says any. */
  readonly mode?: number
  /** Where the name stands, from the object's root. */
  readonly path: YamlPath
}

/** Where the Pod spec stands in an object that has one; undefined: it makes no Pods. Sources: the kinds' API types. */
export function podSpecPath({ kind }: { readonly kind: string }): YamlPath | undefined {
  return podSpecPaths[kind]
}

const template: YamlPath = ['spec', 'template', 'spec']
const podSpecPaths: Readonly<Record<string, YamlPath>> = {
  Pod: ['spec'],
  Deployment: template,
  ReplicaSet: template,
  ReplicationController: template,
  StatefulSet: template,
  DaemonSet: template,
  Job: template,
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  PodTemplate: ['template', 'spec'],
}

/** The spec of the Pods that an object makes, and where it stands; undefined: it makes none. */
export function podSpecOf({
  kind,
  object,
}: {
  readonly kind: string
  readonly object: JsonObject
}): { readonly spec: JsonObject; readonly path: YamlPath } | undefined {
  const path = podSpecPath({ kind })
  return path === undefined ? undefined : { path, spec: objectAt(object, ...path) }
}

/** All references of a Pod spec that stands at `path`, in the order in which a kubelet visits them. */
export function referencesIn(spec: unknown, path: YamlPath): readonly Reference[] {
  const containers = containersIn(spec, path)
  return [
    ...listAt(spec, 'imagePullSecrets').map((each, i) => pullOf(each, [...path, 'imagePullSecrets', i, 'name'])),
    ...containers.flatMap(variablesIn),
    ...listAt(spec, 'volumes').flatMap((volume, i) => volumeIn(volume, [...path, 'volumes', i], containers)),
  ]
}

export interface ContainerAt {
  readonly container: JsonObject
  readonly name: string
  readonly isInit: boolean
  readonly path: YamlPath
}

/** Init containers first. */
export function containersIn(spec: unknown, path: YamlPath): readonly ContainerAt[] {
  return (['initContainers', 'containers'] as const).flatMap((field) =>
    listAt(spec, field).flatMap((container, i) =>
      isObject(container)
        ? [
            {
              container,
              name: textAt(container, 'name'),
              isInit: field === 'initContainers',
              path: [...path, field, i],
            },
          ]
        : [],
    ),
  )
}

function pullOf(reference: unknown, path: YamlPath): Reference {
  return {
    kind: 'Secret',
    name: textAt(reference, 'name'),
    keys: undefined,
    isOptional: true,
    way: 'pull',
    container: undefined,
    isInit: false,
    where: '',
    path,
  }
}

const sources = [
  ['Secret', 'secretRef', 'secretKeyRef'],
  ['ConfigMap', 'configMapRef', 'configMapKeyRef'],
] as const

function variablesIn({ container, name, isInit, path }: ContainerAt): readonly Reference[] {
  const found: Reference[] = []
  for (const [kind, all, one] of sources) {
    for (const [i, each] of listAt(container, 'envFrom').entries()) {
      const at = [...path, 'envFrom', i, all]
      const source = objectAt(each, all)
      const keys = undefined
      if (textAt(source, 'name') !== '')
        found.push({
          ...named(kind, source, at),
          keys,
          way: 'envFrom',
          container: name,
          isInit,
          where: textAt(each, 'prefix'),
        })
    }
    for (const [i, each] of listAt(container, 'env').entries()) {
      const at = [...path, 'env', i, 'valueFrom', one]
      const source = objectAt(each, 'valueFrom', one)
      const keys = [textAt(source, 'key')]
      if (textAt(source, 'name') !== '')
        found.push({
          ...named(kind, source, at),
          keys,
          way: 'env',
          container: name,
          isInit,
          where: textAt(each, 'name'),
        })
    }
  }
  return found
}

function named(kind: Reference['kind'], source: JsonObject, path: YamlPath, field = 'name') {
  return { kind, name: textAt(source, field), isOptional: source.optional === true, path: [...path, field] }
}

/** The keys that a use takes; undefined: all that there are. */
export function keysTaken({ keys, shown }: Pick<Reference, 'keys' | 'shown'>): readonly string[] | undefined {
  return shown ?? keys
}

type VolumeReference = Pick<Reference, 'kind' | 'name' | 'isOptional' | 'path' | 'keys' | 'volume' | 'mode'> & {
  readonly way: 'volume' | 'projected'
}

/** A source of a volume; the keys of its files by their paths, if it says which. */
interface VolumeSource {
  readonly source: VolumeReference
  readonly keyAt: ReadonlyMap<string, string> | undefined
}

function volumeIn(volume: unknown, path: YamlPath, containers: readonly ContainerAt[]): readonly Reference[] {
  const name = textAt(volume, 'name')
  return sourcesOf(volume, path, name).flatMap(({ source, keyAt }) => {
    const mounts = containers.flatMap((each) => mountsOf(each, name, { source, keyAt }))
    return mounts.length > 0 ? mounts : [{ ...source, container: undefined, isInit: false, where: '' }]
  })
}

function mountsOf({ container, name, isInit }: ContainerAt, volume: string, of: VolumeSource): Reference[] {
  return listAt(container, 'volumeMounts')
    .filter((mount) => textAt(mount, 'name') === volume)
    .map((mount) => {
      const subPath = textAt(mount, 'subPath')
      const isSubPath = subPath !== '' || textAt(mount, 'subPathExpr') !== ''
      return {
        ...of.source,
        ...(subPath === '' ? {} : { shown: shownAt(subPath, of.keyAt) }),
        way: isSubPath ? ('subPath' as const) : of.source.way,
        container: name,
        isInit,
        where: textAt(mount, 'mountPath'),
      }
    })
}

/** The keys whose files lie at or below a path of the volume. */
function shownAt(subPath: string, keyAt: ReadonlyMap<string, string> | undefined): readonly string[] {
  const at = subPath.replace(/\/+$/, '')
  if (keyAt === undefined) return [at]
  return [...keyAt].flatMap(([file, key]) => (file === at || file.startsWith(`${at}/`) ? [key] : []))
}

function sourcesOf(volume: unknown, path: YamlPath, name: string): readonly VolumeSource[] {
  const found: VolumeSource[] = []
  const add = (kind: Reference['kind'], source: JsonObject, at: YamlPath, field: string, mode: unknown) => {
    if (textAt(source, field) === '') return
    const items = listAt(source, 'items')
    const keys = items.length === 0 ? undefined : items.map((item) => textAt(item, 'key'))
    const way = at.includes('projected') ? 'projected' : 'volume'
    const base = { ...named(kind, source, at, field), keys, way, volume: name } as const
    const keyAt = new Map(items.map((item) => [textAt(item, 'path'), textAt(item, 'key')] as const))
    found.push({
      source: typeof mode === 'number' ? { ...base, mode } : base,
      keyAt: items.length === 0 ? undefined : keyAt,
    })
  }
  const secret = objectAt(volume, 'secret')
  const configMap = objectAt(volume, 'configMap')
  add('Secret', secret, [...path, 'secret'], 'secretName', secret.defaultMode)
  add('ConfigMap', configMap, [...path, 'configMap'], 'name', configMap.defaultMode)
  for (const [i, source] of listAt(volume, 'projected', 'sources').entries()) {
    const at = [...path, 'projected', 'sources', i]
    const mode = objectAt(volume, 'projected').defaultMode
    add('Secret', objectAt(source, 'secret'), [...at, 'secret'], 'name', mode)
    add('ConfigMap', objectAt(source, 'configMap'), [...at, 'configMap'], 'name', mode)
  }
  return found
}
