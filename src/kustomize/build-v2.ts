/** A build as kustomize 2.0.3 does it, which is inside kubectl 1.14 to 1.20. Source: pkg/target/kusttarget.go. */
import { isObject } from '../go/json.ts'
import { defaultFields, type Fields, mergedFields, withConfigurations } from './configuration.ts'
import { mergedPatches } from './conflicts-v2.ts'
import { withCrds } from './crds.ts'
import { type GeneratorWorld, generate } from './generators.ts'
import { nameHash } from './hash.ts'
import { changeImagesV2 } from './images.ts'
import { readJsonPatchV2 } from './json-patches-v2.ts'
import {
  type GeneratorArgs,
  type Kustomization,
  loadKustomization,
  refuseUnsupported,
  type Variable,
} from './kustomization.ts'
import { KustomizeError, type Loader, refuse, wrap } from './loader.ts'
import { fixReferencesV2 } from './name-reference.ts'
import { sortedV2 } from './order.ts'
import { definitionV2, mergePatchV2 } from './patches.ts'
import { readResourcesV2 } from './read-resources.ts'
import {
  type Body,
  currentId,
  gvkTextV2,
  idSyntaxV2,
  idTextV2,
  isSameGvk,
  metadataOf,
  originalId,
  ownMetadata,
  type Resource,
  rememberId,
  textMap,
} from './resource.ts'
import type { FieldNaming } from './schema.ts'
import { addAffixes, addEntriesV2, setNamespaceV2 } from './transformers.ts'
import { mergeVars, resolveVars } from './vars.ts'

/** What a build needs besides files. */
export interface BuildWorld {
  readonly env: ReadonlyMap<string, string>
  readonly naming: FieldNaming
  /** Path of the directory that is built from where the build began; undefined when origins are not asked for (kustomize 4 and 5). */
  readonly origin?: string
  /** `v5.5.0`, as the build tells itself; `unknown` before 5. */
  readonly ownVersion: string
  /** The order of the files is kept where no kustomization says otherwise (kustomize 4 and 5). */
  readonly keepsOrder?: boolean
  /** Everything is labelled with who built it (kustomize 4 and 5). */
  readonly labelsManager?: boolean
  warn(line: string): void
}

interface Accumulated {
  readonly resources: Resource[]
  readonly vars: Variable[]
  /** Grows with `configurations`, those of bases too. */
  fields: Fields
}

/** The objects of a directory in output order. Throws KustomizeError. */
export function buildV2(loader: Loader, world: BuildWorld): readonly Body[] {
  const { resources, vars, fields } = accumulate(loader, world)
  for (const resource of resources) {
    if (!resource.needsHash) continue
    const hash = nameHash(resource.body, 'v2')
    rememberId(resource)
    const metadata = ownMetadata(resource.body)
    metadata.name = `${String(metadata.name ?? '')}-${hash}`
  }
  fixReferencesV2(resources, fields.nameReference)
  resolveVars(resources, vars, fields.varReference, 'v2')
  return sortedV2(resources).map(({ body }) => body)
}

/** Mistakes are collected, each with a line break after it, and told together. */
class Mistakes {
  #texts: string[] = []

  collect(prefix: string, work: () => void): void {
    try {
      wrap(prefix, work)
    } catch (error) {
      if (!(error instanceof KustomizeError)) throw error
      this.#texts.push(`${error.message}\n`)
    }
  }

