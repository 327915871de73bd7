import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** A shell beside a cluster of one node: what a line printed on both streams, and its exit code. */
function shell(kubectl = '1.36.0'): (line: string) => string {
  const sim = createSim({ nodes: 1, version: 'v1.36', kubectl })
  return (line) => {
    const { stdout, stderr, exitCode } = sim.shell(line)
    return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
  }
}

const recorded =
  'All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n'
const prompt = "If you don't see a command prompt, try pressing enter.\n"

describe('run that stays with its Pod', () => {
  test('shows what it wrote, removes it, ends as it did', () => {
    const run = shell()
    expect(run('kubectl run a --image=busybox --rm -it --restart=Never -- echo hi')).toBe(
      'hi\r\npod "a" deleted from default namespace\n',
    )
    expect(run('kubectl run b --image=busybox --rm -i --restart=Never -- sh -c "exit 3"')).toBe(
      'pod "b" deleted from default namespace\npod default/b terminated (Error)\n[3]',
    )
    expect(run('kubectl run c --image=busybox --rm -i --quiet --restart=Never -- sh -c "sleep 5; echo q"')).toBe('q\n')
  })

  test('what stands on standard input is typed into it, and a terminal is asked for in vain', () => {
    const run = shell('1.26.0')
    expect(run('echo hello | kubectl run a --image=busybox --rm -i --restart=Never -- cat')).toBe(
      `hello\npod "a" deleted\n${prompt}`,
    )
    expect(
      run('kubectl run b --image=busybox -it --restart=Never -- sh -c "sleep 5; tty 2>/dev/null; echo x"'),
    ).toMatch(/x\r\n.*Unable to use a TTY/s)
    expect(run('kubectl run c --image=busybox -it -- sleep 1000 & sleep 30; kubectl delete pod c --now')).toMatch(
      /deleted/,
    )
  })

  test('attach -i types into a Pod that waits for it', () => {
    const run = shell()
    run(
      `kubectl run a --image=busybox --restart=Never --overrides='{"spec":{"containers":[{"name":"a","image":"busybox","stdin":true,"stdinOnce":true,"args":["cat"]}]}}'; sleep 10`,
    )
    expect(run('echo typed | kubectl attach -i a')).toBe(`typed\n${recorded}${prompt}`)
  })
})

describe('run --overrides', () => {
  const made = (more: string): string => shell()(`kubectl run p --image=nginx --dry-run=client -o yaml ${more}`)

  test('is a merge patch, or what --override-type says', () => {
    expect(made(`--overrides='{"spec":{"hostname":"h","containers":[{"name":"x"}]}}'`)).toBe(
      'apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    run: p\n  name: p\nspec:\n  containers:\n  - name: x\n' +
        '  dnsPolicy: ClusterFirst\n  hostname: h\n  restartPolicy: Always\nstatus: {}\n',
    )
    expect(made(`--override-type=strategic --overrides='{"spec":{"containers":[{"name":"p","tty":true}]}}'`)).toMatch(
      /image: nginx\n {4}name: p\n {4}resources: \{\}\n {4}tty: true/,
    )
    expect(made(`--override-type=json --overrides='[{"op":"add","path":"/spec/nodeName","value":"node-1"}]'`)).toMatch(
      /nodeName: node-1/,
    )
  })

  test.each([
    ['--overrides=bad', 'error: Invalid JSON Patch\n[1]'],
    [
      "--overrides='[]'",
      `error: couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }\n[1]`,
    ],
    ["--overrides='5'", 'error: Invalid JSON Patch\n[1]'],
    [
      `--overrides='{"spec":5}'`,
      'error: json: cannot unmarshal number into Go struct field Pod.spec of type v1.PodSpec\n[1]',
    ],
    [`--override-type=other --overrides='{}'`, 'error: invalid override type: other\n[1]'],
    ['-l bad', 'error: unexpected label spec: bad\n[1]'],
    ['--annotations=bad', 'error: invalid annotations format: bad\n[1]'],
  ])('%s', (flags, words) => {
    expect(made(flags)).toBe(words)
  })
})

describe('run --expose', () => {
  test('makes a Service beside the Pod and tells of it first', () => {
    const run = shell()
    expect(run('kubectl run web --image=nginx --port=80 --expose')).toBe('service/web created\npod/web created\n')
    expect(run('kubectl get svc web -o jsonpath={.spec.selector}')).toBe('{"run":"web"}')
    expect(run('kubectl run none --image=nginx --expose')).toBe(
      "error: --port must be set when exposing a service\nSee 'kubectl run -h' for help and examples\n[1]",
    )
    expect(run('kubectl expose cm kube-root-ca.crt --port=80')).toBe('error: cannot expose a ConfigMap\n[1]')
  })
})
