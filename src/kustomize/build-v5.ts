/** A build as kustomize 5 does it, which is inside kubectl 1.27 and later. Source: api internal/target/kusttarget.go. */

import { isObject } from '../go/json.ts'
import { goQuote } from '../go/quote.ts'
import type { BuildWorld } from './build-v2.ts'
import { defaultFields, type Fields, mergedFields, withConfigurations } from './configuration.ts'
import { generate } from './generators.ts'
import { hashNames } from './hash.ts'
import { changeImagesV5 } from './images.ts'
import { type Kustomization, loadKustomization, refuseUnsupported, type Variable } from './kustomization.ts'
import { KustomizeError, type Loader, refuse, wrap } from './loader.ts'
import { fixReferencesV5 } from './name-reference.ts'
import { sortedV5 } from './order.ts'
import { readCrds, refuseHelmCharts } from './outside.ts'
import { applyJson6902, applyPatchEntry, applyStrategicPatches, replacementsOf } from './patch-entries.ts'
import { runExternalGenerators, runExternalTransformers, runValidators } from './plugins.ts'
import { MalformedYaml, readResourcesV5 } from './read-resources.ts'
import { applyReplacements } from './replacements.ts'
import {
  type Body,
  currentId,
  idSyntax,
  idText,
  isSameId,
  metadataOf,
  ownMetadata,
  type Resource,
  textMap,
  withWrittenNulls,
  writtenTexts,
} from './resource.ts'
import { addAffixes, addAnnotations, addCommonLabels, addLabels, setNamespaceV5, setReplicas } from './transformers.ts'
import { mergeVars, resolveVars, variableText } from './vars.ts'

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
  const gathered: Gathered = { resources: [], vars: [], fields: defaultFields('v5') }
  const { resources, vars } = gathered
  accumulate(loader, kustomization, world, gathered)
  hashNames(resources)
  fixReferencesV5(resources, gathered.fields.nameReference)
  resolveVars(resources, vars, gathered.fields.varReference, 'v5')
  const kept = resources.filter(
    ({ body }) => textMap(metadataOf(body).annotations)['config.kubernetes.io/local-config'] !== 'true',
  )
  for (const resource of kept) {
    resource.body = withWrittenNulls(resource.body)
    finishAnnotations(resource.body)
  }
  if (kustomization.buildMetadata?.includes('managedByLabel'))
    addLabels(kept, { pairs: { 'app.kubernetes.io/managed-by': `kustomize-${world.ownVersion}` } }, gathered.fields)
  return sortedV5(kept, kustomization.sortOptions).map(({ body }) => body)
}

/** Source: api resource/resource.go, BuildAnnotations; api internal/utils/annotations.go; kyaml kio/kioutil/kioutil.go. */
const buildAnnotations = new Set([
  ...['previousKinds', 'previousNames', 'prefixes', 'suffixes', 'previousNamespaces', 'allowNameChange'].map(ofBuild),
  ...['allowKindChange', 'refBy', 'generatorBehavior', 'needsHashSuffix'].map(ofBuild),
  ...['path', 'index', 'seqindent', 'id', 'annotations-migration-resource-id'].map(
    (name) => `internal.config.kubernetes.io/${name}`,
  ),
  ...['config.kubernetes.io/path', 'config.kubernetes.io/index', 'config.k8s.io/id'],
])

function ofBuild(name: string): string {
  return `internal.config.kubernetes.io/${name}`
}

/** Annotations of the build itself are taken away at the end; what is left is texts, and a map without members goes. Source: kyaml yaml/rnode.go, SetAnnotations. */
function finishAnnotations(body: Body): void {
  const { annotations } = metadataOf(body)
  if (annotations === null) delete ownMetadata(body).annotations
  if (!isObject(annotations)) return
  const kept = Object.entries(writtenTexts(annotations as Body)).filter(([key]) => !buildAnnotations.has(key)) // a map
  if (kept.length === 0) delete ownMetadata(body).annotations
  else ownMetadata(body).annotations = Object.fromEntries(kept)
}

function accumulate(loader: Loader, kustomization: Kustomization, world: BuildWorld, gathered: Gathered): void {
  const { resources } = gathered
  wrap('accumulating resources', () => {
    for (const path of kustomization.resources ?? []) accumulatePath(path, loader, world, gathered)
  })
  refuseUnsupported(kustomization, 'v5')
  gathered.fields = withConfigurations(gathered.fields, kustomization.configurations ?? [], loader, 'v5')
  readCrds(kustomization, loader)
  const generators = [
    ...(kustomization.configMapGenerator ?? []).map((args) => ['ConfigMap', args] as const),
    ...(kustomization.secretGenerator ?? []).map((args) => ['Secret', args] as const),
  ]
  for (const [kind, args] of generators) {
    const made = generate(kind, args, kustomization.generatorOptions, { loader, generation: 'v5', env: world.env })
    wrap(`merging from generator ${generatorPointer}`, () => mergeGenerated(resources, made, loader))
  }
  refuseHelmCharts(kustomization)
  const plugins = { loader, env: world.env, gather: (paths: readonly string[]) => gatherPlugins(paths, loader, world) }
  for (const made of runExternalGenerators(kustomization.generators ?? [], plugins))
    wrap(`merging from generator ${generatorPointer}`, () => mergeGenerated(resources, made, loader))
  wrap('accumulating components', () => {
    for (const path of kustomization.components ?? []) accumulateComponent(path, loader, world, gathered)
  })
  transform(resources, kustomization, loader, gathered.fields)
  runExternalTransformers(resources, kustomization.transformers ?? [], plugins)
  runValidators(resources, kustomization.validators ?? [], plugins)
  const own = kustomization.vars ?? []
  wrap(`merging vars [${own.map((each) => variableText(each, 'v5', false)).join(' ')}]`, () =>
    mergeVars(gathered.vars, own, 'v5'),
  )
}

/** Configurations of plugins: what files or directories hold. */
function gatherPlugins(paths: readonly string[], loader: Loader, world: BuildWorld): readonly Resource[] {
  const own: Gathered = { resources: [], vars: [], fields: defaultFields('v5') }
  for (const path of paths) accumulatePath(path, loader, world, own)
  return own.resources
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
  const own: Gathered = isComponent ? gathered : { resources: [], vars: gathered.vars, fields: defaultFields('v5') }
  wrap(`recursed accumulation of path '${loader.root}'`, () => accumulate(loader, kustomization, world, own))
  if (isComponent) return
  wrap(`recursed merging from path '${loader.root}'`, () => {
    append(gathered.resources, own.resources)
    gathered.fields = mergedFields(gathered.fields, own.fields)
  })
}

/** What is merged has a hash in its name if it had one, from kustomize 5 on only if this entry wants one, too. Source: api resmap/reswrangler.go, appendReplaceOrMerge; resource/resource.go, CopyMergeMetaDataFieldsFrom. */
function mergeGenerated(resources: Resource[], made: Resource, { isFour }: Loader): void {
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
  resources[resources.indexOf(old)] = {
    ...replacement(made, old),
    needsHash: old.needsHash && (isFour || made.needsHash),
  }
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
