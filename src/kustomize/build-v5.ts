/** A build as kustomize 5 does it, which is inside kubectl 1.27 and later. Source: api internal/target/kusttarget.go. */

import type { PatchOperation } from '../api/patch/json-patch.ts'
import { utf8Bytes } from '../bytes/bytes.ts'
import { isObject } from '../go/json.ts'
import { goQuote } from '../go/quote.ts'
import { fromYaml } from '../go/yaml/from-yaml.ts'
import { toGoYaml } from '../go/yaml/go-yaml.ts'
import type { BuildWorld } from './build-v2.ts'
import { defaultFields, type Fields, mergedFields, withConfigurations } from './configuration.ts'
import { generate } from './generators.ts'
import { nameHash } from './hash.ts'
import { changeImagesV5 } from './images.ts'
import {
  type Kustomization,
  loadKustomization,
  type PatchEntry,
  refuseUnsupported,
  type Variable,
} from './kustomization.ts'
import { KustomizeError, type Loader, refuse, wrap } from './loader.ts'
import { fixReferencesV5 } from './name-reference.ts'
import { sortedV5 } from './order.ts'
import { jsonPatched, mergePatchV5, patchTarget, selectResources } from './patches.ts'
import { MalformedYaml, readResourcesV5 } from './read-resources.ts'
import { applyReplacements } from './replacements.ts'
import {
  type Body,
  cloneJson,
  currentId,
  idSyntax,
  idText,
  isSameId,
  metadataOf,
  originalId,
  ownMetadata,
  type Resource,
  rememberId,
  textMap,
} from './resource.ts'
import { addAffixes, addAnnotations, addCommonLabels, addLabels, setNamespaceV5, setReplicas } from './transformers.ts'
import { resolveVars } from './vars.ts'

/** How Go prints a pointer to a generator without an origin; the address is any. */
const generatorPointer = '&{0xc000a90750 <nil>}'

/** What a directory and those below it have brought so far. */
interface Gathered {
  readonly resources: Resource[]
  readonly vars: Variable[]
  /** Grows with `configurations`, those of bases too. */
  fields: Fields
}

/** The objects of a directory in output order. Throws KustomizeError. */
export function buildV5(loader: Loader, world: BuildWorld): readonly Body[] {
  const kustomization = loadKustomization(loader, 'v5', world.naming, world.warn)
  const gathered: Gathered = { resources: [], vars: [], fields: defaultFields.v5 }
  const { resources, vars } = gathered
  accumulate(loader, kustomization, world, gathered)
  for (const resource of resources) {
    if (!resource.needsHash) continue
    const hash = nameHash(resource.body, 'v5')
    rememberId(resource)
    const metadata = ownMetadata(resource.body)
    metadata.name = `${String(metadata.name ?? '')}-${hash}`
  }
  fixReferencesV5(resources, gathered.fields.nameReference)
  resolveVars(resources, vars, gathered.fields.varReference)
  const kept = resources.filter(
    ({ body }) => textMap(metadataOf(body).annotations)['config.kubernetes.io/local-config'] !== 'true',
  )
  for (const { body } of kept) dropEmptyAnnotations(body)
  return sortedV5(kept, kustomization.sortOptions).map(({ body }) => body)
}

/** Annotations of the build itself are taken away at the end, and a map without members goes. Source: kyaml yaml/rnode.go, SetAnnotations. */
function dropEmptyAnnotations(body: Body): void {
  const { annotations } = metadataOf(body)
  const isEmpty = annotations === null || (isObject(annotations) && Object.keys(annotations).length === 0)
  if (isEmpty) delete ownMetadata(body).annotations
}

