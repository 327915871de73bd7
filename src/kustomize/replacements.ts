/** Values copied from one object into others (kustomize 5). Source: api filters/replacement/replacement.go. */

import { isObject } from '../go/json.ts'
import { goQuote } from '../go/quote.ts'
import { resolveScalar } from '../go/yaml/go-resolve.ts'
import { splitDotted } from './field-spec.ts'
import type { FieldOptions, Replacement, Selector } from './kustomization.ts'
import { PrintingError, refuse } from './loader.ts'
import { selectResources } from './patches.ts'
import { heldBy, kindOfValue, matchedOr, matchPath, putAt } from './path-matcher.ts'
import { isKept, keptScalar, writtenText } from './plain-scalar.ts'
import { type Body, cloneJson, currentId, type Resource, type ResourceId } from './resource.ts'

/** Copies values in the order of the entries. Throws KustomizeError. */
export function applyReplacements(resources: readonly Resource[], replacements: readonly Replacement[]): void {
  for (const { source, sourceValue, targets } of replacements) {
    if ((isMissing(source) && isMissing(sourceValue)) || isMissing(targets) || targets.length === 0)
      refuse('replacements must specify a source and at least one target')
    if (!isMissing(source) && !isMissing(sourceValue)) refuse('value and resource selectors are mutually exclusive')
    const value = isMissing(source) ? keptScalar(sourceValue ?? '') : sourceOf(resources, source)
    for (const target of targets) {
      const { select } = target
      if (isMissing(select)) refuse('target must specify resources to select')
      for (const resource of matching(resources, select)) {
        if ((target.reject ?? []).some((one) => isRejected(resource, one))) continue
        const paths = target.fieldPaths ?? []
        for (const path of paths.length === 0 ? ['metadata.name'] : paths)
          setTarget(resource.body, path, value, target.options ?? undefined)
      }
    }
  }
}

function isMissing(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

/** Selectors here compare names exactly. */
function matching(resources: readonly Resource[], selector: Selector): readonly Resource[] {
  return labelled(resources, selector).filter((resource) => isCalled(resource, selector))
}

function labelled(
  resources: readonly Resource[],
  { labelSelector, annotationSelector }: Selector,
): readonly Resource[] {
  return selectResources(resources, {
    ...(labelSelector ? { labelSelector } : {}),
    ...(annotationSelector ? { annotationSelector } : {}),
  })
}

const idFields = ['group', 'version', 'kind', 'name', 'namespace'] as const

function isCalled(resource: Resource, selector: Selector): boolean {
  const isWanted = (id: ResourceId): boolean =>
    idFields.every((field) => !selector[field] || selector[field] === id[field])
  return [...resource.previous, currentId(resource)].some(isWanted)
}

/** By labels and annotations, or by what it is called: either suffices. */
function isRejected(resource: Resource, selector: Selector): boolean {
  const hasLabels = Boolean(selector.labelSelector) || Boolean(selector.annotationSelector)
  if (hasLabels && labelled([resource], selector).length > 0) return true
  return idFields.some((field) => selector[field]) && isCalled(resource, selector)
}

type Source = NonNullable<Replacement['source']>

function selectorText({ group, version, kind, name, namespace, fieldPath, options }: Source): string {
  const id = `${[kind || '[noKind]', version || '[noVer]', group || '[noGrp]'].join('.')}/${name || '[noName]'}.${namespace || '[noNs]'}`
  const { delimiter = '', index = 0, create = false } = options ?? {}
  const shown = delimiter === '' && !create ? '' : `${delimiter}(${index}), create=${create}`
  return [id, fieldPath, shown].filter(Boolean).join(':')
}

function sourceOf(resources: readonly Resource[], source: Source): unknown {
  const found = matching(resources, source)
  const path = source.fieldPath || 'metadata.name'
  if (found.length > 1) refuse(`multiple matches for selector ${selectorText(source)}`)
  const [resource] = found
  if (resource === undefined) refuse(`nothing selected by ${selectorText(source)}`)
  const [value] = lookup(resource.body, partsOf(path))
  if (isNothing(value)) {
    refuse(
      `fieldPath \`${path}\` is missing for replacement source ${selectorText({ ...source, fieldPath: '', options: {} })}`,
    )
  }
  const { delimiter = '', index = 0 } = source.options ?? {}
  if (delimiter === '') return value
  if (typeof value === 'object') refuse('delimiter option can only be used with scalar nodes')
  const text = writtenText(value)
  const part = text.split(delimiter)[index]
  return part ?? refuse(`options.index ${index} is out of bounds for value ${text}`)
}

/** Source: kyaml yaml/rnode.go, IsNilOrEmpty: an empty text is something. */
function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return value === undefined || value === null || (isObject(value) && Object.keys(value).length === 0)
}

