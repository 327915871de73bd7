/**
 * `generators`, `transformers` and `validators` of kustomize 4 and 5: builtin plugins with a configuration of their own, in a file or
 * written out. Source: api internal/target/kusttarget.go, internal/plugins/loader/loader.go, internal/builtins.
 */
import { utf8Bytes } from '../bytes/bytes.ts'
import { deepEqual, isObject, objectAt, textAt } from '../go/json.ts'
import { toGoYaml } from '../go/yaml/go-yaml.ts'
import { type FieldSpec, newFieldSpec } from './field-spec.ts'
import { generate } from './generators.ts'
import { hashNames } from './hash.ts'
import { changeImagesV5 } from './images.ts'
import type { GeneratorArgs, ImageChange, PatchEntry, Replacement } from './kustomization.ts'
import { KustomizeError, type Loader, refuse, wrap } from './loader.ts'
import { ofFile, ofPlugin, setOrigin } from './origins.ts'
import {
  applyJson6902,
  applyParsedPatch,
  applyStrategicPatches,
  applyUntargeted,
  parseJson6902,
  parsePatchEntry,
  parseStrategicPatches,
  replacementsOf,
} from './patch-entries.ts'
import { MalformedYaml, readResourcesV5 } from './read-resources.ts'
import { applyReplacements } from './replacements.ts'
import {
  appendResources,
  type Body,
  cloneJson,
  gvkOf,
  idText,
  metadataOf,
  newResource,
  originalId,
  type Resource,
  shownResource,
  textMap,
} from './resource.ts'
import { addAffix, addEntries, setNamespaceV5, setReplicas } from './transformers.ts'
import { valueAdd } from './value-add.ts'

/** What plugins are made from. */
export interface PluginWorld {
  readonly loader: Loader
  readonly env: ReadonlyMap<string, string>
  /** The kustomization's path from where the build began, when origins are asked for. */
  readonly file: string | undefined
  /** What is there already, and the objects of files and directories. */
  gather(paths: readonly string[], more: readonly Resource[]): readonly Resource[]
}

type Transform = (resources: Resource[]) => void
type MakeTransform = (config: Body, world: PluginWorld) => Transform

/** `builtin` stands where a version would. Source: loader.go, isBuiltinPlugin. */
function isBuiltin(resource: Resource): boolean {
  const { group, version } = gvkOf(resource.body)
  return group === '' && version === 'builtin'
}

/** An entry is a configuration written out or, failing that, a path. */
function configurations(entries: readonly string[], world: PluginWorld, words: string): readonly Resource[] {
  const inline: Resource[] = []
  const paths: string[] = []
  for (const entry of entries) {
    const read = readInline(entry)
    if (read === undefined) paths.push(entry)
    else wrap(words, () => appendResources(inline, read))
  }
  if (world.file !== undefined) setOrigin(inline, ofFile(world.file), true)
  return world.gather(paths, inline)
}

function readInline(entry: string): readonly Resource[] | undefined {
  try {
    return readResourcesV5(utf8Bytes(entry), '')
  } catch (error) {
    if (error instanceof KustomizeError || error instanceof MalformedYaml) return undefined
    throw error
  }
}

/** Source: loader.go, loadAndConfigurePlugin. */
function checkPlugin(resource: Resource): string {
  const { kind } = originalId(resource)
  if (!isBuiltin(resource)) refuse(`external plugins disabled; unable to load external plugin '${kind}'`)
  if (!Object.hasOwn(transformers, kind) && !generatorKinds.has(kind))
    refuse(`unable to load builtin ${kind}.builtin.[noGrp]`)
  return kind
}

const generatorKinds: ReadonlySet<string> = new Set([
  'ConfigMapGenerator',
  'SecretGenerator',
  'HelmChartInflationGenerator',
  'IAMPolicyGenerator',
])

/** What the generators of a kustomization make, not yet hashed. */
export function runExternalGenerators(entries: readonly string[], world: PluginWorld): readonly Resource[] {
  if (entries.length === 0) return []
  const found = wrap('loading generator plugins', () => {
    const resources = configurations(entries, world, 'configuring external generator')
    for (const resource of resources)
      wrap('failed to load generator', () => checkGenerator(checkPlugin(resource), resource))
    return resources
  })
  return found.map((resource) => {
    const made = generated(resource, world)
    const origin = ofPlugin(resource)
    if (origin !== undefined) setOrigin([made], origin)
    return made
  })
}

