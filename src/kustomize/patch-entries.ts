/** What patches and replacements of a kustomization do. Source: api internal/builtins, PatchTransformer.go and its like. */

import type { PatchOperation } from '../api/patch/json-patch.ts'
import { utf8Bytes, utf8Text } from '../bytes/bytes.ts'
import { goJson, isObject } from '../go/json.ts'
import { goQuote } from '../go/quote.ts'
import { fromYaml } from '../go/yaml/from-yaml.ts'
import { toGoYaml } from '../go/yaml/go-yaml.ts'
import { goType } from './crds.ts'
import type { PatchEntry, Replacement, Selector } from './kustomization.ts'
import { KustomizeError, type Loader, refuse, wrap } from './loader.ts'
import { jsonPatched, mergePatchV5, patchTarget, selectResources } from './patches.ts'
import { MalformedYaml, readResourcesV5 } from './read-resources.ts'
import {
  type Body,
  buildAnnotations,
  cloneJson,
  currentId,
  idText,
  metadataOf,
  originalId,
  ownMetadata,
  type Resource,
  rememberId,
  writtenTexts,
} from './resource.ts'

/** All replacements, those of files too. Source: api internal/builtins/ReplacementTransformer.go, Config. */
export function readReplacements(entries: readonly Replacement[], loader: Loader): readonly Replacement[] {
  return configured('ReplacementTransformer', { replacements: entries }, () => replacementsOf(entries, loader))
}

/** The same for a plugin. */
export function replacementsOf(entries: readonly Replacement[], loader: Loader): readonly Replacement[] {
  return entries.flatMap((entry) => {
    if (!entry.path) return [entry]
    const isInline = (entry.source ?? null) !== null || (entry.targets ?? []).length > 0
    if (isInline) refuse('cannot specify both path and inline replacement')
    const result = fromYaml(loader.load(entry.path))
    if (!result.ok) refuse(result.error)
    const list = Array.isArray(result.value) ? result.value : [result.value]
    return list.filter(isObject) as Replacement[] // checked field by field where they are used
  })
}

/** How the real thing shows the part of the kustomization that a plugin could not be configured from. */
export function configured<T>(plugin: string, config: unknown, work: () => T): T {
  return wrap(`trouble configuring builtin ${plugin} with config: \`\n${toGoYaml(config)}\``, work)
}

/** `patchesStrategicMerge`: files, or patches written out. Source: api internal/builtins/PatchStrategicMergeTransformer.go. */
export function readStrategicPatches(paths: readonly string[], loader: Loader): readonly Resource[] {
  return configured('PatchStrategicMergeTransformer', { paths }, () => parseStrategicPatches(paths, loader))
}

/** The same for a plugin. */
export function parseStrategicPatches(paths: readonly string[], loader: Loader): readonly Resource[] {
  const patches = paths.flatMap((path) => {
    // An entry is a file or, failing that, a patch written out.
    if (!loader.has(path) && path.includes('\n')) return parsePatch(utf8Bytes(path), path)
    return parsePatch(loader.load(path), path)
  })
  if (patches.length === 0) refuse(`patch appears to be empty; files=[${paths.join(' ')}], Patch=`)
  return patches
}

/** Each changes what it is called like. */
export function applyStrategicPatches(resources: Resource[], patches: readonly Resource[], loader: Loader): void {
  for (const patch of patches) applyUntargeted(resources, withTexts(patch), false, loader)
}

/**
 * A patch that is applied to what was selected has labels and annotations of texts only, so that `null` takes none of them
 * away. Source: api resmap/reswrangler.go, ApplySmPatch.
 */
function withTexts(patch: Resource): Resource {
  const body = cloneJson(patch.body)
  const metadata = ownMetadata(body)
  for (const field of ['labels', 'annotations'] as const) {
    const map = metadata[field]
    if (isObject(map)) metadata[field] = writtenTexts(map as Body) // a map
  }
  return { ...patch, body }
}

