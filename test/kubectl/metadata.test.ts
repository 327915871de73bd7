import { describe, expect, test, vi } from 'vitest'
import { clientVersion } from '../../src/kubectl/client-version.ts'
import { metadataError } from '../../src/kubectl/resource/metadata.ts'
import { createSim } from '../../src/sim/create-sim.ts'
import type { KubernetesVersion } from '../../src/versions/version.ts'

/** Documents whose metadata is of another type: kubectl says so itself. What 1.20.2, 1.32.3 and 1.35.2 printed (`podsim serve`, clusters of v1.18, v1.26, v1.36). */

const versions = { '1.20.2': 'v1.18', '1.32.3': 'v1.26', '1.35.2': 'v1.36' } as const

function told(kubectl: keyof typeof versions, line: string, stdin: string): string {
  const version: KubernetesVersion = versions[kubectl]
  const { stdout, stderr } = createSim({ journal: 'off', version, kubectl }).kubectl(line.split(' '), { stdin })
  return stdout + stderr
}

const secret = (metadata: string): string => `apiVersion: v1\nkind: Secret\nmetadata: ${metadata}\n`

describe('E1 labels, annotations and names that are no texts', () => {
  test.each([
    [
      '1.20.2',
      'create --dry-run=client -f -',
      '{name: a, labels: {x: 1}}',
      'error: unable to decode "STDIN": resource.metadataOnlyObject.ObjectMeta: v1.ObjectMeta.Name: Labels: ReadString: expects " or n, but found 1, error found in #10 byte of ...|ls":{"x":1},"name":"|..., bigger context ...|":"v1","kind":"Secret","metadata":{"labels":{"x":1},"name":"a"}}|...\n',
    ],
    [
      '1.20.2',
      'apply -f -',
      '{name: 5}',
      'error: unable to decode "STDIN": resource.metadataOnlyObject.ObjectMeta: v1.ObjectMeta.Name: ReadString: expects " or n, but found 5, error found in #10 byte of ...|:{"name":5}}|..., bigger context ...|Version":"v1","kind":"Secret","metadata":{"name":5}}|...\n',
    ],
    [
      '1.32.3',
      'delete -f -',
      '{name: a, labels: {x: 1}}',
      'error: unable to decode "STDIN": json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string\n',
    ],
    [
      '1.35.2',
      'get -f -',
      '[x]',
      'unable to decode "STDIN": json: cannot unmarshal array into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta\n',
    ],
  ] as const)('kubectl %s: %s with %s', (kubectl, line, metadata, expected) => {
    expect(told(kubectl, line, secret(metadata))).toBe(expected)
  })

  test('of the items of a list it is the server that says so', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${secret('{name: b, labels: {x: 1}}').trimEnd().replaceAll('\n', '\n  ')}\n`
    expect(told('1.32.3', 'create -f -', list)).toBe(
      'Error from server (BadRequest): error when creating "STDIN": Secret in version "v1" cannot be handled as a Secret: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string\n',
    )
  })
})

test('E1 what a dry run writes is not decoded once more; a time that is none is told', () => {
  const document = (creationTimestamp: unknown) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { creationTimestamp, name: 'a' },
  })
  for (const version of Object.keys(versions)) {
    const text = vi.fn(() => JSON.stringify(document('soon')))
    expect(metadataError(document(null), text, clientVersion(version))).toBeUndefined()
    expect(text).not.toHaveBeenCalled()
    expect(metadataError(document('soon'), text, clientVersion(version))).toContain('parsing time')
  }
})

test('C6 a Deployment without a selector is refused in every version, and nothing breaks', () => {
  const manifest =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: c, image: i}]}}}\n'
  for (const kubectl of ['1.32.3', '1.35.2'] as const)
    expect(told(kubectl, 'create --validate=false -f -', manifest)).toContain('* spec.selector: Required value')
})
