import { type FieldTerm, parseFieldSelector, requiredValue } from '../../api/field-selector.ts'
import { parseLabelSelector, type Selector } from '../../api/label-selector.ts'
import { badRequest } from '../../api/status.ts'
import type { KubeObject, Status } from '../../api/types/meta.ts'
import { oneText } from '../../kernel/flat-text.ts'
import type { Strategy } from './strategy.ts'

interface SelectionText {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

/** Parses selectors; fields that the resource cannot be selected by are refused. Source: handlers/get.go, ListResource. */
export function parseSelection(text: SelectionText, strategy: Strategy, minor: number): Selection | Status {
  const labels = parseLabelSelector(text.labelSelector ?? '', minor)
  if (!labels.ok) return badRequest(labels.message)
  const fields = parseFieldSelector(text.fieldSelector ?? '')
  if (!fields.ok) return badRequest(fields.message)
  for (const { field } of fields.terms) {
    if (!isSelectable(field, strategy)) return badRequest(unsupportedField(field, strategy))
  }
  return new Selection(selected(text.namespace, labels.selector, fields.terms, strategy))
}

/** Source: the field label conversion functions of pkg/apis/<group>/<version>/conversion.go, and the default one of apimachinery. */
function unsupportedField(field: string, strategy: Strategy): string {
  return strategy.selectableFields === undefined
    ? `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
    : (strategy.unselectable?.(field) ?? `field label not supported: ${field}`)
}

/** An object of any kind, to learn which fields its strategy can select by. */
const anyObject: KubeObject & { readonly spec: object; readonly status: object } = {
  apiVersion: '',
  kind: '',
  metadata: { name: '' },
  spec: {},
  status: {},
}

function isSelectable(field: string, strategy: Strategy): boolean {
  if (field === 'metadata.name' || field === 'metadata.namespace') return true
  return strategy.selectableFields !== undefined && Object.hasOwn(strategy.selectableFields(anyObject), field)
}

/** What a list or watch asks for: labels, fields, one namespace or all. A row, for every open watch is one. */
export class Selection implements Selected {
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly indexValue: string | undefined
  readonly rest: Rest | undefined

  constructor({ namespace, name, indexValue, rest }: Selected) {
    this.namespace = namespace
    this.name = name
    this.indexValue = indexValue
    this.rest = rest
  }

  /** Whether it selects everything in its namespace. */
  get isEmpty(): boolean {
    return this.name === undefined && this.rest === undefined
  }

  matches(object: KubeObject): boolean {
    if (this.name !== undefined && object.metadata.name !== this.name) return false
    if (this.rest === undefined) return true
    return fieldsMatch(this.rest, object) && this.rest.labels.matches(object.metadata.labels)
  }
}

/** The parts of a selection. */
export interface Selected {
  readonly namespace: string | undefined
  /** Pinned by `metadata.name=X`. */
  readonly name: string | undefined
  /** Pinned by `spec.nodeName=X`, the one field that objects are indexed by. */
  readonly indexValue: string | undefined
  /** Undefined: namespace and name say it all. */
  readonly rest: Rest | undefined
}

function selected(
  namespace: string | undefined,
  labels: Selector,
  fields: readonly FieldTerm[],
  strategy: Strategy,
): Selected {
  const named = requiredValue(fields, 'metadata.name')
  // As the object has it that is watched, for as long as the watch is open.
  const name = named === undefined ? undefined : oneText(named)
  const indexValue = requiredValue(fields, 'spec.nodeName')
  // What one name says need not be said twice.
  const isByName = fields.length === 1 && name !== undefined
  const isPlain = (isByName || fields.length === 0) && labels.requirements.length === 0
  const rest = isPlain ? undefined : { labels, fields: isByName ? noFields : fields, strategy }
  return { namespace, name, indexValue, rest }
}

/** What is asked for beside a namespace and a name. */
interface Rest {
  readonly labels: Selector
  readonly fields: readonly FieldTerm[]
  readonly strategy: Strategy
}

function fieldsMatch({ fields, strategy }: Rest, object: KubeObject): boolean {
  let values: Readonly<Record<string, string>> | undefined
  for (const { field, equal, value } of fields) {
    let found: string | undefined
    if (field === 'metadata.name') found = object.metadata.name
    else if (field === 'metadata.namespace') found = object.metadata.namespace
    else {
      values ??= strategy.selectableFields?.(object) ?? {}
      found = values[field]
    }
    if (((found ?? '') === value) !== equal) return false
  }
  return true
}

const noFields: readonly FieldTerm[] = []
