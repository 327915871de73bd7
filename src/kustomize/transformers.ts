/** Namespace, prefix, suffix, labels, annotations, replicas. Source: pkg/transformers (v2.0.3); api internal/builtins, filters. */
import { isObject } from '../go/json.ts'
import { type Fields, mergedSpecs } from './configuration.ts'
import { changeField, type FieldSpec, parseFieldSpec, specsFor } from './field-spec.ts'
import type { Kustomization, LabelEntry } from './kustomization.ts'
import { type Generation, refuse, wrap } from './loader.ts'
import {
  type Body,
  currentId,
  gvkOf,
  isClusterScoped,
  isSameId,
  metadataOf,
  originalId,
  ownMetadata,
  type Resource,
  rememberId,
} from './resource.ts'

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
  const changed = (value: unknown) => (unsetOnly && typeof value === 'string' && value !== '' ? value : namespace)
  for (const resource of resources) {
    rememberId(resource)
    const { body } = resource
    const gvk = gvkOf(body)
    moveTo(body, changed, subjects)
    for (const spec of specsFor(gvk, specs)) {
      if (spec.text === 'metadata/name' && body.apiVersion !== 'v1') continue
      if (isSetAnyway(spec)) continue
      changeField(body, spec, changed)
    }
    if (resources.filter((one) => isSameId(currentId(one), currentId(resource))).length !== 1) {
      refuse('namespace transformation produces ID conflict')
    }
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
  if (!Array.isArray(body.subjects) || mode === 'none') return
  for (const subject of body.subjects) {
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
      if (spec.text !== 'metadata/namespace') changeField(body, spec, () => namespace)
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
      (value) => `${prefix}${String(value ?? '')}${suffix}`,
      () => '',
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
  if (name !== undefined) ownMetadata(resource.body).name = `${prefix}${String(name)}${suffix}`
  for (const spec of specsFor(originalId(resource), more))
    if (spec.text !== 'metadata/name')
      changeField(resource.body, spec, (value) => `${prefix}${String(value ?? '')}${suffix}`)
}

/** Labels on objects, templates and selectors. */
export function addCommonLabels(
  resources: readonly Resource[],
  labels: Readonly<Record<string, string>>,
  fields: Fields,
): void {
  addEntries(resources, labels, fields.commonLabels)
}

/** Annotations on objects and templates. */
export function addAnnotations(
  resources: readonly Resource[],
  annotations: Readonly<Record<string, string>>,
  fields: Fields,
): void {
  addEntries(resources, annotations, fields.commonAnnotations)
}

/** `labels`: only the metadata, unless selectors or templates are asked for. */
export function addLabels(resources: readonly Resource[], entry: LabelEntry, fields: Fields): void {
  const own = (entry.fields ?? []).map(({ group = '', version = '', kind = '', path = '', create = false }) =>
    parseFieldSpec([group, version, kind, create ? 'create' : '', path].join('|')),
  )
  const merged = (specs: readonly FieldSpec[], more: readonly FieldSpec[], words = 'failed to merge labels') =>
    wrap(words, () => mergedSpecs(specs, more))
  const asked = merged(own, fields.labels)
  const withTemplates = entry.includeTemplates
    ? () => merged(asked, fields.templateLabels, 'failed to merge template fieldSpec')
    : () => asked
  const specs = entry.includeSelectors ? merged(asked, fields.commonLabels) : merged(withTemplates(), [metadataLabels])
  addEntries(resources, entry.pairs ?? {}, specs)
}

function addEntries(
  resources: readonly Resource[],
  entries: Readonly<Record<string, string>>,
  specs: readonly FieldSpec[],
): void {
  if (Object.keys(entries).length === 0) return
  for (const { body } of resources) {
    for (const spec of specsFor(gvkOf(body), specs)) {
      changeField(body, spec, (value) => ({ ...(isObject(value) ? value : {}), ...entries }))
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
        changeField(resource.body, spec, () => count)
      }
    }
    if (!found) {
      const kinds =
        '[Deployment.[noVer].[noGrp] StatefulSet.[noVer].[noGrp] ReplicaSet.[noVer].[noGrp] ReplicationController.[noVer].[noGrp]]'
      refuse(`resource with name ${name} does not match a config with the following GVK ${kinds}`)
    }
  }
}