function accumulate(loader: Loader, kustomization: Kustomization, world: BuildWorld, gathered: Gathered): void {
  const { resources } = gathered
  wrap('accumulating resources', () => {
    for (const path of kustomization.resources ?? []) accumulatePath(path, loader, world, gathered)
  })
  refuseUnsupported(kustomization)
  gathered.fields = withConfigurations(gathered.fields, kustomization.configurations ?? [], loader)
  const generators = [
    ...(kustomization.configMapGenerator ?? []).map((args) => ['ConfigMap', args] as const),
    ...(kustomization.secretGenerator ?? []).map((args) => ['Secret', args] as const),
  ]
  for (const [kind, args] of generators) {
    const made = generate(kind, args, kustomization.generatorOptions, { loader, generation: 'v5', env: world.env })
    wrap(`merging from generator ${generatorPointer}`, () => mergeGenerated(resources, made))
  }
  wrap('accumulating components', () => {
    for (const path of kustomization.components ?? []) accumulateComponent(path, loader, world, gathered)
  })
  transform(resources, kustomization, loader, gathered.fields)
  gathered.vars.push(...(kustomization.vars ?? []))
}

/** A path is tried as a file, then as a directory; what is told when neither works names both. */
function accumulatePath(path: string, loader: Loader, world: BuildWorld, gathered: Gathered): void {
  try {
    const read = wrap(`accumulating resources from '${path}'`, () => {
      try {
        return readResourcesV5(loader.load(path), path)
      } catch (error) {
        if (error instanceof MalformedYaml)
          throw new MalformedYaml(`accumulating resources from '${path}': ${error.message}`)
        throw error
      }
    })
    wrap(`merging resources from '${path}'`, () => append(gathered.resources, read))
  } catch (error) {
    if (error instanceof MalformedYaml) refuse(error.message)
    if (!(error instanceof KustomizeError)) throw error
    wrap(`accumulation err='${error.message}'`, () => accumulateDirectory(loader.open(path), false, world, gathered))
  }
}

function append(resources: Resource[], more: readonly Resource[]): void {
  for (const resource of more) {
    const id = currentId(resource)
    if (resources.some((one) => isSameId(currentId(one), id))) {
      refuse(`may not add resource with an already registered id: ${idText(id)}`)
    }
    resources.push(resource)
  }
}

function accumulateComponent(path: string, loader: Loader, world: BuildWorld, gathered: Gathered): void {
  const quoted = <T>(words: string, work: () => T): T => {
    try {
      return work()
    } catch (error) {
      if (error instanceof KustomizeError) return refuse(`${words} ${goQuote(error.message)}`)
      throw error
    }
  }
  const opened = quoted('loader.New', () => loader.open(path))
  quoted('accumulateDirectory:', () => accumulateDirectory(opened, true, world, gathered))
}

function accumulateDirectory(loader: Loader, isComponent: boolean, world: BuildWorld, gathered: Gathered): void {
  const kustomization = wrap(`couldn't make target for path '${loader.root}'`, () =>
    loadKustomization(loader, 'v5', world.naming, world.warn),
  )
  const { kind = '' } = kustomization
  if (isComponent && kind !== 'Component')
    refuse(`expected kind 'Component' for path '${loader.root}' but got '${kind}'`)
  if (!isComponent && kind === 'Component') refuse(`expected kind != 'Component' for path '${loader.root}'`)
  // A component works on what its user has gathered so far; a base has only its own.
  const own: Gathered = isComponent ? gathered : { resources: [], vars: gathered.vars, fields: defaultFields.v5 }
  wrap(`recursed accumulation of path '${loader.root}'`, () => accumulate(loader, kustomization, world, own))
  if (isComponent) return
  wrap(`recursed merging from path '${loader.root}'`, () => {
    append(gathered.resources, own.resources)
    gathered.fields = mergedFields(gathered.fields, own.fields)
  })
}

/** Source: api resmap/reswrangler.go, appendReplaceOrMerge. */
function mergeGenerated(resources: Resource[], made: Resource): void {
  const id = currentId(made)
  const matches = resources.filter((one) => [...one.previous, currentId(one)].some((known) => isSameId(known, id)))
  const [old] = matches
  if (matches.length > 1) {
    refuse(
      `found multiple objects ${matches.map((one) => idText(currentId(one))).join(' ')} that could accept merge of ${idText(id)}`,
    )
  }
  const merges = made.behavior === 'merge' || made.behavior === 'replace'
  if (old === undefined) {
    if (merges) refuse(`id ${idSyntax(id)} does not exist; cannot merge or replace`)
    append(resources, [made])
    return
  }
  if (!merges) refuse(`id ${idSyntax(id)} exists; behavior must be merge or replace`)
  resources[resources.indexOf(old)] = replacement(made, old)
}

