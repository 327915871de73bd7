import { passwordServer } from '../shell/password-server.ts'
import { exitAfter, type ImageDefinition, type Program, type ProgramLookup, serveForever } from '../shell/program.ts'
import { secretReader } from '../shell/secret-reader.ts'
import { busyboxPrograms } from '../shell/shell-program.ts'
import { imageThatRuns } from '../shell/unknown-image.ts'

/** What a registry gives a pull besides time for its bytes: no pull is shorter. Source: createRegistry's defaults. */
export const handshakeMs = 300

const orderly = { afterMs: 100, exitCode: 0 }

type Described = Partial<ImageDefinition> & Pick<ImageDefinition, 'program'>

/** `assumes`: absent, it stays as it is with an image of which nothing is known. */
const runs = (name: string, program: Program) => (isStrict: boolean) => ({
  cmd: [name],
  program: imageThatRuns(program, name, isStrict),
})

const teaches = (name: string, program: Program) => () => ({
  entrypoint: [name],
  assumes: undefined,
  program: ((argv, files) => (argv[0] === name ? program : busyboxPrograms(argv, files))) satisfies ProgramLookup,
})

/** What an image's containers may do when the Pod gives no command: command, and the program behind it. */
const imagePrograms: Readonly<Record<string, (isStrict: boolean) => Described>> = {
  serve: runs('serve', serveForever(orderly)),
  shell: () => ({ cmd: ['sh'], assumes: undefined, program: busyboxPrograms }),
  succeed: runs('succeed', exitAfter(1000, 0, orderly)),
  crash: runs('crash', exitAfter(1000, 1, orderly)),
  'password-server': teaches('password-server', passwordServer),
  'secret-reader': teaches('secret-reader', secretReader),
}

/** What an image does that is described by the name of a program. */
export function imageProgram(name: string, isStrict: boolean): Partial<ImageDefinition> {
  return imagePrograms[name]?.(isStrict) ?? {}
}

/** Values that `program` of an image may have: serve until stopped, a shell, end well or badly after 1 s, password-server, secret-reader. */
export const programNames: readonly string[] = Object.keys(imagePrograms)

/** Whether what is said of an image's program says all that it has: then nothing is taken for granted of it. */
export function isWholeProgram(program: unknown): boolean {
  return typeof program === 'function' || (typeof program === 'string' && 'assumes' in imageProgram(program, false))
}
