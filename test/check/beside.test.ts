import { describe, expect, test } from 'vitest'
import { checkManifests } from '../../src/check/check.ts'
import type { CheckOptions } from '../../src/check/options.ts'
import type { Blocker, CheckReport } from '../../src/check/report.ts'

/** What a cluster has beside the manifests: operators, devices and labels of nodes, registries that ask who one is. */

const check = (objects: readonly object[], options: CheckOptions = {}): CheckReport =>
  checkManifests([{ name: 'a.yaml', text: objects.map((each) => JSON.stringify(each)).join('\n---\n') }], {
    for: '2m',
    ...options,
  })
const pod = (name: string, spec: object = {}, container: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'reg.example.com/team/app:1', ...container }], ...spec },
})
const reads = (name: string, secret: string, key: string) =>
  pod(name, {}, { env: [{ name: 'V', valueFrom: { secretKeyRef: { name: secret, key } } }] })
const summaries = ({ blocked }: CheckReport) => blocked.map(({ summary }: Blocker) => summary)

describe('Secrets that operators make of objects among the manifests', () => {
  const custom = (apiVersion: string, kind: string, name: string, spec: object) => ({
    ...{ apiVersion, kind, metadata: { name }, spec },
  })
  const external = (name: string, spec: object) => custom('external-secrets.io/v1', 'ExternalSecret', name, spec)
  const objects = [
    reads('one', 'db', 'password'),
    reads('lacks', 'db', 'user'),
    reads('open', 'all', 'whatever'),
    reads('merged', 'there', 'x'),
    reads('sealed', 'sealed', 'token'),
    reads('tls', 'web-tls', 'tls.key'),
    reads('vault', 'vault', 'x'),
    reads('no-vault', 'vault-is-not', 'x'),
    reads('elsewhere', 'infisical', 'x'),
    pod(
      'synced',
      {
        volumes: [
          {
            name: 'v',
            csi: { driver: 'secrets-store.csi.k8s.io', volumeAttributes: { secretProviderClass: 'mounted' } },
          },
        ],
      },
      { env: [{ name: 'V', valueFrom: { secretKeyRef: { name: 'synced', key: 'k' } } }] },
    ),
    reads('unmounted', 'idle-keys', 'k'),
    reads('guessed', 'shop-pguser-app', 'password'),
    ...['synced', 'idle-keys'].map((secretName) =>
      custom('secrets-store.csi.x-k8s.io/v1', 'SecretProviderClass', secretName === 'synced' ? 'mounted' : 'idle', {
        secretObjects: [{ secretName, data: [{ objectName: 'o', key: 'k' }] }],
      }),
    ),
    custom('postgres-operator.crunchydata.com/v1beta1', 'PostgresCluster', 'shop', {}),
    external('db', { data: [{ secretKey: 'password', remoteRef: { key: 'k' } }] }),
    external('from', { target: { name: 'all' }, dataFrom: [{ extract: { key: 'k' } }] }),
    external('there', { target: { creationPolicy: 'Merge' }, data: [{ secretKey: 'x' }] }),
    custom('bitnami.com/v1alpha1', 'SealedSecret', 'sealed', { encryptedData: { token: 'AgB' } }),
    custom('cert-manager.io/v1', 'Certificate', 'web', { secretName: 'web-tls' }),
    custom('secrets.hashicorp.com/v1beta1', 'VaultStaticSecret', 'v', { destination: { name: 'vault', create: true } }),
    custom('secrets.hashicorp.com/v1beta1', 'VaultStaticSecret', 'w', { destination: { name: 'vault-is-not' } }),
    custom('secrets.infisical.com/v1alpha1', 'InfisicalSecret', 'i', {
      managedSecretReference: { secretName: 'infisical', secretNamespace: 'other' },
    }),
  ]

  test('are taken to be there, with the keys that the objects name; what these do not make is missing', () => {
    const report = check(objects)
    expect(summaries(report)).toEqual([
      'secret default/db has no key user',
      'secret default/there does not exist',
      'secret default/vault-is-not does not exist',
      'secret default/infisical does not exist',
      'secret default/idle-keys does not exist',
      'secret default/shop-pguser-app does not exist',
    ])
    expect(report.blocked.slice(-2).map(({ hints }) => hints[0])).toEqual([
      'secretproviderclass default/idle makes it, once a Pod mounts it, which none does',
      'postgrescluster default/shop may make it: its name is in that of what is missing',
    ])
    expect(report.blocked[0]?.hints).toEqual(['it has password', 'externalsecret default/db makes it'])
    expect(report.assumed.filter(({ kind }) => kind === 'operator').map(({ message }) => message)).toEqual(
      [
        ['secretproviderclass default/mounted', 'synced, with k'],
        ['externalsecret default/db', 'db, with password'],
        ['externalsecret default/from', 'all, with what is asked of it'],
        ['sealedsecret default/sealed', 'sealed, with token'],
        ['certificate default/web', 'web-tls, with what is asked of it'],
        ['vaultstaticsecret default/v', 'vault, with what is asked of it'],
      ].map(([of, secret]) => `${of}: taken is that its operator runs and makes secret default/${secret}`),
    )
    expect(report.started.map(({ workload }) => workload)).toContain('pod default/sealed')
  })

  test('are missing where the operators are not there, and who would make them is named', () => {
    const report = check(objects, { operators: 'absent' })
    expect(report.started).toEqual([])
    expect(report.blocked.find(({ summary }) => summary.includes('/web-tls'))?.hints).toEqual([
      'certificate default/web makes it, once its operator runs',
      'with it there: --have secret/web-tls',
    ])
  })
})

