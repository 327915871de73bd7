import type { JsonObject } from '../../api/json.ts'
import { customShape } from '../../api/ownership/shapes.ts'
import { compareVersions, type ResourceInfo, type SubresourceInfo } from '../../api/schema/discovery.ts'
import { rfc3339 } from '../../kernel/calendar.ts'
import type { ResourceTable, ServedResource } from '../registry/resource-table.ts'
import type { RegistryContext } from '../registry/strategy.ts'
import type { Store, StoreEvent } from '../store.ts'
import { customStrategy } from './custom-strategy.ts'
import { type CustomResourceDefinition, type CustomVersion, hasCondition, storedDefinitions } from './definition.ts'
import { unknownFields } from './unknown-fields.ts'

/** In discovery's order. Source: apiextensions-apiserver pkg/apiserver/customresource_discovery_controller.go. */
const customVerbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'] as const

/**
 * Serves what CustomResourceDefinitions define, from the moment they are stored; the condition Established follows in the
 * same instant. A definition whose names another one has is stored but not served. The objects go with their definition.
 * Source: apiextensions-apiserver pkg/controller/{status,establish,finalizer}, pkg/apiserver/customresource_handler.go.
 */
export function createCustomResources(store: Store, table: ResourceTable, context: RegistryContext) {
  const definitions = () => store.collection(storedDefinitions)
  const conflict = (definition: CustomResourceDefinition): string | undefined => {
    const { group, names } = definition.spec
    for (const other of definitions().list(undefined) as readonly CustomResourceDefinition[]) {
      if (other.metadata.name === definition.metadata.name || other.spec.group !== group) continue
      if (!hasCondition(other, 'NamesAccepted')) continue
      if (other.spec.names?.kind === names?.kind) return names?.kind
    }
    return undefined
  }
  const serve = (definition: CustomResourceDefinition): void => {
    const { group = '', names } = definition.spec
    const taken = conflict(definition)
    const versions = taken === undefined ? (definition.spec.versions ?? []).filter(({ served }) => served === true) : []
    table.serveCustom(
      group,
      names?.plural ?? '',
      versions.map((version) => servedVersion(store, definition, version)),
    )
    if (hasCondition(definition, 'NamesAccepted') || definition.status?.conditions?.length) return
    context.kernel.schedule(0, () => accept(definition.metadata.name, taken))
  }
  const accept = (name: string, taken: string | undefined): void => {
    const current = definitions().get('', name) as CustomResourceDefinition | undefined
    if (current === undefined) return
    const now = rfc3339(context.calendar.at(context.kernel.now()))
    definitions().update(withConditions(current, taken, now), current)
  }
  const withdraw = ({ spec: { group = '', names } }: CustomResourceDefinition): void => {
    const plural = names?.plural ?? ''
    table.serveCustom(group, plural, [])
    context.kernel.schedule(0, () => {
      const objects = store.collection(`${plural}.${group}`)
      for (const object of objects.list(undefined)) objects.remove(object)
    })
  }
  return {
    /** To be told of every write of definitions. */
    observe(resource: string, event: StoreEvent): void {
      if (resource !== storedDefinitions) return
      const definition = event.object as CustomResourceDefinition // the resource says so
      if (event.type === 'DELETED') withdraw(definition)
      else serve(definition)
    },
  }
}

function withConditions(
  definition: CustomResourceDefinition,
  taken: string | undefined,
  now: string,
): CustomResourceDefinition {
  const condition = (type: string, holds: boolean, reason: string, message: string): JsonObject => ({
    lastTransitionTime: now,
    message,
    reason,
    status: holds ? 'True' : 'False',
    type,
  })
  const conditions =
    taken === undefined
      ? [
          condition('NamesAccepted', true, 'NoConflicts', 'no conflicts found'),
          condition('Established', true, 'InitialNamesAccepted', 'the initial names have been accepted'),
        ]
      : [
          condition('NamesAccepted', false, 'KindConflict', `"${taken}" is already in use`),
          condition('Established', false, 'NotAccepted', 'not all names are accepted'),
        ]
  const acceptedNames = taken === undefined ? definition.spec.names : definition.status?.acceptedNames
  return {
    ...definition,
    status: { ...definition.status, conditions, ...(acceptedNames === undefined ? {} : { acceptedNames }) },
  }
}

function servedVersion(store: Store, definition: CustomResourceDefinition, version: CustomVersion): ServedResource {
  const { group = '', names = {}, versions = [], scope } = definition.spec
  const resource = names.plural ?? ''
  const kind = names.kind ?? ''
  const stored = versions.find(({ storage }) => storage === true)?.name ?? version.name
  const status: SubresourceInfo = {
    name: 'status',
    kind: { group, version: version.name, kind },
    verbs: ['get', 'patch', 'update'],
  }
  const info: ResourceInfo = {
    group,
    version: version.name,
    resource,
    kind,
    namespaced: scope === 'Namespaced',
    verbs: customVerbs,
    singularName: names.singular ?? '',
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    subresources: new Map(version.subresources?.status === undefined ? [] : [['status', status]]),
  }
  return {
    info,
    apiVersion: `${group}/${version.name}`,
    strategy: customStrategy(definition, version, stored),
    collection: store.collection(`${resource}.${group}`),
    storedApiVersion: `${group}/${stored}`,
    isConverted: version.name !== stored,
    isCustom: true,
    ...tellsUnknown(definition, version),
    ...(version.deprecated === true ? { deprecation: deprecationOf(definition, version) } : {}),
    customShape: (minor) => customShape(version.schema?.openAPIV3Schema, minor),
  }
}

/** Source: apiextensions-apiserver pkg/apiserver/customresource_handler.go, defaultDeprecationWarning. */
function deprecationOf({ spec }: CustomResourceDefinition, { name, deprecationWarning }: CustomVersion): string {
  const { group, names, versions = [] } = spec
  const [newest] = versions
    .filter((each) => each.served === true && each.deprecated !== true && compareVersions(each.name, name) < 0)
    .map((each) => each.name)
    .sort(compareVersions)
  const instead = newest === undefined ? '' : `; use ${group}/${newest} ${names?.kind}`
  return deprecationWarning ?? `${group}/${name} ${names?.kind} is deprecated${instead}`
}

/** What its schema does not name, unless it keeps all. */
function tellsUnknown(
  { spec }: CustomResourceDefinition,
  { schema }: CustomVersion,
): Pick<ServedResource, 'unknownFields'> {
  const structural = schema?.openAPIV3Schema
  if (structural === undefined || spec.preserveUnknownFields === true) return {}
  return { unknownFields: (document) => unknownFields(document, structural) }
}