function parsePatch(content: Uint8Array, path: string): readonly Resource[] {
  try {
    return readResourcesV5(content, path)
  } catch (error) {
    if (error instanceof MalformedYaml) refuse(error.message)
    throw error
  }
}

/** An entry of `patches`, of either kind, read. */
export function readPatchEntry(entry: PatchEntry, loader: Loader): ParsedPatch {
  const path = entry.path ?? ''
  const config = {
    ...(entry.options ? { options: entry.options } : {}),
    ...(path === '' ? {} : { path }),
    ...(entry.patch ? { patch: entry.patch } : {}),
    ...(entry.target ? { target: withoutEmpty(entry.target) } : {}),
  }
  return configured('PatchTransformer', config, () => parsePatchEntry(entry, toGoYaml(config), loader))
}

/** Empty texts are left out where a selector is written again. */
function withoutEmpty(selector: Selector): Selector {
  return Object.fromEntries(Object.entries(selector).filter(([, text]) => text !== '' && text !== null))
}

/** What an entry says; `shown` is the entry as errors show it. */
export function parsePatchEntry(entry: PatchEntry, shown: string, loader: Loader): ParsedPatch {
  const patch = (entry.patch ?? '').trim()
  const path = entry.path ?? ''
  if (patch === '' && path === '') return refuse(`must specify one of patch and path in\n${shown}`)
  if (patch !== '' && path !== '') return refuse(`patch and path can't be set at the same time\n${shown}`)
  const content =
    patch !== ''
      ? utf8Bytes(patch)
      : loader.isFour
        ? loader.load(path)
        : wrap(`failed to get the patch file from path(${path})`, () => loader.load(path))
  return strategicOrJson(content, patch === '' ? `[path: ${goQuote(path)}]` : `[patch: ${goQuote(patch)}]`)
}