/** A dot too many is passed over. Source: kyaml yaml/fns.go, cleanPath. */
function partsOf(path: string): readonly string[] {
  return splitDotted(path.replace(/^\.+|\.+$/g, '').replace(/\.{2,}/g, '.'))
}

/** All values that a path leads to; `*` and `[key=value]` go through lists. */
function lookup(node: unknown, path: readonly string[]): readonly unknown[] {
  const [first, ...rest] = path
  if (first === undefined) return [node]
  return children(node, first).flatMap(([parent, key]) => lookup(parent[key as never], rest))
}

type Slot = readonly [parent: Body | unknown[], key: string | number]

function children(node: unknown, part: string): readonly Slot[] {
  if (Array.isArray(node)) {
    const condition = /^\[([^=]+)=(.*)\]$/.exec(part)
    if (part === '*') return node.map((_, i): Slot => [node, i])
    if (condition !== null) {
      const [, key = '', value = ''] = condition
      return node.flatMap((item, i): Slot[] => {
        const found = key === '.' ? item : isObject(item) ? item[key] : undefined
        return writtenText(found) === value ? [[node, i]] : []
      })
    }
    return /^\d+$/.test(part) && Number(part) < node.length ? [[node, Number(part)]] : []
  }
  const key = keyOf(part)
  return isObject(node) && Object.hasOwn(node, key) ? [[node as Body, key]] : []
}

/** `[example.com/a.b]` is a key of a map that has dots. */
function keyOf(part: string): string {
  return /^\[[^=]*\]$/.test(part) ? part.slice(1, -1) : part
}

function setTarget(body: Body, path: string, value: unknown, options: FieldOptions | undefined): void {
  const words = `unable to find ${options?.create ? 'or create ' : ''}field ${goQuote(path)} in replacement target`
  const made = options?.create ? kindOfValue(value) : undefined
  for (const slot of matchedOr(words, () => matchPath(body, partsOf(path), made)))
    putAt(slot, combined(heldBy(slot), cloneJson(value), options))
}

/**
 * A scalar takes over what is written and stays what it was: a text, or what it reads as.
 * Source: api filters/replacement/replacement.go, setFieldValue.
 */
function combined(old: unknown, value: unknown, options: FieldOptions | undefined): unknown {
  const { delimiter = '', index = 0 } = options ?? {}
  const isContainer = typeof old === 'object' && old !== null
  if (delimiter === '') return isContainer ? value : copied(old, scalarText(value))
  if (isContainer) refuse('delimiter option can only be used with scalar nodes')
  const text = scalarText(value)
  const parts = scalarText(old).split(delimiter)
  if (index < 0) parts.unshift(text)
  else if (index >= parts.length) parts.push(text)
  else parts[index] = text
  return copied(old, parts.join(delimiter))
}

function scalarText(value: unknown): string {
  return typeof value === 'object' || value === undefined ? '' : writtenText(value)
}

function copied(old: unknown, text: string): string {
  if (typeof old === 'string' && !isKept(old)) return text
  const was = tagOf(old)
  const is = resolveScalar(text).tag
  const isTaken = was === undefined || was === 'str' || was === is || (was === 'float' && is === 'int')
  if (!isTaken)
    throw new PrintingError(`map[string]interface {}(nil): yaml: cannot decode !!${is} \`${text}\` as a !!${was}`)
  return keptScalar(text)
}

/** What is written there counts as; what has just been made, as nothing yet. */
function tagOf(old: unknown): string | undefined {
  if (old === null || old === undefined) return 'null'
  const text = writtenText(old)
  return text === '' ? undefined : resolveScalar(text).tag
}
