import { utf8Bytes } from '../bytes/bytes.ts'
import type { VirtualFiles } from '../fs/virtual-files.ts'
import type { Steps } from '../kernel/steps.ts'
import { clientVersion } from '../kubectl/client-version.ts'
import { runKustomize } from '../kustomize/kustomize.ts'
import { fromByteText, toByteText } from '../shell/byte-text.ts'
import type { ProgramCall, WorldProgram } from '../shell/engine/shell.ts'

/** `kustomize build`, of the release that is inside of that kubectl, whose code it is, too. Source: kustomize/commands/build/build.go. */
export function kustomizeProgram(kubectl: string, filesOf: (directory: string) => VirtualFiles): WorldProgram {
  return (call) => kustomize(kubectl, filesOf(call.directory), call)
}

function* kustomize(kubectl: string, files: VirtualFiles, call: ProgramCall): Steps<number> {
  const [command = '', ...args] = call.args.map(fromByteText)
  if (command !== 'build')
    return refused(call, command === '' || command.startsWith('-') ? 'kustomize' : `kustomize ${command}`)
  const { path, rest } = outputOf(args)
  const env = new Map([...call.environment].map(([name, value]) => [name, fromByteText(value)]))
  const { minor } = clientVersion(kubectl)
  const { stdout, stderr, exitCode } = runKustomize(rest, { files, env, minor }, 'alone')
  call.err(toByteText(stderr))
  if (path === undefined) call.out(toByteText(stdout))
  else if (exitCode === 0 && files.kind(path) === 'directory') return refused(call, 'a folder of files of kustomize')
  else if (exitCode === 0) files.write(path, utf8Bytes(stdout))
  return exitCode
}

function refused(call: ProgramCall, what: string): number {
  call.err(toByteText(`podsim does not simulate ${what}\n`))
  return 1
}

/** Where it is to be written to, and the other arguments. */
function outputOf(args: readonly string[]): { readonly path: string | undefined; readonly rest: readonly string[] } {
  const at = args.findIndex((arg) => /^(?:-o|--output)/.test(arg))
  const flag = args[at] ?? ''
  if (at < 0) return { path: undefined, rest: args }
  const inline = /^(?:-o=?|--output=)(.+)$/.exec(flag)?.[1]
  const rest = args.filter((_, i) => i !== at && (inline !== undefined || i !== at + 1))
  return { path: inline ?? args[at + 1] ?? '', rest }
}
