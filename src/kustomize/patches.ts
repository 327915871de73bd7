/**
 * Patches: strategic merge and JSON 6902.
 * Source: v2.0.3 k8sdeps/transformer/patch; api internal/builtins/PatchTransformer.go, kyaml yaml/merge2.
 */

import type { JsonObject } from '../api/json.ts'
import { parseLabelSelector } from '../api/label-selector.ts'
import { applyJsonPatch, type PatchOperation } from '../api/patch/json-patch.ts'
import { PatchError } from '../api/patch/patch-error.ts'
import { applyStrategicMergePatch, innerDefinition, listStrategy } from '../api/patch/strategic-merge-patch.ts'
import { type Definition, schemaOf } from '../api/schema/schema.ts'
import { isObject } from '../go/json.ts'
import { compileRegexp, type GoRegexp } from '../go/regexp.ts'
import { setOwn } from './field-spec.ts'
import { mergedByKeys } from './keyed-lists.ts'
import type { Selector } from './kustomization.ts'
import { type Loader, refuse } from './loader.ts'
import {
  type Body,
  cloneJson,
  currentId,
  gvkOf,
  isSameId,
  metadataOf,
  originalId,
  type Resource,
  textMap,
  withWrittenNulls,
} from './resource.ts'

/** Minor versions whose schemas kustomize 2.0.3 and 5 are compiled with. */
const schemaMinor = { v2: 18, v5: 35 } as const

/** What kustomize 2.0.3 knows of a body's kind. */
export function definitionV2(body: Body): Definition | undefined {
  return schemaOf(schemaMinor.v2).kind(gvkOf(body))
}

/** Merges a patch into a body as k8s.io/apimachinery does (v2.0.3). Undefined when the patch deletes the object. */
export function mergePatchV2(body: Body, patch: Body): Body | undefined {
  if (patch.$patch === 'delete') return undefined
  try {
    return cloneJson(applyStrategicMergePatch(body as JsonObject, patch as JsonObject, definitionV2(body)) as Body)
  } catch (error) {
    if (error instanceof PatchError) return refuse(error.message)
    throw error
  }
}

/** Merges a patch into a body as kyaml does: elements named by a patch come first. Undefined when it deletes the object. */
export function mergePatchV5(body: Body, patch: Body, { kinds, isFour }: Loader): Body | undefined {
  if (patch.$patch === 'delete') return undefined
  const merged = mergeMap(body, patch, kinds.definitionOf(gvkOf(body)))
  return isFour ? (withoutMemberNulls(merged) as Body) : merged // a map stays a map
}

/** kustomize 4 clears what is null wherever a patch walks. Source: kyaml v0.13 yaml/merge2/merge2.go, VisitScalar. */
function withoutMemberNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMemberNulls)
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([, item]) => !isNull(item))
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutMemberNulls(item)]))
}

function mergeMap(old: Body, patch: Body, definition: Definition | undefined): Body {
  const { $patch, ...fields } = patch
  if ($patch === 'replace') return withoutNulls(fields) as Body // a map stays a map
  const merged: Body = { ...old }
  for (const [key, value] of Object.entries(old)) {
    if (Object.hasOwn(fields, key)) continue
    if (value === undefined) delete merged[key]
    else setOwn(merged, key, walked(value, definition?.fields.get(key)))
  }
  for (const [key, value] of Object.entries(fields)) {
    const field = definition?.fields.get(key)
    if (isNull(value)) {
      delete merged[key]
    } else if (isObject(value)) {
      const before = merged[key]
      if (value.$patch === 'delete') delete merged[key]
      else
        setOwn(merged, key, mergeMap(isObject(before) ? (before as Body) : {}, value as Body, innerDefinition(field)))
    } else if (
      Array.isArray(value) &&
      listStrategy(field) === 'merge' &&
      field !== undefined &&
      field.mergeKey !== ''
    ) {
      const before = merged[key]
      setOwn(merged, key, mergeList(Array.isArray(before) ? before : [], value, field, innerDefinition(field)))
      // What was there and is deleted leaves a list without members.
      if ((merged[key] as unknown[]).length === 0 && !Array.isArray(before)) delete merged[key]
    } else {
      setOwn(merged, key, withoutNulls(value))
    }
  }
  return merged
}

type Field = Definition['fields'] extends ReadonlyMap<string, infer F> ? F : never

/**
 * A patch walks through maps and keyed lists that it does not name, too: a key behind which nothing stands goes, a `null` that
 * somebody wrote stays. Source: kyaml yaml/walk, Walk; yaml/merge2/merge2.go, VisitMap.
 */
function walked(value: unknown, field: Field | undefined): unknown {
  if (isObject(value)) return mergeMap(value as Body, {}, innerDefinition(field)) // a map
  if (!Array.isArray(value) || field === undefined || listStrategy(field) !== 'merge' || field.mergeKey === '')
    return value
  const inner = innerDefinition(field)
  return value.map((item) => (isObject(item) ? mergeMap(item as Body, {}, inner) : item)) // a map
}

/** Written or not. */
function isNull(value: unknown): boolean {
  return value === null || value === undefined
}

