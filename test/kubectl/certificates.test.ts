import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** What kubectl 1.20.2, 1.32.3 and 1.35.2 printed for the same lines (`podsim serve`, clusters of v1.18 and v1.36). */

/** A block of the right type, with nothing in it that anybody reads. */
const pem = 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUE9PQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K'
const requestOf = (version: string, more: object = {}, name = 'jane') =>
  JSON.stringify({
    apiVersion: `certificates.k8s.io/${version}`,
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: { request: pem, usages: ['client auth'], signerName: 'example.com/x', username: 'mallory', ...more },
    status: { conditions: [{ type: 'Approved', status: 'True' }] },
  })

function lines(version: 'v1.18' | 'v1.21' | 'v1.26' | 'v1.36', kubectl: string) {
  const sim = createSim({ journal: 'off', version, kubectl, nodes: 0, commandTime: 0 })
  return (line: string, stdin?: string): string => {
    const { stdout, stderr, exitCode } = sim.kubectl(line.split(' '), stdin === undefined ? {} : { stdin })
    return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
  }
}

const named = 'certificatesigningrequest.certificates.k8s.io/jane'
const condition = "get csr jane -o jsonpath={.status.conditions[*]['type','status','reason','message']}"

describe('C5 requests for certificates', () => {
  test.each([
    ['v1.18', '1.20.2', 'v1beta1'],
    ['v1.36', '1.35.2', 'v1'],
  ] as const)('%s, kubectl %s: what was approved is not denied any more', (version, kubectl, api) => {
    const run = lines(version, kubectl)
    expect(run('create -f - --validate=false', requestOf(api))).toBe(`${named} created\n`)
    expect(run(condition)).toBe('')
    expect(run('certificate approve jane')).toBe(`${named} approved\n`)
    expect(run('certificate approve jane')).toBe(`${named} approved\n`)
    const status = version === 'v1.18' ? '' : 'True '
    expect(run(condition)).toBe(
      `Approved ${status}KubectlApprove This CSR was approved by kubectl certificate approve.`,
    )
    expect(run('certificate deny jane none')).toBe(
      'certificate signing request "jane" is already Approved\nError from server (NotFound): certificatesigningrequests.certificates.k8s.io "none" not found\n[1]',
    )
    expect(run('get csr --no-headers')).toMatch(/ Approved\n$/)
  })

  test('the server says who asks; what is said of a request changes neither it nor with it', () => {
    const run = lines('v1.36', '1.35.2')
    run('create -f - --validate=false', requestOf('v1', { expirationSeconds: 86_400 }))
    expect(run('get csr')).toBe(
      'NAME   AGE   SIGNERNAME      REQUESTOR   REQUESTEDDURATION   CONDITION\njane   0s    example.com/x   admin       24h                 Pending\n',
    )
    expect(run('get csr jane -o jsonpath={.spec.groups}')).toBe('["system:masters","system:authenticated"]')
    const patch = (what: string, path: string) => run(`patch csr jane --type=merge -p ${what}${path}`)
    patch('{"spec":{"signerName":"example.com/y"},"status":{"conditions":[{"type":"Denied","status":"True"}]}}', '')
    expect(run('get csr --no-headers')).toContain('example.com/x   admin   24h   Pending')
    expect(patch('{"status":{"conditions":[{"type":"Approved","status":"True"}]}}', ' --subresource=status')).toContain(
      'status.conditions: Forbidden: updates may not add a condition of type "Approved"',
    )
    expect(run('certificate deny jane')).toBe(`${named} denied\n`)
    expect(patch('{"status":{"certificate":"LS0t"}}', ' --subresource=status')).toBe(`${named} patched\n`)
    expect(run('get csr --no-headers')).toMatch(/ Denied,Issued\n$/)
    expect(patch('{"status":{"conditions":null}}', ' --subresource=status')).toContain(
      'status.conditions: Forbidden: updates may not remove a condition of type "Denied"',
    )
  })

  test('before v1.22 no duration is shown; v1beta1 says for itself what v1 wants to be told', () => {
    const run = lines('v1.21', '1.21.0')
    run('create -f - --validate=false', requestOf('v1beta1', { usages: undefined, signerName: undefined }))
    expect(run('get csr').split('\n')[0]).toMatch(/REQUESTOR +CONDITION$/)
    expect(run('get csr jane -o jsonpath={.spec.usages},{.spec.signerName}')).toBe(
      '["digital signature","key encipherment"],kubernetes.io/legacy-unknown',
    )
    const strict = lines('v1.36', '1.35.2')
    expect(strict('create -f -', requestOf('v1', { usages: [], signerName: '', expirationSeconds: 10 }))).toBe(
      'The CertificateSigningRequest "jane" is invalid: \n* spec.usages: Required value\n* spec.signerName: Required value\n* spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 600 seconds (10 minutes)\n[1]',
    )
  })

  test('a kubectl that speaks only v1 tells so to a server that does not; one of 1.18 contradicts itself', () => {
    const modern = lines('v1.18', '1.35.2')
    modern('create -f - --validate=false', requestOf('v1beta1'))
    expect(modern('certificate approve jane')).toBe(
      'error: could not find v1 version of jane: the server could not find the requested resource\n[1]',
    )
    const old = lines('v1.18', '1.18.20')
    old('create -f - --validate=false', requestOf('v1beta1'))
    old('certificate approve jane')
    expect(old('certificate deny jane')).toBe(`${named} denied\n`)
    expect(old('get csr --no-headers')).toMatch(/ Denied\n$/)
  })
})
