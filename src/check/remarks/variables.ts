import type { ConfigMap, Secret } from '../../api/types/core.ts'
import { isObject, listAt, objectAt, textAt } from '../../go/json.ts'
import { closest } from '../../sim/input/closest.ts'
import type { GivenObject } from '../given.ts'
import { type ContainerAt, containersIn, podSpecOf, type Reference } from '../references.ts'
import type { Remark } from '../report.ts'
import { objectName } from '../words.ts'
import { type Use, usesIn } from './secret-uses.ts'

/** What a Pod is given that looks like the value, and is not: references that nobody expands, files that are not there. */

/** Finds a Secret or ConfigMap of the cluster. */
export type Find = (kind: 'Secret' | 'ConfigMap', name: string, namespace: string) => Secret | ConfigMap | undefined

/** References in variables, as a kubelet expands them. Source: third_party/forked/golang/expansion/expand.go. */
const referencePattern = /(?<!\$)\$\(([A-Z_][A-Z0-9_]*)\)/g

const referencesOf = (text: string): readonly string[] =>
  [...text.matchAll(referencePattern)].map(([, name = '']) => name)

/** Variables that Services bring. Source: pkg/kubelet/envvars/envvars.go. */
const ofService = /_SERVICE_(?:HOST|PORT)|_PORT(?:_|$)/

/**
 * Variables that use others which come after them or not at all: they keep the reference as it is written. So do values of
 * ConfigMaps, which nobody expands. Source: pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables.
 */
export function remarksOnExpansion(given: GivenObject, fallback: string, find: Find): readonly Remark[] {
  const pod = podSpecOf(given)
  if (pod === undefined) return []
  return containersIn(pod.spec, pod.path).flatMap((each) => [
    ...unexpanded(given, each, fallback),
    ...keptByMaps(given, each, fallback, find),
  ])
}

function unexpanded(given: GivenObject, { container, path }: ContainerAt, fallback: string): readonly Remark[] {
  const names = listAt(container, 'env').map((variable) => textAt(variable, 'name'))
  const isOpen = listAt(container, 'envFrom').length > 0
  return listAt(container, 'env').flatMap((variable, i) =>
    referencesOf(textAt(variable, 'value')).flatMap((name) => {
      const isLater = names.indexOf(name) >= i
      if (names.slice(0, i).includes(name) || ofService.test(name) || (!isLater && isOpen)) return []
      const why = isLater
        ? `which comes after it: it stays as it is written. Put ${name} first`
        : 'which nothing defines: it stays as it is written'
      const message = `${objectName(given, fallback)}: variable ${names[i]} uses $(${name}), ${why}`
      return [
        {
          kind: 'unexpanded' as const,
          level: 'warning' as const,
          place: given.place([...path, 'env', i, 'value']),
          message,
        },
      ]
    }),
  )
}

/** Values that come from a ConfigMap are taken as they are. */
function keptByMaps(
  given: GivenObject,
  { container, path }: ContainerAt,
  fallback: string,
  find: Find,
): readonly Remark[] {
  const namespace = given.namespace || fallback
  const taken = listAt(container, 'envFrom').flatMap((source, i) => {
    const name = textAt(source, 'configMapRef', 'name')
    const data = name === '' ? {} : objectAt(find('ConfigMap', name, namespace), 'data')
    return Object.entries(data).map(([key, value]) => ({ name, key, value: String(value), i }))
  })
  return taken.flatMap(({ name, key, value, i }) => {
    const [first] = referencesOf(value)
    if (first === undefined) return []
    const message = `${objectName(given, fallback)}: variable ${key} of configmap ${name} keeps $(${first}) as it is written: only values that stand in env are expanded`
    return [
      {
        kind: 'unexpanded' as const,
        level: 'warning' as const,
        place: given.place([...path, 'envFrom', i, 'configMapRef', 'name']),
        message,
      },
    ]
  })
}

/** A subPath that its Secret or ConfigMap has no file for: an empty directory is made and mounted, and nobody complains. */
export function remarksOnSubPaths(objects: readonly GivenObject[], fallback: string, find: Find): readonly Remark[] {
  return usesIn(objects, fallback).flatMap((use) => {
    const { given, namespace, reference } = use
    const object = find(reference.kind, reference.name, namespace)
    if (reference.way !== 'subPath' || reference.shown === undefined || object === undefined) return []
    const has = keysOf(object)
    if (
      reference.isOptional ||
      reference.path.includes('projected') ||
      reference.shown.some((key) => has.includes(key))
    )
      return []
    const near = closest(reference.shown[0] ?? '', has)
    const cure = near === undefined ? `it has ${has.join(', ') || 'no keys'}` : `did you mean ${near}?`
    const message = `${objectName(given, fallback)}: container ${reference.container ?? ''} finds an empty directory at ${reference.where}, as ${toldOf(reference, use)} has no file for its subPath; ${cure}`
    return [{ kind: 'emptySubPath', level: 'warning', place: given.place(reference.path, 'value'), message }]
  })
}

const toldOf = ({ kind, name }: Reference, { namespace }: Use): string => `${kind.toLowerCase()} ${namespace}/${name}`

const keysOf = (object: Secret | ConfigMap): readonly string[] => [
  ...Object.keys(object.data ?? {}),
  ...Object.keys(objectAt(object, 'binaryData')),
]

/** Secrets that an account pulls with, or an Ingress serves with, and which nobody made. */
export function remarksOnNamed(given: GivenObject, fallback: string, find: Find): readonly Remark[] {
  const namespace = given.namespace || fallback
  const isMade = Object.keys(objectAt(given.object, 'metadata', 'annotations')).some((key) =>
    /^cert-manager\.io\/|^kubernetes\.io\/tls-acme$/.test(key),
  )
  const named =
    given.kind === 'ServiceAccount'
      ? listAt(given.object, 'imagePullSecrets').map((each, i) => ({
          name: textAt(each, 'name'),
          path: ['imagePullSecrets', i, 'name'],
          after: 'pulls go on without it',
        }))
      : given.kind === 'Ingress' && !isMade
        ? listAt(given.object, 'spec', 'tls').map((each, i) => ({
            name: isObject(each) ? textAt(each, 'secretName') : '',
            path: ['spec', 'tls', i, 'secretName'],
            after: 'its controller serves another certificate, or none',
          }))
        : []
  return named.flatMap(({ name, path, after }) => {
    if (name === '' || find('Secret', name, namespace) !== undefined) return []
    const message = `secret ${namespace}/${name} does not exist for ${objectName(given, fallback)}; ${after}`
    return [{ kind: 'optionalAbsent', level: 'note', place: given.place(path, 'value'), message }]
  })
}
