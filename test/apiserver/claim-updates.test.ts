import { expect, test } from 'vitest'
import { createSim, type SimOptions } from '../../src/index.ts'

type Version = NonNullable<SimOptions['version']>

/** What the server says of a bound claim of 2Gi, of which 1Gi is there, when `change` is merged into its spec. */
function refused(version: Version, change: Record<string, unknown>): string {
  const sim = createSim({ seed: 'claims', version })
  const spec = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '2Gi' } },
    storageClassName: 'tide',
    volumeName: 'v',
  }
  const kind = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' } }
  sim.apply({ ...kind, spec })
  const path = '/api/v1/namespaces/default/persistentvolumeclaims/c'
  const patch = (body: unknown, sub = '') =>
    sim.request({
      user: 'admin',
      method: 'PATCH',
      path: `${path}${sub}`,
      contentType: 'application/merge-patch+json',
      body,
    })
  patch({ status: { phase: 'Bound', capacity: { storage: '1Gi' } } }, '/status')
  const answer = patch({ spec: change })
  const { message = '' }: { message?: string } = 'body' in answer ? JSON.parse(answer.body) : {}
  return message.split('\n')[0]?.replace(/^.*? is invalid: /, '') ?? ''
}

const asks = (storage: string) => ({ resources: { requests: { storage } } })

test('what may not change of a claim is told in the words of its version (ValidatePersistentVolumeClaimUpdate)', () => {
  const change = { storageClassName: 'moon' }
  expect(refused('v1.18', change)).toBe(
    'spec: Forbidden: is immutable after creation except resources.requests for bound claims',
  )
  expect(refused('v1.28', change)).toBe(
    'spec: Forbidden: spec is immutable after creation except resources.requests for bound claims',
  )
  expect(refused('v1.29', change)).toBe(
    'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
  )
})

test('a bound claim may be given another class of attributes', () => {
  expect(refused('v1.36', { volumeAttributesClassName: 'gold' })).toBe('')
})

test('it may ask for less from v1.32 on, but for more than is there (RecoverVolumeExpansionFailure)', () => {
  expect(refused('v1.31', asks('1500Mi'))).toBe(
    'spec.resources.requests.storage: Forbidden: field can not be less than previous value',
  )
  expect(refused('v1.32', asks('1500Mi'))).toBe('')
  expect(refused('v1.36', asks('1Gi'))).toBe(
    'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
  )
})
