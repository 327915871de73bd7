import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { terminal } from './terminal.ts'

const program = 'openssl'
const isThere = (() => {
  try {
    return execFileSync(program, ['version'], { encoding: 'utf8' }).startsWith('OpenSSL 3.0')
  } catch {
    return false
  }
})()

describe.skipIf(!isThere)('C3 a real openssl 3.0 takes what podsim made, and shows it alike', () => {
  test.each(['rsa:2048', 'ec', 'ed25519'])('%s', (kind) => {
    const { run } = terminal({}, '/tmp/dd-x')
    run(
      `openssl req -x509 -newkey ${kind} -nodes -keyout a.key -out a.crt -subj "/CN=a/O=my org" -addext subjectAltName=DNS:a`,
    )
    run('openssl req -new -key a.key -subj /CN=b -out b.csr')
    run('openssl x509 -req -in b.csr -CA a.crt -CAkey a.key -out b.crt')
    const folder = mkdtempSync(join(tmpdir(), 'podsim-'))
    for (const file of ['a.key', 'a.crt', 'b.csr', 'b.crt'])
      writeFileSync(join(folder, file), run(`cat ${file}`).stdout)
    const real = (line: string) => execFileSync(program, line.split(' '), { cwd: folder, encoding: 'utf8' })
    expect(real('verify -no_check_time -CAfile a.crt a.crt b.crt')).toBe('a.crt: OK\nb.crt: OK\n')
    expect(real('req -in b.csr -verify -noout -subject')).toContain('CN = b')
    for (const line of ['x509 -in a.crt -noout -text', 'x509 -in b.crt -noout -text', 'pkey -in a.key -pubout'])
      expect(run(`openssl ${line}`).stdout).toBe(real(line))
  })
})
