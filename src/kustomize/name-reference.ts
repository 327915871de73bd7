/**
 * References to objects whose names have changed.
 * Source: v2.0.3 pkg/transformers/namereference.go; api filters/nameref/nameref.go.
 */
import { isObject } from '../go/json.ts'
import type { BackReference } from './configuration.ts'
import { changeField, changeFieldV2, type FieldSpec } from './field-spec.ts'
import { refuse, wrap } from './loader.ts'
import { writtenText } from './plain-scalar.ts'
import {
  type Body,
  currentId,
  effectiveNamespace,
  type Gvk,
  idSyntaxV2,
  idText,
  isClusterScoped,
  isSameGvk,
  isSelectedBy,
  originalId,
  type Resource,
} from './resource.ts'

/** Puts the present names into every reference (kustomize 5). */
export function fixReferencesV5(resources: readonly Resource[], references: readonly BackReference[]): void {
  for (const { target, referrers } of references) {
    const candidates = resources.filter((resource) => resource.previous.some((id) => isSelectedBy(id, target)))
    if (candidates.length === 0) continue
    for (const spec of referrers) {
      for (const referrer of resources) {
        if (!isSelectedBy(originalId(referrer), spec)) continue
        const words = `updating name reference in '${spec.text}' field of '${idText(currentId(referrer))}'`
        wrap(words, () =>
          changeField(referrer.body, { ...spec, create: false }, (value) =>
            updated(value, referrer, spec, target, candidates),
          ),
        )
      }
    }
  }
}

function updated(
  value: unknown,
  referrer: Resource,
  spec: FieldSpec,
  target: Gvk,
  candidates: readonly Resource[],
): unknown {
  if (value === null || value === undefined) return value
  if (Array.isArray(value)) return value.map((item) => updated(item, referrer, spec, target, candidates))
  if (!isObject(value)) {
    const name = writtenText(value)
    const found = select(name, referrer, spec, target, candidates, false)
    return found === undefined || found.name === name ? value : found.name
  }
  if (value.name === undefined || isObject(value.name)) return refuse("path config error; no 'name' field in node")
  const { namespace } = value
  const name = writtenText(value.name)
  const near = typeof namespace === 'string' ? byNamespace(candidates, writtenText(namespace)) : candidates
  const found = select(name, referrer, spec, target, near, true)
  if (found === undefined || (found.name === name && found.namespace === '')) return value
  return { ...value, name: found.name, ...(found.namespace === '' ? {} : { namespace: found.namespace }) }
}

function byNamespace(candidates: readonly Resource[], namespace: string): readonly Resource[] {
  const wanted = namespace === '' ? 'default' : namespace
  const original = candidates.filter((one) => effectiveNamespace(originalId(one)) === wanted)
  return original.length > 0 ? original : candidates.filter((one) => effectiveNamespace(currentId(one)) === wanted)
}

function select(
  oldName: string,
  referrer: Resource,
  spec: FieldSpec,
  target: Gvk,
  candidates: readonly Resource[],
  comparesNamespaces: boolean,
): { readonly name: string; readonly namespace: string } | undefined {
  const referrerId = currentId(referrer)
  const roleRef = spec.text.endsWith('roleRef/name') ? roleRefOf(referrer.body) : undefined
  let found = candidates.filter(
    (one) =>
      one.previous.some(({ name }) => name === oldName) &&
      one.previous.some((id) => isSelectedBy(id, target)) &&
      (roleRef === undefined || one.previous.some((id) => isSelectedBy(id, roleRef))) &&
      (isClusterScoped(referrerId, 'v5') ||
        isClusterScoped(currentId(one), 'v5') ||
        one.body.kind === 'ServiceAccount' ||
        effectiveNamespace(referrerId) === effectiveNamespace(currentId(one))),
  )
  if (found.length !== 1) {
    found = found.filter((one) => hasSameAffixes(one, referrer, true))
    if (found.length > 1) found = found.filter((one) => hasSameAffixes(one, referrer, false))
  }
  const ids = found.map(currentId)
  const [first] = ids
  if (first === undefined || ids.length === 1) return first
  const isSame = ids.every((id) => id.name === first.name && (!comparesNamespaces || id.namespace === first.namespace))
  return isSame ? first : refuse(`found multiple possible referrals: ${ids.map(idText).join(', ')}`)
}

function roleRefOf(body: Body): Gvk | undefined {
  const { roleRef } = body
  if (!isObject(roleRef) || typeof roleRef.apiGroup !== 'string' || typeof roleRef.kind !== 'string') return undefined
  return { group: roleRef.apiGroup, version: '', kind: roleRef.kind }
}

/** Source: api resource/resource.go, PrefixesSuffixesEquals. */
function hasSameAffixes(a: Resource, b: Resource, allowEmpty: boolean): boolean {
  const freePrefix = allowEmpty && (a.prefixes.length === 0 || b.prefixes.length === 0)
  const freeSuffix = allowEmpty && (a.suffixes.length === 0 || b.suffixes.length === 0)
  return (freePrefix || endsAlike(a.prefixes, b.prefixes)) && (freeSuffix || endsAlike(a.suffixes, b.suffixes))
}

function endsAlike(a: readonly string[], b: readonly string[]): boolean {
  const length = Math.min(a.length, b.length)
  if (length === 0) return a.length === b.length || a.length === 0 || b.length === 0
  return a.slice(-length).every((text, i) => text === b.slice(-length)[i])
}

/** Puts the present names into every reference (kustomize 2.0.3): exact namespaces, nearest prefix, farthest suffix. */
export function fixReferencesV2(resources: readonly Resource[], references: readonly BackReference[]): void {
  for (const referrer of resources) {
    const near = resources.filter((one) => isNearV2(one, referrer))
    for (const { target, referrers } of references) {
      for (const spec of referrers) {
        if (!isSelectedBy(originalId(referrer), spec)) continue
        changeFieldV2(referrer.body, { ...spec, create: false }, (value) => updatedV2(value, target, near))
      }
    }
  }
}

function isNearV2(one: Resource, referrer: Resource): boolean {
  if (isClusterScoped(originalId(referrer), 'v2') || isClusterScoped(originalId(one), 'v2')) return true
  return (
    currentId(one).namespace === currentId(referrer).namespace &&
    one.prefixes.at(-1) === referrer.prefixes.at(-1) &&
    one.suffixes.at(-1) === referrer.suffixes.at(-1)
  )
}

function updatedV2(value: unknown, target: Gvk, near: readonly Resource[]): unknown {
  if (Array.isArray(value)) return value.map((item) => updatedV2(item, target, near))
  if (typeof value !== 'string') return value
  const found = near.filter((one) => isSelectedBy(originalId(one), target) && originalId(one).name === value)
  const [first] = found
  if (first === undefined) return value
  const twins = near.filter((one) => isSameGvk(originalId(one), originalId(first)) && originalId(one).name === value)
  if (twins.length > 1) {
    refuse(`Multiple matches for name ${value}:\n  [${twins.map((one) => idSyntaxV2(originalId(one))).join(' ')}]`)
  }
  return currentId(first).name
}
