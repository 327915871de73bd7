import { describe, expect, test } from 'vitest'
import { createSim, type SimOptions } from '../../src/index.ts'

/** Requests for certificates that were approved are signed, as pkg/controller/certificates/signer does it. */

function workstation(version: SimOptions['version'] & string) {
  const sim = createSim({ journal: 'off', version, nodes: 1 })
  sim.runFor('10s')
  const run = (line: string, stdin = ''): string => sim.shell(line, { stdin }).stdout
  /** Makes a key and a request, asks a signer and approves. */
  const ask = (subject: string, { signer = 'kube-apiserver-client', usages = '[client auth]', more = '' } = {}) => {
    run(`openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -out r.csr -subj "${subject}"`)
    const request = run('base64 -w0 r.csr')
    const spec = `{request: ${request}, signerName: kubernetes.io/${signer}, usages: ${usages}${more}}`
    const api = version === 'v1.18' ? 'v1beta1' : 'v1'
    const object = `apiVersion: certificates.k8s.io/${api}\nkind: CertificateSigningRequest\nmetadata: {name: bob}\nspec: ${spec}\n`
    run('kubectl create -f -', object)
    run('kubectl certificate approve bob')
    sim.runFor('2s')
  }
  return { run, ask, sim }
}

const condition = "kubectl get csr bob --no-headers | awk '{print $NF}'"
const failure = 'kubectl get csr bob -o jsonpath=\'{.status.conditions[?(@.type=="Failed")].message}\''
const read = 'kubectl get csr bob -o jsonpath={.status.certificate} | base64 -d > bob.crt'

describe('certificates', () => {
  test('an approved request becomes a certificate of its subject and key, for a year less what is dated back', () => {
    const { run, ask } = workstation('v1.36')
    ask('/CN=bob/O=dev', { usages: '[digital signature, client auth]' })
    expect(run(condition)).toBe('Approved,Issued\n')
    run(read)
    expect(run('openssl x509 -in bob.crt -noout -subject -issuer -dates').split('\n')).toEqual([
      'subject=CN = bob, O = dev',
      'issuer=CN = kubernetes',
      expect.stringMatching(/^notBefore=Apr 30 23:55:1\d 2020 GMT$/),
      expect.stringMatching(/^notAfter=Apr 30 23:55:1\d 2021 GMT$/),
      '',
    ])
    expect(run('openssl x509 -in bob.crt -noout -pubkey')).toBe(run('openssl pkey -in k.pem -pubout'))
    const text = run('openssl x509 -in bob.crt -noout -text')
    expect(text).toContain('X509v3 Key Usage: critical\n                Digital Signature\n')
    expect(text).toContain('X509v3 Extended Key Usage: \n                TLS Web Client Authentication\n')
  })

  test('a shorter life is granted, and is not dated back at its end', () => {
    const { run, ask } = workstation('v1.22')
    ask('/CN=bob', { more: ', expirationSeconds: 3600' })
    run(read)
    expect(run('openssl x509 -in bob.crt -noout -enddate')).toMatch(/^notAfter=May {1,2}1 01:00:1\d 2020 GMT\n$/)
  })

  test.each([
    ['/CN=bob', 'kube-apiserver-client', '[server auth]', 'invalid usage for client certificate: server auth'],
    [
      '/CN=bob',
      'kube-apiserver-client',
      '[key encipherment]',
      'missing required usage for client certificate: client auth',
    ],
    ['/CN=bob/O=dev', 'kubelet-serving', '[server auth]', 'subject organization is not system:nodes'],
  ])('what a signer does not sign: %s by %s for %s', (subject, signer, usages, told) => {
    const { run, ask } = workstation('v1.30')
    ask(subject, { signer, usages })
    expect(run(condition)).toBe('Approved,Failed\n')
    expect(run(failure)).toBe(told)
  })

  test('other signers are left to others, and so is everybody before an approval', () => {
    const { run, ask } = workstation('v1.36')
    ask('/CN=bob', { signer: 'x' })
    expect(run('kubectl get csr bob -o jsonpath={.status.certificate}')).toBe('')
  })

  test('v1.18 signs too, and the same cluster signs with the same bytes', () => {
    const certificates = [1, 2].map(() => {
      const { run, ask } = workstation('v1.18')
      ask('/CN=bob', { signer: 'legacy-unknown' })
      return run('kubectl get csr bob -o jsonpath={.status.certificate}')
    })
    expect(certificates[0]).not.toBe('')
    expect(certificates[1]).toBe(certificates[0])
  })
})
