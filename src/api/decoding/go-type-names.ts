import type { Definition, FieldType, ScalarType } from '../schema/schema.ts'

/**
 * A struct as the decoder of v1.23 and later names it: handlers of a container's life cycle have a name of their own since.
 * Source: k8s.io/api core/v1 types.go, LifecycleHandler (commit cca52a076).
 */
export function structName({ goType }: Definition): string {
  return goType === 'v1.Handler' ? 'v1.LifecycleHandler' : goType
}

/** A type as Go prints it: `[]v1.Container`. */
export function goTypeOf(type: FieldType): string {
  switch (type.kind) {
    case 'object':
      return type.definition.goType
    case 'list':
      return `[]${goTypeOf(type.items)}`
    case 'map':
      return `map[string]${goTypeOf(type.values)}`
    case 'scalar':
      return scalarNames[type.scalar]
  }
}

const scalarNames: Readonly<Record<ScalarType, string>> = {
  string: 'string',
  boolean: 'bool',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  bytes: '[]uint8',
  quantity: 'resource.Quantity',
  intOrString: 'intstr.IntOrString',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  any: 'runtime.RawExtension',
}
