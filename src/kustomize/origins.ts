/**
 * Where objects come from and what has changed them, as annotations (`buildMetadata` of kustomize 4 and 5).
 * Sources: api resource/origin.go; resource/resource.go, SetOrigin, AddTransformation; resmap/reswrangler.go, AddTransformerAnnotation.
 */
import { isObject } from '../go/json.ts'
import { toGoYaml } from '../go/yaml/go-yaml.ts'
import { type Body, gvkOf, metadataOf, ownMetadata, type Resource, textMap, writtenTexts } from './resource.ts'

const originKey = 'config.kubernetes.io/origin'
const transformationsKey = 'alpha.config.kubernetes.io/transformations'

/** Which annotations stay at the end, by what a kustomization asks for. */
export const metadataOptions = [
  ['originAnnotations', originKey],
  ['transformerAnnotations', transformationsKey],
] as const

/** Go's filepath.Join of two relative paths. */
export function joinedPath(path: string, more: string): string {
  const parts: string[] = []
  for (const part of `${path}/${more}`.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}

/** What a file brought, by its path from where the build began. */
export function ofFile(path: string): string {
  return toGoYaml({ path })
}

/** What a field of a kustomization made or changed: the file of the kustomization, and the kind of its builtin plugin. */
export function ofField(path: string, kind: string): string {
  return toGoYaml({ configuredIn: path, configuredBy: { apiVersion: 'builtin', kind } }, { keyOrder: 'given' })
}

/** What a plugin made or changed; undefined when its own origin is not known. Source: origin.go, OriginFromCustomPlugin. */
export function ofPlugin({ body }: Resource): string | undefined {
  const configuredIn = originOf(body)
  if (configuredIn === undefined) return undefined
  const { group, version, kind } = gvkOf(body)
  const { name, namespace } = metadataOf(body)
  const configuredBy = {
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind,
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
  }
  return toGoYaml({ configuredIn, configuredBy }, { keyOrder: 'given' })
}

/** The path that the annotation tells. */
function originOf(body: Body): string | undefined {
  const text = textMap(metadataOf(body).annotations)[originKey]
  return text === undefined ? undefined : (/^path: (.*)$/m.exec(text)?.[1] ?? '')
}

/** Puts an origin where there is none, or everywhere. */
export function setOrigin(resources: readonly Resource[], origin: string, everywhere = false): void {
  for (const { body } of resources)
    if (everywhere || textMap(metadataOf(body).annotations)[originKey] === undefined) annotate(body, originKey, origin)
}

/** What is merged into an object keeps that object's origin. Source: reswrangler.go, appendReplaceOrMerge. */
export function keepOrigin(body: Body, old: Body): void {
  const origin = textMap(metadataOf(old).annotations)[originKey]
  if (origin !== undefined) annotate(body, originKey, origin)
}

/** A transformer has run: it is the origin of what had none, and one more change of all else, whether it changed it or not. */
export function addTransformation(resources: readonly Resource[], by: string): void {
  for (const { body } of resources) {
    const annotations = textMap(metadataOf(body).annotations)
    if (annotations[originKey] === undefined) annotate(body, originKey, by)
    else
      annotate(
        body,
        transformationsKey,
        `${annotations[transformationsKey] ?? ''}- ${by.trimEnd().replaceAll('\n', '\n  ')}\n`,
      )
  }
}

/** Annotations are texts from now on. */
function annotate(body: Body, key: string, value: string): void {
  const { annotations } = metadataOf(body)
  const before = isObject(annotations) ? writtenTexts(annotations as Body) : {} // a map
  ownMetadata(body).annotations = { ...before, [key]: value }
}
