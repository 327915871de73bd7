/** Namespace, prefix, suffix, labels, annotations, replicas. Source: pkg/transformers (v2.0.3); api internal/builtins, filters. */
import { isObject } from '../go/json.ts'
import { type Fields, mergedSpecs } from './configuration.ts'
import { changeField, changeFieldV2, type FieldSpec, mapOf, parseFieldSpec, specsFor } from './field-spec.ts'
import type { Kustomization, LabelEntry } from './kustomization.ts'
import { type Generation, refuse, wrap } from './loader.ts'
import { inLegacyOrder } from './order.ts'
import { refuseKind, replacedText, rewritten, writtenText } from './plain-scalar.ts'
import {
  type Body,
  currentId,
  gvkOf,
  gvkText,
  isClusterScoped,
  isSameId,
  metadataOf,
  originalId,
  ownMetadata,
  type Resource,
  rememberId,
  shownResource,
} from './resource.ts'
import { type Sharers, setShared } from './shared-values.ts'

const metadataLabels = parseFieldSpec('|||create|metadata/labels')

/** Which subjects of role bindings follow a namespace, and whether objects that have one keep it. */
export interface NamespaceOptions {
  readonly subjects: 'defaultOnly' | 'none' | 'allServiceAccounts'
  readonly unsetOnly: boolean
}

/** Moves all resources; of role binding subjects `default` follows unless more or less is asked for. Refuses when two become one. */
export function setNamespaceV5(
  resources: readonly Resource[],
  namespace: string,
  specs: readonly FieldSpec[],
  { subjects, unsetOnly }: NamespaceOptions = { subjects: 'defaultOnly', unsetOnly: false },
): void {
  const changed = (value: unknown) =>
    unsetOnly && typeof value === 'string' && value !== '' ? value : replacedText(value, namespace)
  for (const resource of resources) {
    rememberId(resource)
    const { body } = resource
    const gvk = gvkOf(body)
    moveTo(body, changed, subjects)
    for (const spec of specsFor(gvk, specs)) {
      if (spec.text === 'metadata/name' && body.apiVersion !== 'v1') continue
      if (isSetAnyway(spec)) continue
      changeField(body, spec, changed, () => '')
    }
    const matches = resources.filter((one) => isSameId(currentId(one), currentId(resource)))
    if (matches.length !== 1)
      refuse(`namespace transformation produces ID conflict: [${matches.map(shownResource).join(' ')}]`)
  }
}

/** The namespace of one object, and of those subjects of a role binding that follow. Source: api filters/namespace/namespace.go, metaNamespaceHack. */
export function moveTo(body: Body, changed: (value: unknown) => unknown, subjects: NamespaceOptions['subjects']): void {
  const gvk = gvkOf(body)
  if (!isClusterScoped(gvk, 'v5')) ownMetadata(body).namespace = changed(metadataOf(body).namespace)
  if (gvk.kind === 'RoleBinding' || gvk.kind === 'ClusterRoleBinding') setSubjects(body, subjects, changed)
}

/** What has rules of its own. Source: api filters/namespace/namespace.go, removeUnneededMetaNamespaceFieldSpecs and its like. */
function isSetAnyway({ kind, text }: FieldSpec): boolean {
  const isBinding = kind === 'RoleBinding' || kind === 'ClusterRoleBinding'
  return text === 'metadata/namespace' || (isBinding && (text === 'subjects' || text === 'subjects/namespace'))
}

/** Source: api filters/namespace/namespace.go, roleBindingHack. */
function setSubjects(body: Body, mode: NamespaceOptions['subjects'], changed: (value: unknown) => unknown): void {
  const { subjects } = body
  if (subjects === undefined || subjects === null || mode === 'none') return
  const listed: readonly unknown[] = Array.isArray(subjects)
    ? subjects
    : wrap('setting namespace on (cluster)role binding subjects', () => refuseKind('SequenceNode', subjects))
  for (const subject of listed) {
    if (!isObject(subject)) continue
    const isMeant = mode === 'defaultOnly' ? subject.name === 'default' : subject.kind === 'ServiceAccount'
    if (isMeant) (subject as Body).namespace = changed(subject.namespace)
  }
}

/** Service accounts in role bindings move along if they are `default` or among the resources. */
export function setNamespaceV2(resources: readonly Resource[], namespace: string, specs: readonly FieldSpec[]): void {
  for (const { body } of resources) {
    if (!isClusterScoped(gvkOf(body), 'v2')) ownMetadata(body).namespace = namespace
    for (const spec of specsFor(gvkOf(body), specs))
      if (spec.text !== 'metadata/namespace') changeFieldV2(body, spec, () => namespace)
  }
  const accounts = new Set(
    resources.filter(({ body }) => body.kind === 'ServiceAccount').map((one) => originalId(one).name),
  )
  for (const { body } of resources) {
    if (body.kind !== 'ClusterRoleBinding' && body.kind !== 'RoleBinding') continue
    if (!Array.isArray(body.subjects)) continue
    for (const subject of body.subjects) {
      if (!isObject(subject) || subject.kind !== 'ServiceAccount' || typeof subject.name !== 'string') continue
      if (subject.name === 'default' || accounts.has(subject.name)) (subject as Body).namespace = namespace
    }
  }
}

