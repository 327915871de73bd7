/** New names, tags and digests of images. Source: v2.0.3 pkg/transformers/image.go; api filters/imagetag, internal/image. */
import { isObject } from '../go/json.ts'
import { compileRegexp } from '../go/regexp.ts'
import { changeField, type FieldSpec } from './field-spec.ts'
import type { ImageChange } from './kustomization.ts'
import { refuseKind, rewritten, writtenText } from './plain-scalar.ts'
import type { Body } from './resource.ts'

/** Source: api internal/image/image.go, IsImageMatched: the name, which is a pattern, then a tag, a digest or both. */
function isMatched(image: string, name: string): boolean {
  return isLike(image, `^${name}(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`)
}

/** 2.0.3 knows no digests behind a name. Source: v2.0.3 pkg/transformers/image.go, isImageMatched. */
function isMatchedV2(image: string, name: string): boolean {
  return isLike(image, `^${name}(:[a-zA-Z0-9_.-]*)?$`)
}

function isLike(image: string, pattern: string): boolean {
  const compiled = compileRegexp(pattern)
  return compiled.ok && compiled.regexp.test(image)
}

function split(image: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const at = image.indexOf('@')
  const rest = at < 0 ? image : image.slice(0, at)
  const slash = rest.indexOf('/')
  const colon = rest.indexOf(':', Math.max(slash, 0))
  return {
    name: colon < 0 ? rest : rest.slice(0, colon),
    tag: colon < 0 ? '' : rest.slice(colon + 1),
    digest: at < 0 ? '' : image.slice(at + 1),
  }
}

/** A new tag or digest replaces both. */
function changedImage(image: string, change: ImageChange): string {
  if (!isMatched(image, change.name ?? '')) return image
  const old = split(image)
  const name = change.newName || old.name
  let { tag, digest } = old
  if (change.newTag || change.digest) {
    tag = change.newTag ?? ''
    digest = change.digest ?? ''
  } else if (change.tagSuffix) {
    tag += change.tagSuffix
    digest = ''
  }
  return `${name}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`
}

/** v2.0.3: a digest wins over a tag, and the first entry that matches is the only one. */
function changedImageV2(image: string, changes: readonly ImageChange[]): string {
  const change = changes.find(({ name }) => isMatchedV2(image, name ?? ''))
  if (change === undefined) return image
  const old = split(image)
  const kept =
    old.digest === '' ? (old.tag === '' ? '' : `:${old.tag}`) : `${old.tag === '' ? '' : `:${old.tag}`}@${old.digest}`
  const tag = change.digest ? `@${change.digest}` : change.newTag ? `:${change.newTag}` : kept
  return `${change.newName || old.name}${tag}`
}

/** Looks for `containers` and `initContainers` anywhere in an object, except beside what holds some. */
export function changeImagesV2(node: unknown, changes: readonly ImageChange[]): void {
  if (Array.isArray(node)) {
    for (const item of node) changeImagesV2(item, changes)
    return
  }
  if (!isObject(node)) return
  for (const field of ['containers', 'initContainers'])
    changeListed(node[field], (image) => (typeof image === 'string' ? changedImageV2(image, changes) : image))
  // The real loop looks deeper only where the last of the two fields is missing.
  if (Object.hasOwn(node, 'initContainers')) return
  for (const [key, value] of Object.entries(node)) if (key !== 'containers') changeImagesV2(value, changes)
}

function changeListed(containers: unknown, change: (image: unknown) => unknown): void {
  if (!Array.isArray(containers)) return
  for (const container of containers) {
    if (isObject(container) && container.image !== undefined) (container as Body).image = change(container.image)
  }
}

/** kustomize 5: in the known places, and in every list named containers or initContainers. */
export function changeImagesV5(body: Body, change: ImageChange, specs: readonly FieldSpec[]): void {
  for (const spec of specs) {
    changeField(body, { ...spec, create: false }, (value) => changedScalar(value, change))
  }
  if (body.kind !== 'CustomResourceDefinition') walkContainers(body, change)
}

/** Source: api filters/imagetag/updater.go, SetImageValue. */
function changedScalar(value: unknown, change: ImageChange): unknown {
  if (isObject(value) || Array.isArray(value)) refuseKind('ScalarNode', value)
  if (value === null || value === undefined) return value
  const text = writtenText(value)
  const changed = changedImage(text, change)
  return changed === text ? value : rewritten(value, changed)
}

function walkContainers(node: unknown, change: ImageChange): void {
  if (Array.isArray(node)) for (const item of node) walkContainers(item, change)
  if (!isObject(node)) return
  for (const [key, value] of Object.entries(node)) {
    if (key === 'containers' || key === 'initContainers') changeListed(value, (image) => changedScalar(image, change))
    walkContainers(value, change)
  }
}
