import type { ImageDefinition, ProgramLookup } from './program.ts'

/** Size of an image of which nothing else is known: about that of a small service on alpine. */
const defaultSizeBytes = 20 * 1024 * 1024

/** An image with the usual empty rest. */
export function image(
  repository: string,
  program: ProgramLookup,
  rest: Partial<Omit<ImageDefinition, 'repository' | 'program'>> = {},
): ImageDefinition {
  return {
    repository,
    program,
    sizeBytes: defaultSizeBytes,
    entrypoint: [],
    cmd: [],
    env: [{ name: 'PATH', value: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }],
    workingDir: '/',
    user: 0,
    files: {},
    ...rest,
  }
}