function checkGenerator(kind: string, resource: Resource): void {
  if (!generatorKinds.has(kind)) refuse(`plugin ${idText(originalId(resource))} not a generator`)
  if (kind === 'HelmChartInflationGenerator') refuse(`podsim does not simulate the generator ${kind}`)
}

function generated(resource: Resource, { loader, env }: PluginWorld): Resource {
  const { body } = resource
  const { kind } = originalId(resource)
  if (kind === 'IAMPolicyGenerator') return iamPolicy(body)
  const metadata = metadataOf(body)
  // The fields of the configuration are those of an entry; names of its own come first.
  const named = { ...body, name: body.name ?? metadata.name, namespace: body.namespace ?? metadata.namespace }
  const args = named as GeneratorArgs // its fields are looked at one by one
  return generate(kind === 'SecretGenerator' ? 'Secret' : 'ConfigMap', args, undefined, {
    loader,
    generation: 'v5',
    env,
  })
}

/** A ServiceAccount that stands for one of the cloud. Source: api filters/iampolicygenerator/iampolicygenerator.go. */
function iamPolicy(config: Body): Resource {
  const cloud = textAt(config, 'cloud')
  if (cloud !== 'gke') refuse(`cloud provider ${cloud} not supported yet`)
  const namespace = textAt(config, 'kubernetesService', 'namespace')
  const account = `${textAt(config, 'serviceAccount', 'name')}@${textAt(config, 'serviceAccount', 'projectId')}`
  const metadata = {
    annotations: { 'iam.gke.io/gcp-service-account': `${account}.iam.gserviceaccount.com` },
    name: textAt(config, 'kubernetesService', 'name'),
    ...(namespace === '' ? {} : { namespace }),
  }
  return newResource({ apiVersion: 'v1', kind: 'ServiceAccount', metadata })
}

/** What changes resources, read. */
export interface Transformer {
  readonly run: (resources: Resource[]) => void
  /** Where it comes from, when origins are asked for. */
  readonly origin: string | undefined
}

/** What the configurations say, in their order. */
export function externalTransformers(entries: readonly string[], world: PluginWorld): readonly Transformer[] {
  return configurations(entries, world, 'configuring external transformer').map((resource) => {
    const kind = checkPlugin(resource)
    const id = idText(originalId(resource))
    const make = transformers[kind]
    if (make === undefined) return refuse(`plugin ${id} not a transformer`)
    return {
      run: wrap(`plugin ${id} fails configuration`, () => make(resource.body, world)),
      origin: ofPlugin(resource),
    }
  })
}

const validatedBy = 'validated-by'

/** Transformers that may change nothing but one label. Source: kusttarget.go, runValidators. */
export function runValidators(resources: Resource[], entries: readonly string[], world: PluginWorld): void {
  for (const { run: validate } of externalTransformers(entries, world)) {
    const before = resources.map((one) => ({ ...one, body: cloneJson(one.body) }))
    validate(resources)
    const after = resources.map((one) => ({ ...one, body: withoutMark(one.body) }))
    const changed = before.findIndex(
      ({ body }, i) => !deepEqual(body, after[i]?.body) || isRelabelled(body, resources[i]?.body),
    )
    const [old, now] = [before[changed], after[changed]]
    if (old === undefined || now === undefined) continue
    const pointers = `${resourceSyntax}\n------\n${resourceSyntax}\n`
    refuse(
      `validator shouldn't modify the resource map: nodes unequal: \n -- ${shownResource(old)},\n -- ${shownResource(now)}\n\n--\n${pointers}`,
    )
  }
}

/** How Go prints a pointer to a resource; the address is any. */
const resourceSyntax =
  '&resource.Resource{RNode:yaml.RNode{fieldPath:[]string(nil), value:(*yaml.Node)(0xc000a90780), ShouldKeep:false, Match:[]string(nil)}, refVarNames:[]string(nil)}'

/** Labels that are written anew when the mark goes are other nodes than before, though they say the same. */
function isRelabelled(before: Body, marked: Body | undefined): boolean {
  const had = metadataOf(before).labels
  return isObject(had) && Object.hasOwn(textMap(metadataOf(marked ?? {}).labels), validatedBy)
}

function withoutMark(body: Body): Body {
  const copy = cloneJson(body)
  const metadata = metadataOf(copy)
  const labels = textMap(metadata.labels)
  if (!Object.hasOwn(labels, validatedBy)) return copy
  delete labels[validatedBy]
  if (Object.keys(labels).length === 0) delete metadata.labels
  else metadata.labels = labels
  return copy
}