/** Adds namePrefix and nameSuffix to all names that may change. */
export function addAffixes(
  resources: readonly Resource[],
  kustomization: Kustomization,
  generation: Generation,
  fields: Fields,
): void {
  const prefix = kustomization.namePrefix ?? ''
  const suffix = kustomization.nameSuffix ?? ''
  if (prefix !== '') for (const resource of resources) rename(resource, generation, prefix, '', fields.namePrefix)
  if (suffix !== '') for (const resource of resources) rename(resource, generation, '', suffix, fields.nameSuffix)
}

/** A prefix or suffix on the name, where the fields have it, and on the others; kustomize 5. */
export function addAffix(resource: Resource, prefix: string, suffix: string, specs: readonly FieldSpec[]): void {
  if (specsFor(originalId(resource), specs).some(({ text }) => text === 'metadata/name')) {
    rename(resource, 'v5', prefix, suffix, specs)
    return
  }
  for (const spec of specsFor(originalId(resource), specs))
    changeField(
      resource.body,
      spec,
      (value) => affixed(value, prefix, suffix),
      () => undefined,
    )
}

function rename(
  resource: Resource,
  generation: Generation,
  prefix: string,
  suffix: string,
  more: readonly FieldSpec[],
): void {
  const { group, kind } = originalId(resource)
  const keepsName =
    kind === 'CustomResourceDefinition' ||
    (generation === 'v5' && (kind === 'Namespace' || (kind === 'APIService' && group === 'apiregistration.k8s.io')))
  if (keepsName) return
  rememberId(resource)
  if (prefix !== '') resource.prefixes.push(prefix)
  if (suffix !== '') resource.suffixes.push(suffix)
  const { name } = metadataOf(resource.body)
  if (name !== undefined)
    ownMetadata(resource.body).name =
      generation === 'v2' ? `${prefix}${String(name)}${suffix}` : affixed(name, prefix, suffix)
  for (const spec of specsFor(originalId(resource), more))
    if (spec.text !== 'metadata/name') {
      if (generation === 'v2') changeFieldV2(resource.body, spec, (value) => `${prefix}${String(value)}${suffix}`)
      else changeField(resource.body, spec, (value) => affixed(value, prefix, suffix))
    }
}

function affixed(value: unknown, prefix: string, suffix: string): string {
  const text = `${prefix}${writtenText(value ?? '')}${suffix}`
  return rewritten(value, text)
}

/** Labels or annotations in kustomize 2.0.3, for which even an empty map is something. Source: pkg/transformers/labelsandannotations.go. */
export function addEntriesV2(
  resources: readonly Resource[],
  entries: Readonly<Record<string, string>> | null | undefined,
  specs: readonly FieldSpec[],
): void {
  if (entries === null || entries === undefined) return
  for (const { body } of resources)
    for (const spec of specsFor(gvkOf(body), specs))
      changeFieldV2(body, spec, (value) => Object.assign(mapOf(value), entries))
}

/** `labels`: only the metadata, unless selectors or templates are asked for. */
export function addLabels(resources: readonly Resource[], entry: LabelEntry, fields: Fields): void {
  addEntries(resources, entry.pairs ?? {}, labelSpecs(entry, fields))
}

/** Where an entry of `labels` puts them. */
export function labelSpecs(entry: LabelEntry, fields: Fields): readonly FieldSpec[] {
  const own = (entry.fields ?? []).map(({ group = '', version = '', kind = '', path = '', create = false }) =>
    parseFieldSpec([group, version, kind, create ? 'create' : '', path].join('|')),
  )
  const merged = (specs: readonly FieldSpec[], more: readonly FieldSpec[], words = 'failed to merge labels') =>
    wrap(words, () => mergedSpecs(specs, more))
  const asked = merged(own, fields.labels)
  const withTemplates = entry.includeTemplates
    ? () => merged(asked, fields.templateLabels, 'failed to merge template fieldSpec')
    : () => asked
  return entry.includeSelectors ? merged(asked, fields.commonLabels) : merged(withTemplates(), [metadataLabels])
}

/** Labels or annotations where the fields say. Source: api filters/labels/labels.go. */
export function addEntries(
  resources: readonly Resource[],
  entries: Readonly<Record<string, string>>,
  specs: readonly FieldSpec[],
): void {
  if (Object.keys(entries).length === 0) return
  for (const { body } of resources) {
    const made: Sharers = new Map()
    for (const spec of specsFor(gvkOf(body), specs)) {
      changeField(body, spec, (value) => {
        const map = value ?? {}
        if (!isObject(map)) return refuseKind('MappingNode', map)
        setShared(map as Body, entries, made) // it belongs to this build alone
        return map
      })
    }
  }
}

/** Sets replica counts; refuses a name that nothing with replicas has. */
export function setReplicas(
  resources: readonly Resource[],
  replicas: Kustomization['replicas'],
  specs: readonly FieldSpec[],
): void {
  for (const { name = '', count = 0 } of replicas ?? []) {
    let found = false
    for (const spec of specs) {
      for (const resource of resources) {
        const ids = [...resource.previous, currentId(resource)]
        if (!ids.some((id) => id.name === name) || specsFor(gvkOf(resource.body), [spec]).length === 0) continue
        found = true
        changeField(
          resource.body,
          spec,
          (value) => rewritten(value, String(count)),
          () => undefined,
        )
      }
    }
    if (!found) {
      const kinds = `[${inLegacyOrder(specs).map(gvkText).join(' ')}]`
      refuse(`resource with name ${name} does not match a config with the following GVK ${kinds}`)
    }
  }
}
