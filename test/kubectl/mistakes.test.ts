import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** What kubectl 1.20.2, 1.32.3 and 1.36.3 printed for the same lines (`podsim serve`, a cluster of the same version). */
function shell(kubectl = '1.32.3'): (line: string) => string {
  const sim = createSim({ journal: 'off', nodes: 1, version: 'v1.32', kubectl })
  sim.apply(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'two', labels: { app: 'two' } },
      spec: { containers: [{ name: 'a', image: 'busybox', command: ['sleep', '1000'] }] },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { p: 'one' } },
  )
  sim.shell('kubectl create deployment web --image=nginx; kubectl create service clusterip web --tcp=80')
  sim.runFor('20s')
  return (line) => {
    const { stdout, stderr, exitCode } = sim.shell(`kubectl ${line}`)
    return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
  }
}

describe('what is wrong is told as the real ones do', () => {
  const run = shell()
  test.each([
    ['get secret none -o nonsense', 'Error from server (NotFound): secrets "none" not found\n[1]'],
    ['logs two a b', /^error: expected 'logs /],
    [
      'logs two --since-time=x',
      'error: parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"\n[1]',
    ],
    ['events --for none/x', 'the server doesn\'t have a resource type "none"\n[1]'],
    ['api-resources --sort-by=age', 'error: --sort-by accepts only name or kind\n[1]'],
    ['create role r --verb=get --resource=none', 'the server doesn\'t have a resource type "none"\n[1]'],
    [
      'create deployment d --image=a --image=b -- sh',
      'error: cannot specify multiple --image options and command\n[1]',
    ],
    ['create cronjob c', 'error: required flag(s) "image", "schedule" not set\n[1]'],
    ['create quota q --hard=bad', 'error: Invalid argument syntax bad, expected <resource>=<value>\n[1]'],
    ['expose deploy web', "error: couldn't find port via --port flag or introspection\n[1]"],
    ['expose deploy web --port=x', 'error: strconv.Atoi: parsing "x": invalid syntax\n[1]'],
    ['run p --image=busybox --port=abc', 'error: strconv.Atoi: parsing "abc": invalid syntax\n[1]'],
    ['run p --image=busybox --port=80,81', 'error: strconv.Atoi: parsing "80,81": invalid syntax\n[1]'],
    [
      'run p --image=busybox --port=99999999999999999999',
      'error: strconv.Atoi: parsing "99999999999999999999": value out of range\n[1]',
    ],
    [
      `run p --image=busybox --override-type=strategic --overrides='{"spec":{"$patch":"nope"}}'`,
      'error: unknown patch type: nope in map: map[$patch:nope]\n[1]',
    ],
    ['run p --image=busybox --expose --port=abc', 'error: strconv.Atoi: parsing "abc": invalid syntax\n[1]'],
    [
      'label pod two a=b --local',
      'error: can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set\n[1]',
    ],
    ['taint pod two a=b:NoSchedule', 'error: invalid resource type pod, only node types are supported\n[1]'],
    ['set image deploy/web bad', /^error: there is no need to specify a resource type/],
    [
      'set env deploy/web A=1 B',
      'error: all resources must be specified before environment changes: deploy/web A=1 B\n[1]',
    ],
    ['set env deploy/web', ''],
    ['set env deploy/web --from=secret/db --keys=none', ''],
    ['set resources deploy/web -c zz --limits=cpu=1', 'error: unable to find container named zz\n[1]'],
    ['set selector deploy web a=b', 'error: setting a selector is only supported for Services\n[1]'],
    ['set selector svc web bad', 'error: match expression [{bad Exists []}] not supported on this object\n[1]'],
    ['set subject role r', 'error: you must specify at least one value of user, group or serviceaccount\n[1]'],
  ])('%s', (line, words) => {
    if (typeof words === 'string') expect(run(line)).toBe(words)
    else expect(run(line)).toMatch(words)
  })
})

describe('what kubectl 1.32 changes', () => {
  test('verbs that it does not know, subjects, selectors, and lists of what was labelled', () => {
    const run = shell()
    expect(run('create role r --verb=fly --resource=pods')).toBe(
      "role.rbac.authorization.k8s.io/r created\nWarning: 'fly' is not a standard resource verb\n",
    )
    expect(run('create role r --verb=get --resource=pods')).toBe(
      'Error from server (AlreadyExists): roles.rbac.authorization.k8s.io "r" already exists\n[1]',
    )
    run('create rolebinding rb --role=r')
    expect(run('set subject rolebinding rb --user=x')).toBe(
      'rolebinding.rbac.authorization.k8s.io/rb subjects updated\n',
    )
    expect(run('set subject rolebinding rb --user=x')).toBe('')
    expect(run('set subject rolebinding rb --serviceaccount=bad')).toBe(
      'error: serviceaccount must be <namespace>:<name>\n[1]',
    )
    expect(run('get rolebinding rb -o jsonpath={.subjects}')).toBe(
      '[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"x"}]',
    )
    expect(run('set selector svc/web a=b,c=d')).toBe('service/web selector updated\n')
    expect(run('get svc web -o jsonpath={.spec.selector}')).toBe('{"a":"b","c":"d"}')
    expect(run('label pod two a=b --list')).toBe('a=b\napp=two\n')
    expect(run('annotate pod two x=y --list')).toMatch(/x=y\n/)
    expect(run('label pods --all --list')).toMatch(/^Listing labels for Pod\.\/two:\n app=two\n/)
  })

  test('kubectl 1.20 took the same verbs, 1.18 did not', () => {
    expect(shell('1.18.20')('create role r --verb=fly --resource=pods')).toBe("error: invalid verb: 'fly'\n[1]")
  })
})
