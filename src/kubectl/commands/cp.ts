import type { Command } from '../cli/command.ts'
import { fail, failNotSimulated, failUsage } from '../cli/failure.ts'
import { bool, int, string } from '../cli/flags.ts'
import { containerNames } from './pick-pod.ts'

/** Source: kubectl pkg/cmd/cp/cp.go; only out of a container, one file at a time. */
export const cpCommand: Command = {
  name: 'cp',
  short: 'Copy files and directories to and from containers.',
  flags: [string('container', 'c'), bool('no-preserve'), int('retries', '0')],
  run(call) {
    const { session, args, flags } = call
    const [source = '', destination = ''] = args
    if (args.length !== 2) {
      if (session.version.mistakesWithoutUsage) fail('source and destination are required')
      failUsage(call.path, 'cp <file-spec-src> <file-spec-dest> [-c container]')
    }
    const match = /^(?:([^/:]+)\/)?([^/:]+):(.*)$/.exec(source)
    if (match === null || destination.includes(':'))
      return failNotSimulated('cp into a container, or between containers')
    const namespace = match[1] ?? session.namespace
    const [pod, path] = [match[2] ?? '', match[3] ?? '']
    const object = session.rest.request('GET', `/api/v1/namespaces/${namespace}/pods/${pod}`)
    if (session.host.exec === undefined) return failNotSimulated('cp: no container runs here')
    const container = flags.string('container') || (containerNames(object)[0] ?? '')
    const answer = session.host.exec({ namespace, pod, container, argv: ['cat', path], stdin: undefined, tty: false })
    if (!answer.ok) return fail(answer.message)
    if (answer.exitCode !== 0) {
      session.err(answer.stderr)
      return fail(`${source} no such file or directory`)
    }
    const target =
      session.host.files.kind(destination) === 'directory'
        ? `${destination.replace(/\/$/, '')}/${path.split('/').at(-1) ?? ''}`
        : destination
    session.host.files.write(
      target,
      Uint8Array.from(answer.stdout, (char) => char.codePointAt(0) ?? 0),
    )
    return 0
  },
}
