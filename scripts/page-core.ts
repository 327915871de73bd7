import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** What is built: the script by gzip, and the files that went into it. */
export interface PageCore {
  readonly packed: Uint8Array
  readonly inputs: readonly string[]
}

/**
 * podsim as a script for pages (`podsim export --live`): `page/core.ts` with all that it uses. Built for browsers, so that a
 * module of Node.js in the core, which has no host, is an error here. `root`: podsim's own folder.
 */
export async function buildPageCore(root: string): Promise<PageCore> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['page/core.ts'],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2023',
    charset: 'ascii',
    legalComments: 'none',
  })
  const [script] = outputFiles
  return { packed: gzipSync(script?.contents ?? '', { level: 9 }), inputs: Object.keys(metafile.inputs) }
}
