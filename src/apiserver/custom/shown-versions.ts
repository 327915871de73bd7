import { equalJson } from '../../api/json.ts'
import { goValueJson } from '../../api/structs/diff-json.ts'
import { goSyntax } from '../../api/structs/syntax.ts'
import type { Structs } from '../../api/structs/values.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import type { CustomVersion } from './definition.ts'

/** Versions of a definition as refusals show them. Sources: apiextensions-apiserver pkg/apis/apiextensions/types.go, v1/conversion.go. */

const type = 'apiextensions.CustomResourceDefinitionVersion'
const structs = (minor: number): Structs => ({
  [type]: [
    'Name::string Served::bool Storage::bool',
    ...(has(minor, apiServer.definitionsAreDeprecated) ? ['Deprecated::bool DeprecationWarning::*string'] : []),
    'Schema::*apiextensions.CustomResourceValidation Subresources::*apiextensions.CustomResourceSubresources',
    'AdditionalPrinterColumns::[]apiextensions.CustomResourceColumnDefinition',
    ...(has(minor, apiServer.definitionsSelectFields) ? ['SelectableFields::[]apiextensions.SelectableField'] : []),
  ].join(' '),
  'apiextensions.CustomResourceColumnDefinition':
    'Name::string Type::string Format::string Description::string Priority::int32 JSONPath:jsonPath:string',
  'apiextensions.SelectableField': 'JSONPath:jsonPath:string',
})

/** What all versions have alike the server's own form keeps apart from them. */
const shared = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const

/** Undefined: it shows schemas or subresources as JSON, which is not told. */
export function shownVersions(versions: readonly CustomVersion[] | undefined, minor: number): string | undefined {
  const [first] = versions ?? []
  const own = versions?.map((version) => {
    const rest: Record<string, unknown> = { ...version }
    for (const member of shared) {
      const values = versions.map((each): unknown => Reflect.get(each, member))
      if (first !== undefined && values.every((value) => equalJson(value, values[0]))) delete rest[member]
    }
    return rest
  })
  if (!has(minor, apiServer.showsValuesAsJson)) return goSyntax(`[]${type}`, own, structs(minor))
  const isTold = own?.every(({ schema, subresources }) => schema === undefined && subresources === undefined) ?? true
  return isTold ? goValueJson(`[]${type}`, own, structs(minor)) : undefined
}
