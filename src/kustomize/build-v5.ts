/** A build as kustomize 5 does it, which is inside kubectl 1.27 and later. Source: api internal/target/kusttarget.go. */

import { isObject } from '../go/json.ts'
import { goQuote } from '../go/quote.ts'
import type { BuildWorld } from './build-v2.ts'
import { defaultFields, type Fields, mergedFields, withConfigurations } from './configuration.ts'
import { withCrds } from './crds.ts'
import { generate } from './generators.ts'
import { hashNames } from './hash.ts'
import { changeImagesV5 } from './images.ts'
import {
  type Kustomization,
  kustomizationName,
  loadKustomization,
  refuseUnsupported,
  type Variable,
} from './kustomization.ts'
import { KustomizeError, type Loader, refuse, wrap } from './loader.ts'
import { fixReferencesV5 } from './name-reference.ts'
import { takeOpenApi } from './open-api.ts'
import { sortedV5 } from './order.ts'
import { addTransformation, joinedPath, keepOrigin, metadataOptions, ofField, ofFile, setOrigin } from './origins.ts'
import { refuseHelmCharts } from './outside.ts'
import { applyJson6902, applyPatchEntry, applyStrategicPatches, replacementsOf } from './patch-entries.ts'
import { runExternalGenerators, runExternalTransformers, runValidators } from './plugins.ts'
import { MalformedYaml, readResourcesV5 } from './read-resources.ts'
import { applyReplacements } from './replacements.ts'
import {
  appendResources,
  type Body,
  currentId,
  gvkOf,
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
  takeOpenApi(kustomization, loader)
  const gathered: Gathered = { resources: [], vars: [], fields: defaultFields('v5') }
  const { resources, vars } = gathered
  const asked = kustomization.buildMetadata ?? []
  accumulate(loader, kustomization, asked.length === 0 ? world : { ...world, origin: '' }, gathered)
  hashNames(resources)
  fixReferencesV5(resources, gathered.fields.nameReference)
  resolveVars(resources, vars, gathered.fields.varReference, 'v5')
  const kept = resources.filter(
    ({ body }) => textMap(metadataOf(body).annotations)['config.kubernetes.io/local-config'] !== 'true',
  )
  for (const resource of kept) {
    resource.body = withWrittenNulls(resource.body)
    finishAnnotations(resource.body, asked)
  }
  if (asked.includes('managedByLabel'))
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
function finishAnnotations(body: Body, asked: readonly string[]): void {
  const { annotations } = metadataOf(body)
  if (annotations === null) delete ownMetadata(body).annotations
  if (!isObject(annotations)) return
  const unasked = metadataOptions.filter(([option]) => !asked.includes(option)).map(([, key]): string => key)
  const kept = Object.entries(writtenTexts(annotations as Body)) // a map
    .filter(([key]) => !buildAnnotations.has(key) && !unasked.includes(key))
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
  const { crds = [] } = kustomization
  gathered.fields = wrap(`loading CRDs [${crds.join(' ')}]`, () =>
    withCrds(gathered.fields, crds, loader, 'while decoding JSON: '),
  )
  const file = world.origin === undefined ? undefined : joinedPath(world.origin, kustomizationName(loader))
  const generators = [
    ...(kustomization.configMapGenerator ?? []).map((args) => ['ConfigMap', args] as const),
    ...(kustomization.secretGenerator ?? []).map((args) => ['Secret', args] as const),
  ]
  for (const [kind, args] of generators) {
    const made = generate(kind, args, kustomization.generatorOptions, { loader, generation: 'v5', env: world.env })
    if (file !== undefined) setOrigin([made], ofField(file, `${kind}Generator`))
    wrap(`merging from generator ${generatorPointer}`, () => mergeGenerated(resources, made, loader))
  }
  refuseHelmCharts(kustomization)
  const gather = (paths: readonly string[], more: readonly Resource[]) => gatherPlugins(paths, more, loader, world)
  const plugins = { loader, env: world.env, file, gather }
  for (const made of runExternalGenerators(kustomization.generators ?? [], plugins))
    wrap(`merging from generator ${generatorPointer}`, () => mergeGenerated(resources, made, loader))
  wrap('accumulating components', () => {
    for (const path of kustomization.components ?? []) accumulateComponent(path, loader, world, gathered)
  })
  transform(resources, kustomization, { loader, fields: gathered.fields, file })
  runExternalTransformers(resources, kustomization.transformers ?? [], plugins)
  runValidators(resources, kustomization.validators ?? [], plugins)
  const own = kustomization.vars ?? []
  wrap(`merging vars [${own.map((each) => variableText(each, 'v5', false)).join(' ')}]`, () =>
    mergeVars(gathered.vars, own, 'v5'),
  )
}

/** Configurations of plugins: what files or directories hold. */
function gatherPlugins(
  paths: readonly string[],
  more: readonly Resource[],
  loader: Loader,
  world: BuildWorld,
): readonly Resource[] {
  const own: Gathered = { resources: [...more], vars: [], fields: defaultFields('v5') }
  for (const path of paths) accumulatePath(path, loader, world, own)
  return own.resources
}

/** A path is tried as a file, then as a directory; what is told when neither works names both. */
function accumulatePath(path: string, loader: Loader, world: BuildWorld, gathered: Gathered): void {
  try {
    const read = wrap(`accumulating resources from '${path}'`, () => {
      try {
        const resources = readResourcesV5(loader.load(path), path)
        for (const { body } of resources) loader.kinds.meet(gvkOf(body))
        if (world.origin !== undefined) setOrigin(resources, ofFile(joinedPath(world.origin, path)), true)
        return resources
      } catch (error) {
        if (error instanceof MalformedYaml)
          throw new MalformedYaml(`accumulating resources from '${path}': ${error.message}`)
        throw error
      }
    })
    wrap(`merging resources from '${path}'`, () => appendResources(gathered.resources, read))
  } catch (error) {
    if (error instanceof MalformedYaml) refuse(error.message)
    if (!(error instanceof KustomizeError)) throw error
    wrap(`accumulation err='${error.message}'`, () =>
      accumulateDirectory(loader.open(path), false, below(world, path), gathered),
    )
  }
}

/** The same build, in another directory. */
function below(world: BuildWorld, path: string): BuildWorld {
  return world.origin === undefined ? world : { ...world, origin: joinedPath(world.origin, path) }
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
  quoted('accumulateDirectory:', () => accumulateDirectory(opened, true, below(world, path), gathered))
}

function accumulateDirectory(loader: Loader, isComponent: boolean, world: BuildWorld, gathered: Gathered): void {
  const kustomization = wrap(`couldn't make target for path '${loader.root}'`, () =>
    loadKustomization(loader, 'v5', world.naming, world.warn),
  )
  takeOpenApi(kustomization, loader)
  const { kind = '' } = kustomization
  if (isComponent && kind !== 'Component')
    refuse(`expected kind 'Component' for path '${loader.root}' but got '${kind}'`)
  if (!isComponent && kind === 'Component') refuse(`expected kind != 'Component' for path '${loader.root}'`)
  // A component works on what its user has gathered so far; a base has only its own.
  const own: Gathered = isComponent ? gathered : { resources: [], vars: gathered.vars, fields: defaultFields('v5') }
  wrap(`recursed accumulation of path '${loader.root}'`, () => accumulate(loader, kustomization, world, own))
  if (isComponent) return
  wrap(`recursed merging from path '${loader.root}'`, () => {
    appendResources(gathered.resources, own.resources)
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
    appendResources(resources, [made])
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
  if (made.behavior === 'merge') keepOrigin(made.body, old.body)
  return {
    ...made,
    previous: old.previous,
    prefixes: old.prefixes,
    suffixes: old.suffixes,
  }
}

interface Transformation {
  readonly loader: Loader
  readonly fields: Fields
  /** The kustomization's path, when origins are asked for. */
  readonly file: string | undefined
}

/** The fields in the order of their transformers. Source: kusttarget_configplugin.go, configureBuiltinTransformers. */
function transform(resources: Resource[], kustomization: Kustomization, world: Transformation): void {
  const { loader, fields, file } = world
  const { namePrefix, nameSuffix, commonAnnotations = {}, labels = [], commonLabels = {} } = kustomization
  const run = (kind: string, isAsked: boolean, work: () => void): void => {
    work()
    if (isAsked && file !== undefined) addTransformation(resources, ofField(file, `${kind}Transformer`))
  }
  const each = <T>(kind: string, list: readonly T[] | undefined, work: (one: T) => void): void => {
    for (const one of list ?? []) run(kind, true, () => work(one))
  }
  const patches = kustomization.patchesStrategicMerge ?? []
  run('PatchStrategicMerge', patches.length > 0, () => applyStrategicPatches(resources, patches, loader))
  each('Patch', kustomization.patches, (entry) => applyPatchEntry(resources, entry, loader))
  const { namespace = '' } = kustomization
  run('Namespace', namespace !== '', () => {
    if (namespace !== '') setNamespaceV5(resources, namespace, fields.namespace)
  })
  const affixed = (kind: string, given: Pick<Kustomization, 'namePrefix' | 'nameSuffix'>) =>
    run(kind, Object.values(given).some(Boolean), () => addAffixes(resources, given, 'v5', fields))
  affixed('Prefix', { namePrefix: namePrefix ?? '' })
  affixed('Suffix', { nameSuffix: nameSuffix ?? '' })
  each('Label', labels, (entry) => addLabels(resources, entry, fields))
  const common = Object.keys(commonLabels).length + labels.length > 0
  run('Label', common, () => addCommonLabels(resources, commonLabels, fields))
  run('Annotations', Object.keys(commonAnnotations).length > 0, () =>
    addAnnotations(resources, commonAnnotations, fields),
  )
  each('PatchJson6902', kustomization.patchesJson6902, (entry) => applyJson6902(resources, entry, loader))
  each('ReplicaCount', kustomization.replicas, (one) => setReplicas(resources, [one], fields.replicas))
  each('ImageTag', kustomization.images, (image) => {
    for (const { body } of resources) changeImagesV5(body, image, fields.images)
  })
  const replacements = kustomization.replacements ?? []
  run('Replacement', replacements.length > 0, () =>
    applyReplacements(
      resources,
      replacements.flatMap((entry) => replacementsOf(entry, loader)),
    ),
  )
}
