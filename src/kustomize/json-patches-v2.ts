/** `patchesJson6902` of kustomize 2.0.3. Source: pkg/patch/transformer/factory.go, patchjson6902json.go. */
import type { PatchOperation } from '../api/patch/json-patch.ts'
import { utf8Text } from '../bytes/bytes.ts'
import { isObject } from '../go/json.ts'
import { fromYaml } from '../go/yaml/from-yaml.ts'
import type { PatchEntry, Selector } from './kustomization.ts'
import { type Loader, refuse, wrap } from './loader.ts'
import { jsonPatched } from './patches.ts'
import { currentId, idTextV2, isSameGvk, originalId, type Resource } from './resource.ts'

/** Reads what an entry names; gives what it does to resources. */
export function readJsonPatchV2(
  { target, path }: PatchEntry,
  loader: Loader,
): (resources: readonly Resource[]) => void {
  if (target === undefined || target === null) return refuse('must specify the target field in patchesJson6902')
  if (!path) return refuse('must specify the path for a json patch file')
  const content = loader.load(path)
  const result = fromYaml(content)
  if (!result.ok) return refuse(result.error)
  const operations: readonly PatchOperation[] = Array.isArray(result.value) ? result.value.filter(isObject) : []
  return (resources) => {
    if (operations.length === 0) return
    const found = targetOf(resources, target)
    found.body = wrap(`failed to apply json patch '${utf8Text(content)}'`, () => jsonPatched(found.body, operations))
  }
}

function targetOf(resources: readonly Resource[], selector: Selector): Resource {
  const { group = '', version = '', kind = '', name = '', namespace = '' } = selector
  const wanted = { group, version, kind, name, namespace }
  const matched = resources.filter((one) => {
    const id = originalId(one)
    const isThere = namespace === '' || currentId(one).namespace === namespace
    return isThere && id.name === name && isSameGvk(id, wanted)
  })
  const [found] = matched
  const told = idTextV2(wanted)
  if (found === undefined) return refuse(`couldn't find target ${told} for json patch`)
  if (matched.length === 1) return found
  const ids = matched.map((one) =>
    idTextV2(
      { ...originalId(one), namespace: currentId(one).namespace },
      one.prefixes.join(':'),
      one.suffixes.join(':'),
    ),
  )
  return refuse(`found multiple targets [${ids.join(' ')}] matching ${told} for json patch`)
}
