/** Manifests that kustomize takes in. Source: v2.0.3 k8sdeps/kunstruct/factory.go; api resource/factory.go. */

import { utf8Text } from '../bytes/bytes.ts'
import { goJson, isObject } from '../go/json.ts'
import { goValueText } from '../go/value-text.ts'
import { refolded } from '../go/yaml/folded.ts'
import { fromYaml } from '../go/yaml/from-yaml.ts'
import { readManifestDocuments } from '../go/yaml/manifests.ts'
import { goType } from './crds.ts'
import { PrintingError, refuse } from './loader.ts'
import { keptScalar, writtenText } from './plain-scalar.ts'
import { type Body, metadataOf, newResource, type Resource, textMap } from './resource.ts'

/** A file that is no YAML, which kustomize 5 tells apart from other troubles. */
export class MalformedYaml extends Error {
  override readonly name = 'MalformedYaml'
}

/** The objects of a file, lists taken apart. Throws KustomizeError. */
export function readResourcesV2(content: Uint8Array, path: string): Resource[] {
  const { values, error } = readManifestDocuments(content, { onlyBareMarks: true })
  const isJson = utf8Text(content).trimStart().startsWith('{')
  const resources = values.flatMap((value) => wholeV2(value, path, isJson))
  if (error !== undefined) refuse(`YAML file [${path}] encounters a format error.\n${error}\n`)
  return resources
}

/** What the decoder itself refuses counts as a mistake in the YAML. Source: v2.0.3 internal/error/yamlformaterror.go, Handler. */
function wholeV2(value: unknown, path: string, isJson: boolean): Resource[] {
  const problem = !isObject(value)
    ? `json: cannot unmarshal ${goType(value)} into Go value of type map[string]interface {}`
    : typeof value.kind !== 'string' || value.kind === ''
      ? `Object 'Kind' is missing in '${goJson(value)}'`
      : undefined
  if (problem === undefined) return flattenV2(value)
  // Of a file that begins as JSON, it is told as it is.
  if (isJson) return refuse(problem)
  return refuse(
    `YAML file [${path}] encounters a format error.\nerror unmarshaling JSON: while decoding JSON: ${problem}\n`,
  )
}

function flattenV2(value: unknown): Resource[] {
  if (!isObject(value))
    return refuse(
      `json: cannot unmarshal ${goType(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion\\""; Kind string "json:\\"kind\\"" }`,
    )
  if (typeof value.kind !== 'string' || value.kind === '') refuse(`Object 'Kind' is missing in '${goJson(value)}'`)
  const body = value as Body
  if (value.kind.endsWith('List')) {
    if (value.items === undefined || value.items === null) return []
    return Array.isArray(value.items)
      ? value.items.flatMap(flattenV2)
      : refuse(
          `items in List is type ${typeof value.items === 'string' ? 'string' : 'map[string]interface {}'}, expected array`,
        )
  }
  const { name } = metadataOf(body)
  if (typeof name !== 'string' || name === '') refuse(`missing metadata.name in object {${goValueText(body)}}`)
  return [newResource(body)]
}

/** Throws MalformedYaml for what is no YAML. */
export function readResourcesV5(content: Uint8Array, path: string): Resource[] {
  return documentsV5(content, path).flatMap((value) => flattenV5(value))
}

/** The documents of a text that are not empty. */
function documentsV5(content: Uint8Array, path: string): unknown[] {
  const documents = splitDocuments(utf8Text(content))
  return documents.flatMap((text) => {
    const read = { dialect: 'v3', tellsUnwritten: true, keepWritten: keptScalar } as const
    const result = fromYaml(text, read)
    const strict = fromYaml(text, { dialect: 'v3', strict: true })
    if (result.ok && !strict.ok) throw new PrintingError(`map[string]interface {}(nil): ${strict.error}`)
    if (!result.ok) throw new MalformedYaml(`MalformedYAMLError: ${result.error} in File: ${path}`)
    const folded = text.includes('>') ? fromYaml(text, { ...read, folded: refolded }) : result
    const value = folded.ok ? withoutRefolding(folded.value, result.value) : result.value
    return isEmpty(value) ? [] : [value]
  })
}

/** Items of lists and annotations are made anew of their values: nobody writes those folded. */
function withoutRefolding(value: unknown, asRead: unknown): unknown {
  if (isList(value) || !isObject(value) || !isObject(asRead)) return asRead
  const [metadata, metadataRead] = [value.metadata, asRead.metadata]
  if (!isObject(metadata) || !isObject(metadataRead) || !isObject(metadataRead.annotations)) return value
  return { ...value, metadata: { ...metadata, annotations: metadataRead.annotations } }
}

/** Source: api resource/factory.go, inlineAnyEmbeddedLists. */
function isList(value: unknown): boolean {
  return (
    isObject(value) && typeof value.kind === 'string' && value.kind.endsWith('List') && Object.hasOwn(value, 'items')
  )
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0)
}

/** Source: kyaml/kio/byteio_reader.go, splitDocuments and Read, which gives all but the last their newline back. */
function splitDocuments(content: string): readonly string[] {
  const text = content.replaceAll('\r\n', '\n')
  const documents: string[] = []
  let start = 0
  for (const { index, 0: mark } of text.matchAll(/\n---.*\n/g)) {
    const rest = mark.slice(4).trim()
    if (rest !== '' && !rest.startsWith('#')) refuse(`invalid document separator: ${mark.trim()}`)
    documents.push(`${text.slice(start, index)}\n`)
    start = index + mark.length
  }
  return [...documents, text.slice(start)]
}

function flattenV5(value: unknown): Resource[] {
  if (!isObject(value)) return refuse('missing Resource metadata')
  const body = value as Body
  if (Object.keys(body).length === 0) return []
  const kind =
    isObject(body.kind) || Array.isArray(body.kind) || body.kind === null || body.kind === undefined
      ? ''
      : writtenText(body.kind)
  if (kind.endsWith('List') && Object.hasOwn(body, 'items'))
    return Array.isArray(body.items) ? body.items.flatMap(flattenV5) : []
  const metadata = metadataOf(body)
  if (kind === '' && body.apiVersion === undefined && body.metadata === undefined) refuse('missing Resource metadata')
  // A name may be written as a boolean or number: it is read as it stands.
  const text = (field: unknown): string =>
    isObject(field) || field === null || field === undefined ? '' : writtenText(field)
  const shown = `{{${text(body.apiVersion)} ${kind}} {{${text(metadata.name)} ${text(metadata.namespace)}} ${goValueText(textMap(metadata.labels))} ${goValueText(textMap(metadata.annotations))}}}`
  if (kind === '') refuse(`missing kind in object ${shown}`)
  if (!kind.endsWith('List') && text(metadata.name) === '') refuse(`missing metadata.name in object ${shown}`)
  return [newResource(body)]
}
