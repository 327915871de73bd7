import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

/** Sources: kubectl pkg/cmd/auth/reconcile.go; component-helpers auth/rbac/reconciliation. */

const role = (verbs: string, extra = '') => `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: reader
${extra.includes('namespace:') ? extra : `  namespace: default\n${extra}`}rules:
- apiGroups: [""]
  resources: [secrets]
  verbs: [${verbs}]
`
const binding = (roleName: string, ...users: readonly string[]) => `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: reader
  namespace: default
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${roleName} }
subjects:
${users.map((name) => `- { apiGroup: rbac.authorization.k8s.io, kind: User, name: ${name} }`).join('\n')}
`

function world() {
  const sim = createSim({ seed: 'reconcile', nodes: 1, version: 'v1.36', kubectl: '1.36.4' })
  const reconcile = (content: string, flags = '') => {
    const { stdout, stderr, exitCode } = sim.shell(
      `cat > r.yaml <<'END'\n${content}END\nkubectl auth reconcile -f r.yaml ${flags}`,
    )
    return { stdout, stderr, exitCode }
  }
  const rules = () => sim.kubectl('get role reader -o jsonpath={.rules[*].verbs}').stdout
  return { sim, reconcile, rules }
}

describe('kubectl auth reconcile', () => {
  test('makes a role, then adds what is missing, then takes away what is too much', () => {
    const { reconcile, rules } = world()
    const made = 'role.rbac.authorization.k8s.io/reader reconciled\n'
    expect(reconcile(role('get, list'))).toMatchObject({
      stdout: made,
      stderr: `\treconciliation required create
\tmissing rules added:
\t\t{Verbs:[get list] APIGroups:[] Resources:[secrets] ResourceNames:[] NonResourceURLs:[]}
`,
    })
    expect(reconcile(role('get'))).toMatchObject({ stdout: made, stderr: '' })
    expect(reconcile(role('get, watch'))).toMatchObject({
      stderr: `\treconciliation required update
\tmissing rules added:
\t\t{Verbs:[watch] APIGroups:[] Resources:[secrets] ResourceNames:[] NonResourceURLs:[]}
`,
    })
    expect(rules()).toBe('["get","list"] ["watch"]')
    expect(reconcile(role('get'), '--remove-extra-permissions').stderr).toBe(`\treconciliation required update
\textra rules removed:
\t\t{Verbs:[list] APIGroups:[] Resources:[secrets] ResourceNames:[] NonResourceURLs:[]}
\t\t{Verbs:[watch] APIGroups:[] Resources:[secrets] ResourceNames:[] NonResourceURLs:[]}
`)
    expect(rules()).toBe('["get"]')
  })

  test('a role that says so is left alone, and a dry run says what it would do', () => {
    const { reconcile, rules } = world()
    reconcile(role('get', "  annotations: { rbac.authorization.kubernetes.io/autoupdate: 'false' }\n"))
    expect(reconcile(role('list')).stderr).toContain(
      '\treconciliation required update, but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)\n',
    )
    expect(rules()).toBe('["get"]')
    expect(reconcile(role('get', '  namespace: new\n'), '--dry-run=client')).toMatchObject({
      stdout: 'role.rbac.authorization.k8s.io/reader reconciled (dry run)\n',
    })
  })

  test('a binding of another role is made anew; a namespace that is not there is made, too', () => {
    const { sim, reconcile } = world()
    const subjects = () => sim.kubectl('get rolebinding reader -o jsonpath={.roleRef.name}/{.subjects[*].name}').stdout
    reconcile(binding('reader', 'ann'))
    expect(reconcile(binding('reader', 'bob')).stderr).toBe(`\treconciliation required update
\tmissing subjects added:
\t\t{Kind:User APIGroup:rbac.authorization.k8s.io Name:bob Namespace:}
`)
    expect(subjects()).toBe('reader/ann bob')
    expect(reconcile(binding('writer', 'bob')).stderr).toBe('\treconciliation required recreate\n')
    expect(subjects()).toBe('writer/bob')
    reconcile(role('get', '  namespace: new\n'))
    expect(sim.kubectl('get ns new -o name').stdout).toBe('namespace/new\n')
  })

  test('nothing is added to what the file says: kubectl 1.20, 1.32 and 1.35 printed the same', () => {
    const { reconcile } = world()
    const bare = (content: string): string => content.replaceAll('  namespace: default\n', '')
    expect(reconcile(bare(role('get'))).stderr).toBe('error: resource name may not be empty\n')
    const groupless = binding('reader', 'ann').replaceAll('- { apiGroup: rbac.authorization.k8s.io, ', '- { ')
    expect(reconcile(groupless, '--dry-run=client').stderr).toBe(
      '\treconciliation required create\n\tmissing subjects added:\n\t\t{Kind:User APIGroup: Name:ann Namespace:}\n',
    )
  })

  test('what is no role is passed over', () => {
    const { reconcile } = world()
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n'
    expect(reconcile(secret)).toEqual({ stdout: '', stderr: '', exitCode: 0 })
  })
})