  refuseIfAny(): void {
    if (this.#texts.length > 0) refuse(this.#texts.join(''))
  }
}

function accumulate(loader: Loader, world: BuildWorld): Accumulated {
  const kustomization = loadKustomization(loader, 'v2', world.naming, world.warn)
  refuseUnsupported(kustomization, 'v2')
  const mistakes = new Mistakes()
  const resources: Resource[] = []
  const vars: Variable[] = []
  const gathered: Accumulated = { resources, vars, fields: defaultFields('v2', loader.minor) }
  for (const path of kustomization.bases ?? []) accumulateBase(path, loader, world, gathered, mistakes)
  const own: Resource[] = []
  mistakes.collect('rawResources failed to read Resources', () => {
    for (const path of kustomization.resources ?? []) {
      const content = wrap(`Load from path ${path} failed`, () => loader.load(path))
      addAll(own, withoutTwins(readResourcesV2(content, path)))
    }
  })
  mistakes.refuseIfAny()
  mistakes.collect('MergeResourcesWithErrorOnIdCollision', () => addAll(resources, own))
  gathered.fields = withConfigurations(gathered.fields, kustomization.configurations ?? [], loader, 'v2')
  mistakes.collect('MergeVars', () => mergeVars(vars, kustomization.vars ?? [], 'v2'))
  mistakes.collect('LoadCRDs', () => {
    gathered.fields = withCrds(gathered.fields, kustomization.crds ?? [], loader, '')
  })
  mergeGenerated(resources, generateAll(kustomization, { loader, generation: 'v2', env: world.env }, mistakes))
  const patches: Resource[] = []
  mistakes.collect('SliceFromPatches', () => {
    for (const path of kustomization.patchesStrategicMerge ?? []) {
      patches.push(...readResourcesV2(loader.load(path), path))
    }
  })
  mistakes.refuseIfAny()
  transform(resources, kustomization, patches, loader, gathered.fields)
  return gathered
}

function accumulateBase(path: string, loader: Loader, world: BuildWorld, into: Accumulated, mistakes: Mistakes): void {
  let base: Loader | undefined
  mistakes.collect(`couldn't make loader for ${path}`, () => {
    base = loader.open(path)
  })
  const opened = base
  if (opened === undefined) return
  let isTarget = false
  mistakes.collect(`couldn't make target for ${path}`, () => {
    loadKustomization(opened, 'v2', world.naming, world.warn)
    isTarget = true
  })
  if (!isTarget) return
  let found: Accumulated | undefined
  mistakes.collect('AccumulateTarget', () => {
    found = accumulate(opened, world)
  })
  const accumulated = found
  if (accumulated === undefined) return
  mistakes.collect(path, () => addAll(into.resources, accumulated.resources))
  into.vars.push(...accumulated.vars)
  into.fields = mergedFields(into.fields, accumulated.fields)
}

/** The objects of one file. Source: pkg/resmap/factory.go, NewResMapFromBytes. */
function withoutTwins(resources: readonly Resource[]): readonly Resource[] {
  const twin = resources.find((one, i) => resources.slice(0, i).some((before) => isSameV2(before, one)))
  if (twin !== undefined) refuse(`GroupVersionKindName: ${idSyntaxV2(currentId(twin))} already exists b the map`)
  return resources
}

/** Adds resources; two of one id are refused. */
function addAll(resources: Resource[], more: readonly Resource[]): void {
  for (const resource of more) {
    const id = originalId(resource)
    const twin = resources.find((one) => isSameV2(one, resource))
    if (twin !== undefined) {
      const shown = idTextV2(
        { ...id, namespace: currentId(resource).namespace },
        resource.prefixes.join(':'),
        resource.suffixes.join(':'),
      )
      refuse(`id '"${shown}"' already used`)
    }
    resources.push(resource)
  }
}

function isSameV2(a: Resource, b: Resource): boolean {
  return (
    isSameGvk(originalId(a), originalId(b)) &&
    originalId(a).name === originalId(b).name &&
    currentId(a).namespace === currentId(b).namespace &&
    a.prefixes.join(':') === b.prefixes.join(':') &&
    a.suffixes.join(':') === b.suffixes.join(':')
  )
}

function generateAll(kustomization: Kustomization, world: GeneratorWorld, mistakes: Mistakes): Resource[] {
  const generated: Resource[] = []
  const run = (kind: 'Secret' | 'ConfigMap', list: readonly GeneratorArgs[] | undefined): void => {
    const words = `NewResMapFrom${kind}Args`
    mistakes.collect(words, () => {
      const made = (list ?? []).map((args) =>
        wrap(words, () => generate(kind, args, kustomization.generatorOptions, world)),
      )
      made.forEach((resource, i) => {
        if (made.slice(0, i).some((one) => isSameV2(one, resource))) {
          refuse(`duplicated ${idSyntaxV2(currentId(resource))} is not allowed`)
        }
      })
      generated.push(...made)
    })
  }
  run('ConfigMap', kustomization.configMapGenerator)
  run('Secret', kustomization.secretGenerator)
  return generated
}

/** Source: v2.0.3 pkg/resmap/resmap.go, MergeWithOverride: namespaces do not matter. */
function mergeGenerated(resources: Resource[], generated: readonly Resource[]): void {
  for (const resource of generated) {
    const id = originalId(resource)
    const matches = resources.filter((one) => isSameGvk(originalId(one), id) && originalId(one).name === id.name)
    const [old] = matches
    const merges = resource.behavior === 'merge' || resource.behavior === 'replace'
    if (matches.length > 1) refuse(`merge conflict, found multiple objects the Resmap ${idSyntaxV2(id)} can merge into`)
    if (old === undefined) {
      if (merges) refuse(`id ${idSyntaxV2(id)} does not exist; cannot merge or replace`)
      resources.push(resource)
      continue
    }
    if (!merges)
      refuse(
        `id ${idSyntaxV2(originalId(old), old.prefixes.join(':'), old.suffixes.join(':'))} exists; must merge or replace`,
      )
    resources[resources.indexOf(old)] = replacement(resource, old)
  }
}

function replacement(resource: Resource, old: Resource): Resource {
  const metadata = ownMetadata(resource.body)
  const before = metadataOf(old.body)
  // Both maps are written even when they are empty.
  metadata.labels = { ...wholeTextMap(before.labels), ...textMap(metadata.labels) }
  metadata.annotations = { ...wholeTextMap(before.annotations), ...textMap(metadata.annotations) }
  metadata.name = before.name
  if (resource.behavior === 'merge') {
    const data = (body: Body): Body => (isObject(body.data) ? (body.data as Body) : {})
    resource.body.data = { ...data(old.body), ...data(resource.body) }
  }
  return {
    ...resource,
    previous: old.previous,
    prefixes: old.prefixes,
    suffixes: old.suffixes,
    needsHash: old.needsHash,
  }
}

/** A map with a value that is no text counts as none. Source: apimachinery unstructured, NestedStringMap. */
function wholeTextMap(value: unknown): Readonly<Record<string, string>> {
  const isWhole = isObject(value) && Object.values(value).every((item) => typeof item === 'string')
  return isWhole ? textMap(value) : {}
}

function transform(
  resources: Resource[],
  kustomization: Kustomization,
  patches: readonly Resource[],
  loader: Loader,
  fields: Fields,
): void {
  const jsonPatches = (kustomization.patchesJson6902 ?? []).map((entry) => readJsonPatchV2(entry, loader))
  for (const patch of mergedPatches(patches, ({ body }) => definitionV2(body))) applyPatch(resources, patch)
  if (kustomization.namespace) setNamespaceV2(resources, kustomization.namespace, fields.namespace)
  addAffixes(resources, kustomization, 'v2', fields)
  addEntriesV2(resources, kustomization.commonLabels, fields.commonLabels)
  addEntriesV2(resources, kustomization.commonAnnotations, fields.commonAnnotations)
  for (const run of jsonPatches) run(resources)
  const images = kustomization.images ?? []
  if (images.length > 0) for (const { body } of resources) changeImagesV2(body, images)
}

function applyPatch(resources: Resource[], patch: Resource): void {
  const id = originalId(patch)
  const matches = resources.filter((one) => isSameGvk(originalId(one), id) && originalId(one).name === id.name)
  const [target] = matches
  if (target === undefined) refuse(`failed to find an object with ${gvkTextV2(id)}|${id.name} to apply the patch`)
  if (matches.length > 1) refuse(`found multiple objects targeted by patch ${idSyntaxV2(id)} (ambiguous)`)
  const name = currentId(target).name
  const merged = mergePatchV2(target.body, patch.body)
  // What is deleted leaves an object without members, at its place.
  if (merged === undefined) rememberId(target)
  target.body = merged ?? {}
  if (merged !== undefined) ownMetadata(merged).name = name
}
