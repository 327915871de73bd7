/** What a kustomization wants from outside of its directory, or from tools beside it. */
import { isObject, objectAt } from '../go/json.ts'
import type { Kustomization } from './kustomization.ts'
import { refuse } from './loader.ts'
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
