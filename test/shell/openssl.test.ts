import { describe, expect, test } from 'vitest'
import { terminal } from './terminal.ts'

/** What is expected here, openssl 3.0 says of keys and certificates that podsim made. */
const shell = () => {
  const { run } = terminal({}, '/tmp/dd-x')
  return (line: string) => {
    const { stdout, stderr, exitCode } = run(line)
    return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
  }
}
const ec = 'openssl req -x509 -newkey ec -nodes -keyout ca.key -out ca.crt -subj "/CN=my ca/O=org"'

describe('C3 certificates that openssl makes', () => {
  test('a certificate of its own: names, dates of virtual time, extensions', () => {
    const run = shell()
    expect(run(`${ec} -days 10 -addext "subjectAltName=DNS:a.example,IP:10.0.0.1"`)).toBe('-----\n')
    expect(run('openssl x509 -in ca.crt -noout -subject -issuer -dates -ext subjectAltName,basicConstraints')).toBe(
      'subject=CN = my ca, O = org\nissuer=CN = my ca, O = org\nnotBefore=May  1 00:00:00 2020 GMT\n' +
        'notAfter=May 11 00:00:00 2020 GMT\nX509v3 Basic Constraints: critical\n    CA:TRUE\n' +
        'X509v3 Subject Alternative Name: \n    DNS:a.example, IP Address:10.0.0.1\n',
    )
    expect(run('openssl x509 -in ca.crt -noout -checkend 86400')).toBe('Certificate will not expire\n')
    expect(run('openssl x509 -in ca.crt -noout -checkend 864001')).toBe('Certificate will expire\n[1]')
  })

  test('a request that an authority signs, and what verify says', () => {
    const run = shell()
    run(ec)
    run('openssl req -new -newkey ed25519 -nodes -keyout j.key -out j.csr -subj /CN=john')
    const sign = 'openssl x509 -req -in j.csr -CA ca.crt -CAkey ca.key -out j.crt -days 1'
    expect(run(`${sign} -extfile <(echo extendedKeyUsage=clientAuth)`)).toBe(
      'Certificate request self-signature ok\nsubject=CN = john\n',
    )
    expect(run('openssl verify -CAfile ca.crt j.crt')).toBe('j.crt: OK\n')
    expect(run('openssl verify j.crt')).toBe(
      'CN = john\nerror 20 at 0 depth lookup: unable to get local issuer certificate\nerror j.crt: verification failed\n[2]',
    )
    expect(run('openssl verify ca.crt')).toContain('error 18 at 0 depth lookup: self-signed certificate')
    expect(run('openssl x509 -in j.crt -noout -ext extendedKeyUsage')).toContain('TLS Web Client Authentication')
  })

  test('RSA: key and certificate belong together', () => {
    const run = shell()
    run('openssl req -x509 -newkey rsa:1024 -nodes -keyout tls.key -out tls.crt -subj /CN=x')
    expect(run('openssl rsa -in tls.key -check -noout')).toBe('RSA key ok\n')
    const modulus = run('openssl rsa -in tls.key -noout -modulus')
    expect(run('openssl x509 -in tls.crt -noout -modulus')).toBe(modulus)
    expect(run('openssl verify -CAfile tls.crt tls.crt')).toBe('tls.crt: OK\n')
  })

  test('what podsim does not make is refused in words', () => {
    const run = shell()
    expect(run('openssl s_client -connect x:443')).toBe('openssl: podsim does not simulate openssl s_client\n[126]')
    expect(run('openssl req -x509 -newkey rsa:1024 -subj /CN=x')).toContain(
      'podsim does not simulate keys that a passphrase',
    )
    expect(run('openssl req -x509 -newkey ec -nodes -keyout k -subj CN=x')).toContain(
      "This name is not in that format: 'CN=x'",
    )
  })
})