/** Empty where there are none. */
function specsOf({ fieldSpecs }: Body): readonly FieldSpec[] {
  return (Array.isArray(fieldSpecs) ? fieldSpecs : []).map((spec) =>
    newFieldSpec(
      { group: textAt(spec, 'group'), version: textAt(spec, 'version'), kind: textAt(spec, 'kind') },
      isObject(spec) && spec.create === true,
      textAt(spec, 'path'),
    ),
  )
}

function affix(prefix: string, suffix: string, config: Body): Transform {
  if (config.fieldSpecs === undefined || config.fieldSpecs === null) refuse('fieldSpecs is not expected to be nil')
  const specs = specsOf(config)
  return (resources) => {
    if (prefix !== '') for (const one of resources) addAffix(one, prefix, '', specs)
    if (suffix !== '') for (const one of resources) addAffix(one, '', suffix, specs)
  }
}

const subjectModes = ['defaultOnly', 'none', 'allServiceAccounts'] as const

function namespaceTransform(config: Body): Transform {
  const namespace = textAt(config, 'metadata', 'namespace')
  const asked = textAt(config, 'setRoleBindingSubjects') || 'defaultOnly'
  const subjects = subjectModes.find((mode) => mode === asked)
  if (subjects === undefined)
    return refuse(
      `invalid value "${asked}" for setRoleBindingSubjects: must be one of "defaultOnly", "none" or "allServiceAccounts"`,
    )
  const specs = specsOf(config)
  return (resources) => {
    if (namespace !== '')
      setNamespaceV5(resources, namespace, specs, { subjects, unsetOnly: config.unsetOnly === true })
  }
}

function json6902Transform(config: Body, { loader }: PluginWorld): Transform {
  const [path, jsonOp] = [textAt(config, 'path'), textAt(config, 'jsonOp')]
  // A target is a selector.
  const entry = { target: objectAt(config, 'target'), path, patch: jsonOp } as PatchEntry
  const operations = parseJson6902(entry, loader)
  return (resources) => applyJson6902(resources, entry, operations)
}

function strategicTransform(config: Body, { loader }: PluginWorld): Transform {
  const paths = Array.isArray(config.paths) ? config.paths.map(String) : []
  const patches = textAt(config, 'patches')
  if (paths.length === 0 && patches === '') refuse('empty file path and empty patch content')
  const written = patches === '' ? [] : readResourcesV5(utf8Bytes(patches), '')
  const read = paths.length === 0 ? [] : parseStrategicPatches(paths, loader)
  return (resources) => {
    applyStrategicPatches(resources, read, loader)
    for (const patch of written) applyUntargeted(resources, patch, false, loader)
  }
}

/** By kind. Source: internal/plugins/builtinhelpers/builtins.go, TransformerFactories. */
const transformers: Readonly<Record<string, MakeTransform>> = {
  AnnotationsTransformer: (config) => (resources) =>
    addEntries(resources, textMap(config.annotations), specsOf(config)),
  HashTransformer: () => hashNames,
  ImageTagTransformer: (config) => (resources) => {
    const image = objectAt(config, 'imageTag') as ImageChange // texts, all of them optional
    for (const { body } of resources) changeImagesV5(body, image, specsOf(config))
  },
  LabelTransformer: (config) => (resources) => addEntries(resources, textMap(config.labels), specsOf(config)),
  NamespaceTransformer: namespaceTransform,
  PatchJson6902Transformer: json6902Transform,
  PatchStrategicMergeTransformer: strategicTransform,
  PatchTransformer: (config, { loader }) => {
    const entry = config as PatchEntry // its fields are those of an entry of `patches`
    const parsed = parsePatchEntry(entry, toGoYaml(config), loader)
    return (resources) => applyParsedPatch(resources, entry, parsed, loader)
  },
  PrefixSuffixTransformer: (config) => affix(textAt(config, 'prefix'), textAt(config, 'suffix'), config),
  PrefixTransformer: (config) => affix(textAt(config, 'prefix'), '', config),
  ReplacementTransformer: (config, { loader }) => {
    const entries = (Array.isArray(config.replacements) ? config.replacements : []) as readonly Replacement[] // checked where they are used
    const read = replacementsOf(entries, loader)
    return (resources) => applyReplacements(resources, read)
  },
  ReplicaCountTransformer: (config) => (resources) => {
    const replica = objectAt(config, 'replica')
    setReplicas(resources, [{ name: textAt(replica, 'name'), count: Number(replica.count ?? 0) }], specsOf(config))
  },
  SuffixTransformer: (config) => affix('', textAt(config, 'suffix'), config),
  ValueAddTransformer: (config, { loader }) => valueAdd(config, loader),
}
