import { toGoYaml } from '../../go/yaml/go-yaml.ts'
import { fail } from '../cli/failure.ts'
import type { ClientVersion } from '../client-version.ts'

/** Characters that JSON of Go holds as they are, and that go-yaml does not read. Source: gopkg.in/yaml.v2 readerc.go, yaml_parser_update_buffer. */
const unreadable = /[\x7f-\x84\x86-\x9f\ufffe\uffff]/

/** An object as YAML, by way of JSON: what cannot be read back is refused. Source: sigs.k8s.io/yaml yaml.go, Marshal and JSONToYAML. */
export function yamlText(object: unknown, { lowersYamlErrors }: Pick<ClientVersion, 'lowersYamlErrors'>): string {
  if (unreadable.test(JSON.stringify(object)))
    fail(`${lowersYamlErrors ? '' : 'error converting JSON to YAML: '}yaml: control characters are not allowed`)
  return toGoYaml(object)
}