describe('nodes', () => {
  const gpu = pod('gpu', {}, { resources: { limits: { 'nvidia.com/gpu': 2 } } })
  const picky = pod('picky', { nodeSelector: { disk: 'ssd' } })

  test('offer no devices and have no labels of their own unless it is said; the report says how', () => {
    expect(check([gpu, picky]).blocked.map(({ cause, hints }) => [cause, ...hints])).toEqual([
      ['unschedulable', 'no node offers nvidia.com/gpu; nodes that do: --node-resource nvidia.com/gpu=AMOUNT'],
      ['unschedulable', 'nodes with its labels: --node-label disk=ssd'],
    ])
    const report = check([gpu, picky], { nodeResources: { 'nvidia.com/gpu': '2' }, nodeLabels: { disk: 'ssd' } })
    expect(report.started).toHaveLength(2)
    expect(summaries(check([gpu], { nodes: 1, nodeResources: { 'nvidia.com/gpu': '1' } }))).toEqual([
      expect.stringContaining('1 Insufficient nvidia.com/gpu'),
    ])
  })

  test.each([
    ['gpu', '"gpu" is no resource of a node'],
    ['cpu', '"cpu" has a setting of its own'],
    ['requests.nvidia.com/gpu', 'is no resource of a node'],
  ])('offer no %s', (name, says) => {
    expect(() => check([], { nodeResources: { [name]: '1' } })).toThrow(says)
  })
})

describe('P1 registries', () => {
  const secret = (name: string, type: string, key: string) => ({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name }, type },
    stringData: { [key]: '{"auths":{"reg.example.com":{"username":"u","password":"p"}}}' },
  })
  const pulls = (name: string, by: string) => pod(name, { imagePullSecrets: [{ name: by }] })
  const objects = [
    secret('right', 'kubernetes.io/dockerconfigjson', '.dockerconfigjson'),
    secret('wrong', 'Opaque', '.dockerconfigjson'),
    pulls('right', 'right'),
    pulls('wrong', 'wrong'),
    pod('none', { containers: [{ name: 'c', image: 'reg.example.com/teammates/app' }] }),
  ]

  test('which are private no manifest says: a pull Secret of the wrong type is worth a look, and what it would cost is said', () => {
    const report = check(objects)
    expect(report.blocked).toEqual([])
    const [remark] = report.remarks.filter(({ kind }) => kind === 'wrongPullType')
    expect(remark?.message).toBe(
      'pod default/wrong: secret default/wrong of imagePullSecrets has type Opaque, which pulls pass over; they take kubernetes.io/dockerconfigjson. Images of reg.example.com come only where they are public (--private reg.example.com tries it)',
    )
  })

  test('where one is private, nobody without credentials starts, and the type that pulls pass over is the cause', () => {
    const report = check([...objects, pulls('had', 'regcred')], {
      privateRegistries: ['reg.example.com/team'],
      have: [{ name: 'regcred', keys: [] }],
    })
    expect(report.started.map(({ workload }) => workload).sort()).toEqual([
      'pod default/had',
      'pod default/none',
      'pod default/right',
    ])
    expect(report.blocked.map(({ cause, hints, waits }) => [cause, hints, waits[0]?.status])).toEqual([
      [
        'imagePull',
        ['secret default/wrong of imagePullSecrets has type Opaque; pulls take kubernetes.io/dockerconfigjson'],
        expect.stringMatching(/ErrImagePull|ImagePullBackOff/),
      ],
    ])
  })
})
