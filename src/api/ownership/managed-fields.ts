import { compareBytes } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { parseRfc3339, rfc3339 } from '../../kernel/calendar.ts'
import { isObject } from '../json.ts'
import { failure } from '../status.ts'
import type { Status } from '../types/meta.ts'
import { fieldSetFrom, fieldsV1Of, pathText } from './field-set.ts'
import { type FieldConflict, idOf, type Managed, type Manager, nobody, type Owner } from './managed.ts'

/** `metadata.managedFields` as the API carries it. Source: apimachinery pkg/util/managedfields/internal/{managedfields,conflict}.go. */
export interface ManagedFieldsEntry {
  readonly manager?: string
  readonly operation?: string
  readonly apiVersion?: string
  readonly time?: string
  readonly fieldsType?: string
  readonly fieldsV1?: unknown
  readonly subresource?: string
}

/** Appliers first, then by time, name, version and subresource. */
export function managedFieldsOf(managed: Managed): readonly ManagedFieldsEntry[] {
  return [...managed.values()].sort(byOrder).map(entryOf)
}

function byOrder(a: Owner, b: Owner): number {
  const seconds = ({ time = 0 }: Owner): number => Math.floor(time / 1000)
  return (
    compareBytes(a.operation, b.operation) ||
    seconds(a) - seconds(b) ||
    compareBytes(a.manager, b.manager) ||
    compareBytes(a.apiVersion, b.apiVersion) ||
    compareBytes(a.subresource, b.subresource)
  )
}

function entryOf({ manager, operation, apiVersion, time, fields, subresource }: Owner): ManagedFieldsEntry {
  return {
    manager,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time: rfc3339(time) }),
    fieldsType: 'FieldsV1',
    fieldsV1: fieldsV1Of(fields),
    ...(subresource === '' ? {} : { subresource }),
  }
}

/** Whether a list asks to forget who owns what: it is empty, or has one empty entry. Source: fieldmanager.go, isResetManagedFields. */
export function isReset(entries: unknown): boolean {
  if (!Array.isArray(entries)) return false
  return entries.length === 0 || (entries.length === 1 && isObject(entries[0]) && Object.keys(entries[0]).length === 0)
}

/** Undefined if one of the entries can't be read. */
export function managedFrom(entries: unknown): Managed | undefined {
  if (!Array.isArray(entries)) return nobody
  const managed = new Map<string, Owner>()
  for (const entry of entries) {
    const owner = isObject(entry) ? ownerFrom(entry) : undefined
    if (owner === undefined) return undefined
    managed.set(idOf(owner), owner)
  }
  return managed
}

function ownerFrom(entry: ManagedFieldsEntry): Owner | undefined {
  const { manager = '', operation, apiVersion = '', time, fieldsType, fieldsV1 = {}, subresource = '' } = entry
  const fields = fieldSetFrom(fieldsV1)
  if ((operation !== 'Apply' && operation !== 'Update') || apiVersion === '') return undefined
  if (fieldsType !== 'FieldsV1' || fields === undefined) return undefined
  return {
    manager,
    operation,
    apiVersion,
    subresource,
    fields,
    time: time === undefined ? undefined : parseRfc3339(time),
  }
}

/** 409 with a cause for each field. Source: conflict.go, NewConflictError. */
export function applyConflict(conflicts: readonly FieldConflict[]): Status {
  const causes = conflicts.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${managerText(owner)}`,
    field: pathText(path),
  }))
  return failure(409, 'Conflict', conflictMessage(conflicts), { causes })
}

function conflictMessage(conflicts: readonly FieldConflict[]): string {
  const [only] = conflicts
  if (only !== undefined && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${managerText(only.owner)}: ${pathText(only.path)}`
  }
  // By what makes an entry, which begins with the manager.
  const byManager = new Map<string, string[]>()
  for (const { owner, path } of conflicts) {
    const paths = byManager.get(managerText(owner)) ?? []
    byManager.set(managerText(owner), paths)
    paths.push(`- ${pathText(path)}`)
  }
  const lines = [...byManager.keys()]
    .sort(compareBytes)
    .flatMap((name) => [`conflicts with ${name}:`, ...(byManager.get(name) ?? [])])
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`
}

function managerText({ manager, operation, apiVersion, subresource }: Manager): string {
  const name = `${goQuote(manager)}${subresource === '' ? '' : ` with subresource ${goQuote(subresource)}`}`
  return operation === 'Update' ? `${name} using ${apiVersion}` : name
}