/** Changes the target of an entry, or what its patches are called like. */
export function applyParsedPatch(resources: Resource[], entry: PatchEntry, parsed: ParsedPatch, loader: Loader): void {
  if (parsed.kind === 'json') {
    if (entry.target === undefined) refuse(`must specify a target for JSON patch ${parsed.source}`)
    for (const resource of selectResources(resources, entry.target)) {
      rememberId(resource)
      patchJson(resource, parsed.operations)
    }
    return
  }
  if (entry.target === undefined) {
    for (const one of parsed.patches) applyUntargeted(resources, one, !loader.isFour, loader)
    return
  }
  const [only, ...more] = parsed.patches
  if (more.length > 0) {
    refuse(
      `Multiple Strategic-Merge Patches in one \`patches\` entry is not allowed to set \`patches.target\` field: ${parsed.source}`,
    )
  }
  if (only === undefined) return
  for (const resource of selectResources(resources, entry.target))
    mergeInto(resources, resource, withTexts(only), entry.options, loader)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What an entry of `patches` holds. */
export type ParsedPatch =
  | { readonly kind: 'strategic'; readonly patches: readonly Resource[]; readonly source: string }
  | { readonly kind: 'json'; readonly operations: readonly PatchOperation[]; readonly source: string }

function strategicOrJson(content: Uint8Array, source: string): ParsedPatch {
  const value = fromYaml(content)
  // What begins as a JSON list must be JSON. Source: api internal/builtins/PatchTransformer.go, jsonPatchFromBytes.
  if (utf8Text(content).startsWith('[') && parseJson(utf8Text(content)) === undefined)
    return refuse(`unable to parse SM or JSON patch from ${source}`)
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

/** A strategic merge patch whose target is what it is called like. */
export function applyUntargeted(resources: Resource[], patch: Resource, namesPatch: boolean, loader: Loader): void {
  const target = patchTarget(resources, patch)
  const id = idText(originalId(patch))
  if (target === undefined) {
    const problem = `no matches for Id ${id}; failed to find unique target for patch ${id}`
    refuse(namesPatch ? `no resource matches strategic merge patch ${goQuote(id)}: ${problem}` : problem)
  }
  mergeInto(resources, target, patch, undefined, loader)
}

function mergeInto(
  resources: Resource[],
  target: Resource,
  patch: Resource,
  options: Readonly<Record<string, boolean>> | undefined,
  loader: Loader,
): void {
  const { name, namespace, kind } = currentId(target)
  const merged = mergePatchV5(target.body, cloneJson(patch.body), loader)
  if (merged === undefined) {
    resources.splice(resources.indexOf(target), 1)
    return
  }
  rememberId(target)
  // A patch changes neither name nor kind unless it is allowed to.
  const metadata = ownMetadata(merged)
  if (!options?.allowNameChange) metadata.name = name
  if (!options?.allowKindChange) merged.kind = kind
  // Its apiVersion it does not change at all. Source: api resmap/reswrangler.go, ApplySmPatch.
  if (target.body.apiVersion === undefined) delete merged.apiVersion
  else merged.apiVersion = target.body.apiVersion
  if (namespace === '') delete metadata.namespace
  else metadata.namespace = namespace
  target.body = merged
}

/** Operations see what the build remembers in annotations, so that there is a map to add one to. */
function patchJson(resource: Resource, operations: readonly PatchOperation[]): void {
  const remembered = buildAnnotations(resource)
  const names = Object.keys(remembered)
  if (names.length === 0) {
    resource.body = jsonPatched(resource.body, operations)
    return
  }
  const { annotations } = metadataOf(resource.body)
  const metadata = { ...metadataOf(resource.body), annotations: { ...objectAt(annotations), ...remembered } }
  const patched = jsonPatched({ ...resource.body, metadata }, operations)
  const after = metadataOf(patched).annotations
  if (isObject(after)) {
    const kept = Object.entries(after).filter(([name]) => !names.includes(name))
    if (kept.length === 0) delete ownMetadata(patched).annotations
    else ownMetadata(patched).annotations = Object.fromEntries(kept)
  }
  resource.body = patched
}

function objectAt(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {}
}

/** An entry of `patchesJson6902`, read. Source: api internal/builtins/PatchJson6902Transformer.go, Config. */
export function readJson6902(entry: PatchEntry, loader: Loader): readonly PatchOperation[] {
  const { target, path = '', patch = '' } = entry
  if (target === undefined || target === null) return refuse('must specify the target field of patchesJson6902')
  const config = {
    ...(patch === '' ? {} : { jsonOp: patch }),
    ...(path === '' ? {} : { path }),
    target: withoutEmpty(target),
  }
  return configured('PatchJson6902Transformer', config, () => parseJson6902(entry, loader))
}

/** The same for a plugin. */
export function parseJson6902(
  { target, path = '', patch = '' }: PatchEntry,
  loader: Loader,
): readonly PatchOperation[] {
  if (!target?.name) refuse('must specify the target name')
  if (path === '' && patch === '') refuse('empty file path and empty jsonOp')
  if (path !== '' && patch !== '') refuse('must specify a file path or jsonOp, not both')
  const content = path === '' ? utf8Bytes(patch) : loader.load(path)
  if (content.length === 0) refuse(`patch file '${path}' empty seems to be empty`)
  const value = fromYaml(content)
  if (!value.ok) return refuse(value.error)
  const json = goJson(value.value)
  if (value.value !== null && !Array.isArray(value.value))
    refuse(`decoding ${json}: json: cannot unmarshal ${goType(value.value)} into Go value of type jsonpatch.Patch`)
  const operations = Array.isArray(value.value) ? value.value.filter(isObject) : []
  if (operations.length === 0) refuse(`patch appears to be empty; file=${path}, JsonOp=${json}`)
  return operations
}

/** Changes what the entry's target picks. */
export function applyJson6902(
  resources: Resource[],
  { target }: PatchEntry,
  operations: readonly PatchOperation[],
): void {
  for (const resource of selectResources(resources, target ?? {})) {
    const before = currentId(resource)
    patchJson(resource, operations)
    resource.previous.push(before)
  }
}
