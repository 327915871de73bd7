/** What patches and replacements of a kustomization do. Source: api internal/builtins, PatchTransformer.go and its like. */

import type { PatchOperation } from '../api/patch/json-patch.ts'
import { utf8Bytes, utf8Text } from '../bytes/bytes.ts'
import { isObject } from '../go/json.ts'
import { goQuote } from '../go/quote.ts'
import { fromYaml } from '../go/yaml/from-yaml.ts'
import { toGoYaml } from '../go/yaml/go-yaml.ts'
import type { Kustomization, PatchEntry } from './kustomization.ts'
import { KustomizeError, type Loader, refuse, wrap } from './loader.ts'
import { jsonPatched, mergePatchV5, patchTarget, selectResources } from './patches.ts'
import { MalformedYaml, readResourcesV5 } from './read-resources.ts'
import {
  type Body,
  cloneJson,
  currentId,
  idText,
  originalId,
  ownMetadata,
  type Resource,
  rememberId,
  writtenTexts,
} from './resource.ts'

/** Replacements of an entry, or of the file that it names. */
export function replacementsOf(entry: NonNullable<Kustomization['replacements']>[number], loader: Loader) {
  if (!entry.path) return [entry]
  const result = fromYaml(loader.load(entry.path))
  if (!result.ok) refuse(result.error)
  const list = Array.isArray(result.value) ? result.value : [result.value]
  return list.filter(isObject) as (typeof entry)[] // checked field by field where they are used
}

/** How the real thing shows the part of the kustomization that a plugin could not be configured from. */
export function configured<T>(plugin: string, config: unknown, work: () => T): T {
  return wrap(`trouble configuring builtin ${plugin} with config: \`\n${toGoYaml(config)}\``, work)
}

/** `patchesStrategicMerge`: files, or patches written out. */
export function applyStrategicPatches(resources: Resource[], paths: readonly string[], loader: Loader): void {
  if (paths.length === 0) return
  const patches = configured('PatchStrategicMergeTransformer', { paths }, () =>
    paths.flatMap((path) => {
      // An entry is a file or, failing that, a patch written out.
      if (!loader.has(path) && path.includes('\n')) return parsePatch(utf8Bytes(path), path)
      return parsePatch(loader.load(path), path)
    }),
  )
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

/** An entry of `patches`, of either kind. */
export function applyPatchEntry(resources: Resource[], entry: PatchEntry, loader: Loader): void {
  const path = entry.path ?? ''
  const config = {
    ...(entry.options ? { options: entry.options } : {}),
    ...(path === '' ? {} : { path }),
    ...(entry.patch ? { patch: entry.patch } : {}),
    ...(entry.target ? { target: entry.target } : {}),
  }
  const parsed = configured('PatchTransformer', config, () => parsePatchEntry(entry, toGoYaml(config), loader))
  applyParsedPatch(resources, entry, parsed, loader)
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
    for (const resource of selectResources(resources, entry.target)) patchJson(resource, parsed.operations)
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
  if (namespace === '') delete metadata.namespace
  else metadata.namespace = namespace
  target.body = merged
}

function patchJson(resource: Resource, operations: readonly PatchOperation[]): void {
  rememberId(resource)
  resource.body = jsonPatched(resource.body, operations)
}

/** An entry of `patchesJson6902`. */
export function applyJson6902(resources: Resource[], entry: PatchEntry, loader: Loader): void {
  const { target } = entry
  if (target === undefined) refuse('must specify the target field of patchesJson6902')
  const content = entry.path ? loader.load(entry.path) : utf8Bytes(entry.patch ?? '')
  const value = fromYaml(content)
  if (!value.ok) refuse(value.error)
  const operations = Array.isArray(value.value) ? value.value.filter(isObject) : []
  for (const resource of selectResources(resources, target)) patchJson(resource, operations)
}
