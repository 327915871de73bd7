/** What a kustomization wants from outside of its directory, or from tools beside it. */
import { isObject, objectAt } from '../go/json.ts'
import { fromYaml } from '../go/yaml/from-yaml.ts'
import type { Kustomization } from './kustomization.ts'
import { type Loader, refuse, wrap } from './loader.ts'
import { configured } from './patch-entries.ts'

/**
 * Charts are inflated by helm, which runs only when it is allowed to: `kustomize build --enable-helm`, or render them and name the files.
 * Source: api internal/target/kusttarget_configplugin.go; internal/builtins/HelmChartInflationGenerator.go, validateArgs.
 */
export function refuseHelmCharts({ helmCharts, helmGlobals }: Kustomization): void {
  const [chart] = Array.isArray(helmCharts) ? helmCharts : []
  if (!isObject(chart)) return
  configured('HelmChartInflationGenerator', { ...objectAt(helmGlobals), ...chart }, () =>
    refuse('must specify --enable-helm'),
  )
}

/** Of a definition, what changes how objects are seen. Source: api internal/accumulator/loadconfigfromcrds.go. */
const extensions = /"x-kubernetes-(?:annotation|label-selector|identity|object-ref-(?:api-version|kind|name-key))"/

/** Definitions of custom kinds are read; those that tell of references to other objects are refused. */
export function readCrds({ crds = [] }: Kustomization, loader: Loader): void {
  wrap(`loading CRDs [${crds.join(' ')}]`, () => {
    for (const path of crds) {
      const result = fromYaml(loader.load(path))
      const about = `unable to parse open API definition from '${path}'`
      if (!result.ok) return refuse(`${about}: ${result.error}`)
      const wrong = Object.values(objectAt(result.value)).find((value) => !isObject(value) && value !== null)
      if (wrong !== undefined)
        refuse(
          `${about}: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${goType(wrong)} into Go value of type accumulator.OpenAPIDefinition`,
        )
      if (extensions.test(JSON.stringify(result.value)))
        refuse(`podsim does not simulate references that '${path}' tells of`)
    }
  })
}

function goType(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
}