function replacement(made: Resource, old: Resource): Resource {
  const metadata = ownMetadata(made.body)
  const before = metadataOf(old.body)
  const setOrDrop = (field: string, map: Readonly<Record<string, string>>): void => {
    if (Object.keys(map).length > 0) metadata[field] = map
    else delete metadata[field]
  }
  setOrDrop('labels', { ...textMap(before.labels), ...textMap(metadata.labels) })
  setOrDrop('annotations', { ...textMap(before.annotations), ...textMap(metadata.annotations) })
  metadata.name = before.name
  if (before.namespace === undefined) delete metadata.namespace
  else metadata.namespace = before.namespace
  if (made.behavior === 'merge') {
    for (const field of ['data', 'binaryData']) {
      const [mine, theirs] = [made.body[field], old.body[field]]
      if (isObject(mine) || isObject(theirs)) made.body[field] = { ...textMap(theirs), ...textMap(mine) }
    }
  }
  return {
    ...made,
    previous: old.previous,
    prefixes: old.prefixes,
    suffixes: old.suffixes,
    needsHash: made.needsHash,
  }
}

function transform(resources: Resource[], kustomization: Kustomization, loader: Loader, fields: Fields): void {
  applyStrategicPatches(resources, kustomization.patchesStrategicMerge ?? [], loader)
  for (const entry of kustomization.patches ?? []) applyPatchEntry(resources, entry, loader)
  if (kustomization.namespace) setNamespaceV5(resources, kustomization.namespace, fields.namespace)
  addAffixes(resources, kustomization, 'v5', fields)
  for (const entry of kustomization.labels ?? []) addLabels(resources, entry, fields)
  addCommonLabels(resources, kustomization.commonLabels ?? {}, fields)
  addAnnotations(resources, kustomization.commonAnnotations ?? {}, fields)
  for (const entry of kustomization.patchesJson6902 ?? []) applyJson6902(resources, entry, loader)
  setReplicas(resources, kustomization.replicas, fields.replicas)
  for (const image of kustomization.images ?? [])
    for (const { body } of resources) changeImagesV5(body, image, fields.images)
  applyReplacements(
    resources,
    (kustomization.replacements ?? []).flatMap((entry) => replacementsOf(entry, loader)),
  )
}

function replacementsOf(entry: NonNullable<Kustomization['replacements']>[number], loader: Loader) {
  if (!entry.path) return [entry]
  const result = fromYaml(loader.load(entry.path))
  if (!result.ok) refuse(result.error)
  const list = Array.isArray(result.value) ? result.value : [result.value]
  return list.filter(isObject) as (typeof entry)[] // checked field by field where they are used
}

/** How the real thing shows the part of the kustomization that a plugin could not be configured from. */
function configured<T>(plugin: string, config: unknown, work: () => T): T {
  return wrap(`trouble configuring builtin ${plugin} with config: \`\n${toGoYaml(config)}\``, work)
}

function applyStrategicPatches(resources: Resource[], paths: readonly string[], loader: Loader): void {
  if (paths.length === 0) return
  const patches = configured('PatchStrategicMergeTransformer', { paths }, () =>
    paths.flatMap((path) => {
      // An entry is a file or, failing that, a patch written out.
      if (!loader.has(path) && path.includes('\n')) return parsePatch(utf8Bytes(path), path)
      return parsePatch(loader.load(path), path)
    }),
  )
  for (const patch of patches) applyUntargeted(resources, patch, false)
}

function parsePatch(content: Uint8Array, path: string): readonly Resource[] {
  try {
    return readResourcesV5(content, path)
  } catch (error) {
    if (error instanceof MalformedYaml) refuse(error.message)
    throw error
  }
}

