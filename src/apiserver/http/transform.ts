import { badRequest, failure } from '../../api/status.ts'
import type { KubeList, KubeObject, Status } from '../../api/types/meta.ts'
import { goQuote } from '../../go/quote.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { withManagedFieldsToSee } from '../ownership/ownership.ts'
import { ageOf, createdAtColumn, nameColumn } from '../registry/column-texts.ts'
import type { ServedResource } from '../registry/resource-table.ts'
import type { RegistryContext, Strategy, TableColumn } from '../registry/strategy.ts'
import { withNewText } from './column-texts.ts'
import type { Output } from './negotiate.ts'

/** Tables and metadata in place of objects. Source: apiserver pkg/endpoints/handlers/response.go. */

type Transform = NonNullable<Output['as']>

export function isList(object: KubeObject | KubeList): object is KubeList {
  return 'items' in object && Array.isArray(object.items)
}

/** Source: apiserver handlers/response.go, optionsForTransform; apimachinery meta/internalversion/validation. */
function wrongOptions(includeObject = ''): Status | undefined {
  if (['', 'Metadata', 'Object', 'None'].includes(includeObject)) return undefined
  const why = "must be 'Metadata', 'Object', 'None', or empty"
  return badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${goQuote(includeObject)}: ${why}`,
  )
}

/** An answer in the form that was asked for. `includeObject`: what a row carries, by default metadata. */
export function transformed(
  object: KubeObject | KubeList,
  as: Transform,
  served: ServedResource,
  context: RegistryContext,
  includeObject: string | undefined,
): object | Status {
  switch (as.kind) {
    case 'Table':
      return wrongOptions(includeObject) ?? tableOf(object, as.version, served.strategy, context, includeObject, true)
    case 'PartialObjectMetadata':
      if (isList(object)) return notAcceptable(as.kind, `the requested object is a list (*${goName(served, 'List')})`)
      return partial(object, as.version)
    case 'PartialObjectMetadataList':
      if (!isList(object)) return notAcceptable(as.kind, `the requested object is not a list (*${goName(served, '')})`)
      return {
        kind: as.kind,
        apiVersion: as.version,
        metadata: object.metadata,
        items: object.items.map((item) => partial(item, as.version)),
      }
  }
}

function goName({ info }: ServedResource, suffix: string): string {
  const group = info.group === '' ? 'core' : (info.group.split('.')[0] ?? '')
  return `${group}.${info.kind}${suffix}`
}

function notAcceptable(kind: string, why: string): Status {
  return failure(406, 'NotAcceptable', `you requested ${kind}, but ${why}`)
}

function partial(object: KubeObject, apiVersion: string): object {
  return { kind: 'PartialObjectMetadata', apiVersion, metadata: withManagedFieldsToSee(object).metadata }
}

/** The default columns. Source: apiserver pkg/registry/rest/table.go, defaultTableConvertor. */
const plainTable: Pick<NonNullable<Strategy['table']>, 'columns' | 'columnsOf'> = {
  columns: [nameColumn, createdAtColumn],
}

/** A table of one object or a list; a watch sends its columns with the first event only. */
export function tableOf(
  object: KubeObject | KubeList,
  apiVersion: string,
  strategy: Strategy,
  context: RegistryContext,
  includeObject: string | undefined,
  withColumns: boolean,
): object {
  const table = strategy.table ?? plainTable
  const columns = table.columnsOf?.(context.minor) ?? table.columns
  const items = isList(object) ? object.items : [object]
  const { metadata } = object
  const listMeta = isList(object)
    ? metadata
    : {
        ...(metadata.selfLink === undefined ? {} : { selfLink: metadata.selfLink }),
        ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
      }
  return {
    kind: 'Table',
    apiVersion,
    metadata: listMeta,
    columnDefinitions: withColumns ? columns.map((column) => worded(column, context.minor)) : [],
    rows: items.map((item) => ({
      cells: strategy.table?.row(item, context) ?? [
        item.metadata.name,
        item.metadata.creationTimestamp ?? ageOf(item, context),
      ],
      ...rowConditions(item, strategy),
      ...rowObject(item, apiVersion, includeObject),
    })),
  }
}

function rowConditions(item: KubeObject, { table }: Strategy): object {
  const conditions = table?.conditions?.(item) ?? []
  return conditions.length === 0 ? {} : { conditions }
}

const oldNamesPage = 'http://kubernetes.io/docs/user-guide/identifiers#names'

/** The page about names moved. Source: apimachinery pkg/apis/meta/v1/types.go, ObjectMeta.Name. */
function worded(given: TableColumn, minor: number): TableColumn {
  const column = has(minor, apiServer.newColumnTexts) ? withNewText(given) : given
  if (!has(minor, apiServer.newNamesPage) || !column.description.includes(oldNamesPage)) return column
  const page = 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names'
  return { ...column, description: column.description.replace(oldNamesPage, page) }
}

function rowObject(item: KubeObject, apiVersion: string, includeObject: string | undefined): object {
  switch (includeObject) {
    case 'None':
      // Source: apiserver handlers/response.go, asTable: the row's raw object stays empty, which is written as null.
      return { object: null }
    case 'Object':
      return { object: withManagedFieldsToSee(item) }
    default:
      return { object: partial(item, apiVersion) }
  }
}
