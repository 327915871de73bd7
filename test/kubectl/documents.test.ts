import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** Documents as people mistake them, and what kubectl 1.20.2 (a cluster of v1.18) and 1.32.3 (v1.26) printed of them (`podsim serve`). */

const clusters = { '1.20.2': 'v1.18', '1.32.3': 'v1.26' } as const

function told(kubectl: keyof typeof clusters, line: string, stdin: string): string {
  const { stdout, stderr } = createSim({ version: clusters[kubectl], kubectl }).kubectl(line.split(' '), { stdin })
  return stdout + stderr
}

const inLowerCase = 'apiVersion: v1\nkind: secret\nmetadata:\n  name: a\n'
const noSuchKind =
  'secret in version "v1" cannot be handled as a Secret: no kind "secret" is registered for version "v1" in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"\n'
const list =
  'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: l1}\n  bad: x\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: l2}\n'

describe('E1 documents as kubectl reads them', () => {
  test.each(['1.20.2', '1.32.3'] as const)(
    '%s: a kind in lower case is found, and the server refuses it',
    (kubectl) => {
      expect(told(kubectl, 'create --dry-run=client -f -', inLowerCase)).toBe('secret/a created (dry run)\n')
      expect(told(kubectl, 'create -f -', inLowerCase)).toBe(
        `Error from server (BadRequest): error when creating "STDIN": ${noSuchKind}`,
      )
      expect(told(kubectl, 'get -f -', inLowerCase)).toBe('Error from server (NotFound): secrets "a" not found\n')
    },
  )

  test.each(['1.20.2', '1.32.3'] as const)('%s: items of a list of one kind need not say so', (kubectl) => {
    const secrets = 'apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: l3}\n'
    expect(told(kubectl, 'create -f -', secrets)).toBe('secret/l3 created\n')
  })

  test('what is not created yet has no name', () => {
    const named = 'apiVersion: v1\nkind: Secret\nmetadata:\n  generateName: a-\n'
    expect(told('1.32.3', 'create --dry-run=client -f -', named)).toBe('secret/<unknown> created (dry run)\n')
  })

  test('a list is checked by kubectl itself, where a server would check its items', () => {
    expect(told('1.32.3', 'create -f -', list)).toBe(
      'error: error validating "STDIN": error validating data: ValidationError(Secret): unknown field "bad" in io.k8s.api.core.v1.Secret; if you choose to ignore these errors, turn validation off with --validate=false\n',
    )
  })
})