function applyPatchEntry(resources: Resource[], entry: PatchEntry, loader: Loader): void {
  const patch = (entry.patch ?? '').trim()
  const path = entry.path ?? ''
  const config = {
    ...(entry.options ? { options: entry.options } : {}),
    ...(path === '' ? {} : { path }),
    ...(entry.patch ? { patch: entry.patch } : {}),
    ...(entry.target ? { target: entry.target } : {}),
  }
  const shown = toGoYaml(config)
  const parsed = configured('PatchTransformer', config, () => {
    if (patch === '' && path === '') return refuse(`must specify one of patch and path in\n${shown}`)
    if (patch !== '' && path !== '') return refuse(`patch and path can't be set at the same time\n${shown}`)
    const content =
      patch === '' ? wrap(`failed to get the patch file from path(${path})`, () => loader.load(path)) : utf8Bytes(patch)
    return strategicOrJson(content, patch === '' ? `[path: ${goQuote(path)}]` : `[patch: ${goQuote(patch)}]`)
  })
  if (parsed.kind === 'json') {
    if (entry.target === undefined) refuse(`must specify a target for JSON patch ${parsed.source}`)
    for (const resource of selectResources(resources, entry.target)) patchJson(resource, parsed.operations)
    return
  }
  if (entry.target === undefined) {
    for (const one of parsed.patches) applyUntargeted(resources, one, true)
    return
  }
  const [only, ...more] = parsed.patches
  if (more.length > 0) {
    refuse(
      `Multiple Strategic-Merge Patches in one \`patches\` entry is not allowed to set \`patches.target\` field: ${parsed.source}`,
    )
  }
  if (only === undefined) return
  for (const resource of selectResources(resources, entry.target)) mergeInto(resources, resource, only, entry.options)
}

type ParsedPatch =
  | { readonly kind: 'strategic'; readonly patches: readonly Resource[]; readonly source: string }
  | { readonly kind: 'json'; readonly operations: readonly PatchOperation[]; readonly source: string }

function strategicOrJson(content: Uint8Array, source: string): ParsedPatch {
  const value = fromYaml(content)
  if (value.ok && Array.isArray(value.value) && value.value.every(isObject)) {
    return { kind: 'json', operations: value.value, source }
  }
  try {
    return { kind: 'strategic', patches: readResourcesV5(content, ''), source }
  } catch (error) {
    if (error instanceof KustomizeError || error instanceof MalformedYaml) {
      return refuse(`unable to parse SM or JSON patch from ${source}`)
    }
    throw error
  }
}

function applyUntargeted(resources: Resource[], patch: Resource, namesPatch: boolean): void {
  const target = patchTarget(resources, patch)
  const id = idText(originalId(patch))
  if (target === undefined) {
    const problem = `no matches for Id ${id}; failed to find unique target for patch ${id}`
    refuse(namesPatch ? `no resource matches strategic merge patch ${goQuote(id)}: ${problem}` : problem)
  }
  mergeInto(resources, target, patch, undefined)
}

function mergeInto(
  resources: Resource[],
  target: Resource,
  patch: Resource,
  options: Readonly<Record<string, boolean>> | undefined,
): void {
  const { name, namespace, kind } = currentId(target)
  const merged = mergePatchV5(target.body, cloneJson(patch.body))
  if (merged === undefined) {
    resources.splice(resources.indexOf(target), 1)
    return
  }
  rememberId(target)
  // A patch changes neither name nor kind unless it is allowed to.
  const metadata = ownMetadata(merged)
  if (!options?.allowNameChange) metadata.name = name
  if (!options?.allowKindChange) merged.kind = kind
  if (namespace === '') delete metadata.namespace
  else metadata.namespace = namespace
  target.body = merged
}

function patchJson(resource: Resource, operations: readonly PatchOperation[]): void {
  rememberId(resource)
  resource.body = jsonPatched(resource.body, operations)
}

function applyJson6902(resources: Resource[], entry: PatchEntry, loader: Loader): void {
  const { target } = entry
  if (target === undefined) refuse('must specify the target field of patchesJson6902')
  const content = entry.path ? loader.load(entry.path) : utf8Bytes(entry.patch ?? '')
  const value = fromYaml(content)
  if (!value.ok) refuse(value.error)
  const operations = Array.isArray(value.value) ? value.value.filter(isObject) : []
  const selected = selectResources(resources, target)
  if (selected.length === 0) refuse(`unable to find patch target in resources: ${goQuote(target.name ?? '')}`)
  for (const resource of selected) patchJson(resource, operations)
}
