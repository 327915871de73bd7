import { fieldDates, hasField, isFieldOff } from '../../versions/fields.ts'
import type { Definition, FieldSchema, FieldType } from './definition.ts'

/**
 * A definition as the types of a minor version have it: fields of the recorded version that is nearer to it, with those of the other that
 * were there, too. Definitions that it refers to are looked up by name, so that they are of that version as well.
 */
export function datedDefinition(
  near: Definition,
  far: Definition | undefined,
  minor: number,
  find: (name: string) => Definition | undefined,
): Definition {
  const dates = fieldDates(near.name)
  const fields = new Map<string, FieldSchema>()
  for (const name of namesOf(near, far)) {
    const dated = dates[name]
    const field = near.fields.get(name) ?? (dated === undefined ? undefined : far?.fields.get(name))
    if (field === undefined || (dated !== undefined && !hasField(dated, minor))) continue
    fields.set(name, ofVersion(field, dated !== undefined && isFieldOff(dated, minor), find))
  }
  return { name: near.name, goType: near.goType, fields }
}

/** Names of both, in the order of the nearer one; those that only the other has come after what stands before them there. */
function namesOf(near: Definition, far: Definition | undefined): readonly string[] {
  const names = [...near.fields.keys()]
  let at = 0
  for (const name of far?.fields.keys() ?? []) {
    const known = names.indexOf(name)
    if (known < 0) names.splice(at, 0, name)
    at = (known < 0 ? at : known) + 1
  }
  return names
}

function ofVersion(field: FieldSchema, isOff: boolean, find: (name: string) => Definition | undefined): FieldSchema {
  const { type: _ofBoth, ...rest } = Object.getOwnPropertyDescriptors(field)
  const dated: FieldSchema = Object.defineProperties({}, rest) as FieldSchema // its type follows
  Object.defineProperty(dated, 'type', {
    configurable: true,
    enumerable: true,
    get() {
      const value = typeOfVersion(field.type, find)
      Object.defineProperty(this, 'type', { value })
      return value
    },
  })
  return isOff ? Object.defineProperty(dated, 'isOff', { value: true, enumerable: true }) : dated
}

function typeOfVersion(type: FieldType, find: (name: string) => Definition | undefined): FieldType {
  switch (type.kind) {
    case 'scalar':
      return type
    case 'list':
      return { kind: 'list', items: typeOfVersion(type.items, find) }
    case 'map':
      return { kind: 'map', values: typeOfVersion(type.values, find) }
    case 'object':
      return { kind: 'object', definition: find(type.definition.name) ?? type.definition }
  }
}