function mergeList(
  old: readonly unknown[],
  patch: readonly unknown[],
  field: Field,
  definition: Definition | undefined,
): unknown[] {
  const key = field.mergeKey
  if (patch.some((item) => isObject(item) && item.$patch === 'replace' && !Object.hasOwn(item, key))) {
    return patch.filter((item) => !(isObject(item) && item.$patch === 'replace')).map(withoutNulls)
  }
  if (field.listMapKeys.length > 1)
    return mergedByKeys(old, patch, field.listMapKeys, (before, item) =>
      item?.$patch === 'delete' ? undefined : mergeMap(before ?? {}, item ?? {}, definition),
    )
  const keyOf = (item: unknown): unknown => (isObject(item) ? item[key] : item)
  const named = new Set(patch.map(keyOf))
  const changed = patch.flatMap((item) => {
    if (!isObject(item)) return [item]
    if (item.$patch === 'delete') return []
    const before = old.find((one) => isObject(one) && keyOf(one) === keyOf(item))
    return [mergeMap(isObject(before) ? (before as Body) : {}, item as Body, definition)]
  })
  const left = old.filter((item) => !named.has(keyOf(item)))
  return [...changed, ...left.map((item) => (isObject(item) ? mergeMap(item as Body, {}, definition) : item))] // a map
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([key, item]) => !isNull(item) && key !== '$patch')
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item)]))
}

/**
 * The body after JSON patch operations. `replace` adds a member that an object lacks, but no element to a list.
 * Source: gopkg.in/evanphx/json-patch.v4 v4.12.0 patch.go, partialDoc.get.
 */
export function jsonPatched(body: Body, operations: readonly PatchOperation[]): Body {
  let current = withWrittenNulls(body)
  for (const operation of operations) {
    const path = typeof operation.path === 'string' ? operation.path : ''
    if (operation.op === 'replace' && !isThere(current, path)) {
      const missing = isContainer(parentOf(current, path)) ? 'key' : 'path'
      refuse(`replace operation does not apply: doc is missing ${missing}: ${path}: missing value`)
    }
    try {
      current = cloneJson(applyJsonPatch(current, [operation]) as Body) // operations on an object's fields leave an object
    } catch (error) {
      if (error instanceof PatchError) refuse(patchProblem(operation.op, current, path, error.message))
      throw error
    }
  }
  return current
}

function isThere(document: unknown, path: string): boolean {
  if (path === '') return true
  const parent = parentOf(document, path)
  const key = unescaped(path.slice(path.lastIndexOf('/') + 1))
  if (Array.isArray(parent)) return /^-?\d+$/.test(key) && parent.at(Number(key)) !== undefined
  return isObject(parent)
}

function parentOf(document: unknown, path: string): unknown {
  return pointed(document, path.slice(0, path.lastIndexOf('/')))
}

function isContainer(value: unknown): boolean {
  return Array.isArray(value) || isObject(value)
}

function pointed(document: unknown, path: string): unknown {
  return path
    .split('/')
    .slice(1)
    .map(unescaped)
    .reduce<unknown>((node, part) => {
      if (Array.isArray(node)) return node.at(Number(part))
      return isObject(node) && Object.hasOwn(node, part) ? node[part] : undefined
    }, document)
}

function unescaped(part: string): string {
  return part.replace(/~[01]/g, (pair) => (pair === '~1' ? '/' : '~'))
}

function patchProblem(op: unknown, document: unknown, path: string, message: string): string {
  const hasParent = parentOf(document, path) !== undefined
  if ((op === 'add' || op === 'remove') && !hasParent) {
    return `${op} operation does not apply: doc is missing path: "${path}": missing value`
  }
  if (op === 'move')
    return `error in move for path: '${message.replace(/^.*key: (.*): missing value$/, '$1')}': ${message}`
  if (op !== 'remove') return message
  return `error in remove for path: '${path}': Unable to remove nonexistent key: ${unescaped(path.slice(path.lastIndexOf('/') + 1))}: missing value`
}

/** Resources that a selector picks: names are anchored regular expressions, absent fields match anything. */
export function selectResources(resources: readonly Resource[], selector: Selector): readonly Resource[] {
  const matches = (pattern: string | undefined, text: string): boolean => !pattern || anchored(pattern).test(text)
  return resources.filter(
    (resource) =>
      [...resource.previous, currentId(resource)].some(
        (id) =>
          matches(selector.group, id.group) &&
          matches(selector.version, id.version) &&
          matches(selector.kind, id.kind) &&
          matches(selector.name, id.name) &&
          matches(selector.namespace, id.namespace),
      ) && matchesLabels(resource.body, selector),
  )
}

function anchored(pattern: string): GoRegexp {
  const compiled = compileRegexp(`^(?:${pattern.replace(/^\^/, '').replace(/\$$/, '')})$`)
  return compiled.ok ? compiled.regexp : refuse(compiled.message)
}

function matchesLabels(body: Body, { labelSelector, annotationSelector }: Selector): boolean {
  const metadata = metadataOf(body)
  return (
    matchesSet(textMap(metadata.labels), labelSelector) && matchesSet(textMap(metadata.annotations), annotationSelector)
  )
}

/** Source: kyaml yaml/rnode.go, MatchesLabelSelector. */
function matchesSet(labels: Readonly<Record<string, string>>, selector: string | undefined): boolean {
  if (!selector) return true
  const parsed = parseLabelSelector(selector, schemaMinor.v5)
  return parsed.ok ? parsed.selector.matches(labels) : refuse(parsed.message)
}

/** The one resource that a patch without a target is for. */
export function patchTarget(resources: readonly Resource[], patch: Resource): Resource | undefined {
  const id = originalId(patch)
  const found = resources.filter((resource) => isSameId(originalId(resource), id) || isSameId(currentId(resource), id))
  return found.length === 1 ? found[0] : undefined
}
