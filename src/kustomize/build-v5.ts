/** A build as kustomize 5 does it, which is inside kubectl 1.27 and later. Source: api internal/target/kusttarget.go. */

import { isObject } from '../go/json.ts'
import { goQuote } from '../go/quote.ts'
import { has } from '../versions/changes.ts'
import { kustomize } from '../versions/kustomize.ts'
import type { BuildWorld } from './build-v2.ts'
import { defaultFields, type Fields, mergedFields, withConfigurations } from './configuration.ts'
import { withCrds } from './crds.ts'
import { parseFieldSpec } from './field-spec.ts'
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
import {
  applyJson6902,
  applyParsedPatch,
  applyStrategicPatches,
  readJson6902,
  readPatchEntry,
  readReplacements,
  readStrategicPatches,
} from './patch-entries.ts'
import { externalTransformers, runExternalGenerators, runValidators, type Transformer } from './plugins.ts'
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
import { addAffixes, addEntries, addLabels, labelSpecs, setNamespaceV5, setReplicas } from './transformers.ts'
import { mergeVars, resolveVars, variableText } from './vars.ts'

/** How Go prints a pointer to a generator, with an origin or without; the addresses are any. */
const generatorPointers = { known: '&{0xc000a90750 0xc000a90780}', unknown: '&{0xc000a90750 <nil>}' } as const

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
  const gathered: Gathered = { resources: [], vars: [], fields: defaultFields('v5', loader.minor) }
  const { resources, vars } = gathered
  const asked = kustomization.buildMetadata ?? []
  accumulate(loader, kustomization, asked.length === 0 ? world : { ...world, origin: '' }, gathered)
  hashNames(resources)
  fixReferencesV5(resources, gathered.fields.nameReference)
  resolveVars(resources, vars, gathered.fields.varReference, 'v5')
  const kept = resources.filter(
    ({ body }) => textMap(metadataOf(body).annotations)['config.kubernetes.io/local-config'] !== 'true',
  )
  for (const { body } of kept) finishAnnotations(body, asked)
  if (asked.includes('managedByLabel') || world.labelsManager === true)
    addLabels(kept, { pairs: { 'app.kubernetes.io/managed-by': `kustomize-${world.ownVersion}` } }, gathered.fields)
  const order = kustomization.sortOptions ?? (world.keepsOrder === true ? { order: 'fifo' } : undefined)
  return sortedV5(kept, order, loader.minor).map(({ body }) => withWrittenNulls(body))
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
  if (!Object.hasOwn(metadataOf(body), 'annotations')) return
  if (!isObject(annotations)) {
    delete ownMetadata(body).annotations
    return
  }
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
  refuseHelmCharts(kustomization)
  const generatorPointer = generatorPointers[file === undefined ? 'unknown' : 'known']
  for (const [kind, args] of generators) {
    const made = generate(kind, args, kustomization.generatorOptions, { loader, generation: 'v5', env: world.env })
    if (file !== undefined) setOrigin([made], ofField(file, `${kind}Generator`))
    wrap(`merging from generator ${generatorPointer}`, () => mergeGenerated(resources, made, loader))
  }
  const gather = (paths: readonly string[], more: readonly Resource[]) => gatherPlugins(paths, more, loader, world)
  const plugins = { loader, env: world.env, file, gather }
  for (const made of runExternalGenerators(kustomization.generators ?? [], plugins))
    wrap(`merging from generator ${generatorPointer}`, () => mergeGenerated(resources, made, loader))
  wrap('accumulating components', () => {
    for (const path of kustomization.components ?? []) accumulateComponent(path, loader, world, gathered)
  })
  const steps = [
    ...stepsOf(kustomization, { loader, fields: gathered.fields, file }),
    ...externalTransformers(kustomization.transformers ?? [], plugins),
  ]
  for (const { origin, run } of steps) {
    run(resources)
    if (origin !== undefined) addTransformation(resources, origin)
  }
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
  const own: Gathered = { resources: [...more], vars: [], fields: defaultFields('v5', loader.minor) }
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
        appendResources([], resources)
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
  const own: Gathered = isComponent
    ? gathered
    : { resources: [], vars: gathered.vars, fields: defaultFields('v5', loader.minor) }
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

