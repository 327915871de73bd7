import { describe, expect, test } from 'vitest'
import { discoveryOf } from '../../src/api/schema/discovery.ts'
import { kubernetesVersions, minorOf } from '../../src/versions/version.ts'
import { testRotations } from './rotation.ts'

/** The stable or beta version of a kind that most manifests of that time used. */
const kindsByMinor: readonly (readonly [
  kind: string,
  group: string,
  resource: string,
  beta: string,
  stableSince: number,
  betaUntil: number,
])[] = [
  ['CronJob', 'batch', 'cronjobs', 'v1beta1', 21, 25],
  ['PodDisruptionBudget', 'policy', 'poddisruptionbudgets', 'v1beta1', 21, 25],
  ['Ingress', 'networking.k8s.io', 'ingresses', 'v1beta1', 19, 22],
  ['CustomResourceDefinition', 'apiextensions.k8s.io', 'customresourcedefinitions', 'v1beta1', 16, 22],
]

testRotations('recorded')

describe.each(kubernetesVersions)('%s', (version) => {
  test('serves the versions of kinds that it served', () => {
    const minor = minorOf(version)
    const discovery = discoveryOf(minor)
    for (const [kind, group, resource, beta, stableSince, betaUntil] of kindsByMinor) {
      const isThere = (of: string): boolean => discovery.resource({ group, version: of, resource }) !== undefined
      expect([kind, isThere('v1'), isThere(beta)]).toEqual([kind, minor >= stableSince, minor < betaUntil])
    }
  })
})
