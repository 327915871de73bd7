import { expect, test } from 'vitest'
import { discoveryOf } from '../../../src/api/schema/discovery.ts'
import { schemaOf } from '../../../src/api/schema/schema.ts'

test('facts apiserver 1.1 a kind knows its fields, their types and how patches merge them', () => {
  const pod = schemaOf(18).definition('io.k8s.api.core.v1.PodSpec')
  expect(pod?.fields.get('containers')).toMatchObject({ mergeKey: 'name', patchStrategies: ['merge'], required: true })
  expect(pod?.fields.get('volumes')?.patchStrategies).toEqual(['merge', 'retainKeys'])
  const volumes = pod?.fields.get('volumes')?.type
  expect(volumes?.kind === 'list' && volumes.items.kind === 'object' && volumes.items.definition.goType).toBe(
    'v1.Volume',
  )
  expect(schemaOf(18).kind({ group: '', version: 'v1', kind: 'Secret' })?.fields.get('data')?.type).toEqual({
    kind: 'map',
    values: { kind: 'scalar', scalar: 'bytes' },
  })
})

test('facts apiserver 12 a version serves its own resources', () => {
  const presets = { group: 'settings.k8s.io', version: 'v1alpha1', resource: 'podpresets' }
  expect(discoveryOf(18).resource(presets)?.namespaced).toBe(true)
  expect(discoveryOf(36).resource(presets)).toBeUndefined()
  const deployments = discoveryOf(18).resource({ group: 'apps', version: 'v1', resource: 'deployments' })
  expect(deployments).toMatchObject({ kind: 'Deployment', shortNames: ['deploy'], categories: ['all'] })
  expect([...(deployments?.subresources.keys() ?? [])]).toEqual(['scale', 'status'])
  expect(discoveryOf(18).versions('autoscaling')).toEqual(['v1', 'v2beta2', 'v2beta1'])
})

test('facts apiserver 1.1 fields that v1.18 holds as pointers are pointers in later versions too', () => {
  const schemaProps = schemaOf(36).definition(
    'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps',
  )
  expect(schemaProps?.fields.get('not')?.pointer).toBe(true)
  for (const [name, before] of schemaOf(18).kind({ group: 'apps', version: 'v1', kind: 'DeploymentSpec' })?.fields ??
    [])
    expect([name, schemaOf(36).definition('io.k8s.api.apps.v1.DeploymentSpec')?.fields.get(name)?.pointer]).toEqual([
      name,
      before.pointer,
    ])
  expect(schemaOf(36).definition('io.k8s.api.apps.v1.DeploymentSpec')?.fields.get('selector')?.pointer).toBe(true)
})
