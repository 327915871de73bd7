import { createSim, type Sim } from 'podsim'
import { externalSecretsOperator } from './external-secrets.ts'

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'externalsecrets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: {
      kind: 'ExternalSecret',
      plural: 'externalsecrets',
      singular: 'externalsecret',
      listKind: 'ExternalSecretList',
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['key', 'refreshSeconds'],
                properties: { key: { type: 'string' }, refreshSeconds: { type: 'integer', minimum: 1 } },
              },
            },
          },
        },
      },
    ],
  },
}

const wish = {
  apiVersion: 'example.com/v1',
  kind: 'ExternalSecret',
  metadata: { name: 'db' },
  spec: { key: 'prod/db', refreshSeconds: 60 },
}

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'app' },
  spec: {
    containers: [{ name: 'app', image: 'nginx', volumeMounts: [{ name: 'db', mountPath: '/etc/db' }] }],
    volumes: [{ name: 'db', secret: { secretName: 'db' } }],
  },
}

/** A cluster with the operator and a Pod that waits for its Secret, and the store that both hang on. */
export function shop(version: 'v1.18' | 'v1.36') {
  const vault = new Map<string, Readonly<Record<string, string>>>()
  const sim = createSim({ version, seed: 'external-secrets', network: 'lan' })
  sim.apply(definition)
  sim.controller(
    'external-secrets',
    externalSecretsOperator((key) => vault.get(key)),
  )
  sim.apply(wish, pod)
  return { sim, vault }
}

/** The whole story: nothing in the store, then a value, then another. */
export function story(version: 'v1.18' | 'v1.36'): Sim {
  const { sim, vault } = shop(version)
  sim.at('2m', () => vault.set('prod/db', { password: 'first' }))
  sim.at('10m', () => vault.set('prod/db', { password: 'second' }))
  sim.runFor('15m')
  return sim
}