/** A transformer that has read what it is to do. */
interface Step {
  /** Before `Transformer`. */
  readonly kind: string
  readonly run: (resources: Resource[]) => void
}

/** All that a kustomization's own fields change; nothing is changed before all of them are read. */
function stepsOf(kustomization: Kustomization, world: Transformation): readonly Transformer[] {
  const steps = [
    ...patchSteps(kustomization, world),
    ...nameSteps(kustomization, world),
    ...valueSteps(kustomization, world),
  ]
  const { file } = world
  return steps.map(({ kind, run }) => ({
    run,
    origin: file === undefined ? undefined : ofField(file, `${kind}Transformer`),
  }))
}

/** The first fields in the order of their transformers. Source: kusttarget_configplugin.go, configureBuiltinTransformers. */
function patchSteps(kustomization: Kustomization, { loader }: Transformation): readonly Step[] {
  const paths = kustomization.patchesStrategicMerge ?? []
  const strategic = paths.length === 0 ? [] : [readStrategicPatches(paths, loader)]
  return [
    ...strategic.map((patches) =>
      step('PatchStrategicMerge', (resources) => applyStrategicPatches(resources, patches, loader)),
    ),
    ...(kustomization.patches ?? []).map((entry) => {
      const parsed = readPatchEntry(entry, loader)
      return step('Patch', (resources) => applyParsedPatch(resources, entry, parsed, loader))
    }),
  ]
}

function step(kind: string, run: Step['run']): Step {
  return { kind, run }
}

function nameSteps(kustomization: Kustomization, { fields }: Transformation): readonly Step[] {
  const { namespace = '', namePrefix = '', nameSuffix = '' } = kustomization
  const asked = (isAsked: boolean, one: Step): readonly Step[] => (isAsked ? [one] : [])
  return [
    ...asked(
      Boolean(namespace),
      step('Namespace', (resources) => setNamespaceV5(resources, namespace, fields.namespace)),
    ),
    ...asked(
      Boolean(namePrefix),
      step('Prefix', (resources) => addAffixes(resources, { namePrefix }, 'v5', fields)),
    ),
    ...asked(
      Boolean(nameSuffix),
      step('Suffix', (resources) => addAffixes(resources, { nameSuffix }, 'v5', fields)),
    ),
  ]
}

/** Source: api v0.20.0 internal/konfig/builtinpluginconsts/images.go. */
const volumeImages = ['spec/volumes[]/image/reference', 'spec/template/spec/volumes[]/image/reference'].map((path) =>
  parseFieldSpec(`|||create|${path}`),
)

function valueSteps(kustomization: Kustomization, { loader, fields }: Transformation): readonly Step[] {
  const { replacements = [] } = kustomization
  const labels = kustomization.labels ?? []
  const commonLabels = kustomization.commonLabels ?? {}
  const annotations = kustomization.commonAnnotations ?? {}
  const images = has(loader.minor, kustomize.sevenOn) ? [...fields.images, ...volumeImages] : fields.images
  const hasLabels = labels.length + Object.keys(commonLabels).length > 0
  const read = (replacements ?? []).length === 0 ? [] : [() => readReplacements(replacements, loader)]
  return [
    ...labels.map((entry) => {
      const specs = labelSpecs(entry, fields)
      return step('Label', (resources) => addEntries(resources, entry.pairs ?? {}, specs))
    }),
    ...(hasLabels ? [step('Label', (resources) => addEntries(resources, commonLabels, fields.commonLabels))] : []),
    ...(Object.keys(annotations).length > 0
      ? [step('Annotations', (resources) => addEntries(resources, annotations, fields.commonAnnotations))]
      : []),
    ...(kustomization.patchesJson6902 ?? []).map((entry) => {
      const operations = readJson6902(entry, loader)
      return step('PatchJson6902', (resources) => applyJson6902(resources, entry, operations))
    }),
    ...(kustomization.replicas ?? []).map((one) =>
      step('ReplicaCount', (resources) => setReplicas(resources, [one], fields.replicas)),
    ),
    ...(kustomization.images ?? []).map((image) =>
      step('ImageTag', (resources) => {
        for (const { body } of resources) changeImagesV5(body, image, images)
      }),
    ),
    ...read.map((all) => {
      const entries = all()
      return step('Replacement', (resources) => applyReplacements(resources, entries))
    }),
  ]
}
